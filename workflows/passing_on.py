"""The file in which a case goes to another installation: a ZIP with a manifest. Writing and reading it; no database.

==============  ====================================================================================
``manifest.json``  ``schema``, ``from`` (installation, agency), ``number``, ``made_at``, ``case`` (facts,
                named as in `FACTS`), ``identifiers`` (pairs kind, text), ``sender`` (null: not shared),
                ``supplements`` (texts), ``files`` (path, name, sha256, size), ``sheet`` (path, sha256, size)
``sheet.pdf``   the referral sheet
``files/NN``    what was chosen, under names of ours
==============  ====================================================================================

No note of an agency is ever part of it. The hashes tell damage, not forgery: whoever imports knows the sender by the
paper sheet and by telephone.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO, Any

from django.utils.translation import gettext as _

SCHEMA = "casemgr-referral/1"
MANIFEST, SHEET = "manifest.json", "sheet.pdf"
MANIFEST_LIMIT = 2 * 1024**2
CHUNK = 256 * 1024
_FILE = re.compile(r"files/\d{2}")
_NUMBER = re.compile(r"\d{2}-[0-9A-Z]{5}-[0-9A-Z]{5}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_INSTALLATION = re.compile(r"[a-z0-9][a-z0-9.:-]{0,57}")
# Facts of a complaint and how long each may be; days and moments are ISO 8601 texts, sums are VND.
FACTS: dict[str, int] = {
    "kind": 12, "category": 40, "product_group": 40, "channel": 40, "product": 300, "brand": 200, "seller_name": 300,
    "seller_address": 300, "narrative": 100_000, "wish": 10_000, "place": 300, "vulnerability": 16, "language": 2,
}  # fmt: skip
SUMS, DAYS, MOMENTS = ("price", "amount"), ("occurred_on",), ("money_moved_at",)
PERSON: dict[str, int] = {"name": 120, "phone": 40, "email": 254, "address": 300}
MOST_IDENTIFIERS, MOST_SUPPLEMENTS, IDENTIFIER_LIMIT = 200, 100, 500
MOST_VND = 10**13


class BadPackage(ValueError):
    """Why a file cannot be taken in: one sentence for the officer, in their language."""


@dataclass(frozen=True)
class Enclosed:
    """A file of the package: ``path`` within it, ``name`` as the sender's."""

    path: str
    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class Package:
    """What a package says, checked for shape. ``sender`` is empty when it was not shared."""

    installation: str
    agency: str
    number: str
    facts: Mapping[str, Any]
    identifiers: tuple[tuple[str, str], ...]
    sender: Mapping[str, str]
    supplements: tuple[str, ...]
    files: tuple[Enclosed, ...]
    sheet: Enclosed


def write(target: IO[bytes], manifest: Mapping[str, Any], contents: Sequence[tuple[str, IO[bytes]]]) -> None:
    """``contents``: pairs (path, file). The same case gives the same bytes: the entries carry no time of their own."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True)
        package.writestr(zipfile.ZipInfo(MANIFEST), text, zipfile.ZIP_DEFLATED)
        for path, file in contents:
            with package.open(zipfile.ZipInfo(path), "w", force_zip64=True) as entry:
                while chunk := file.read(CHUNK):
                    entry.write(chunk)


def read(package: zipfile.ZipFile, *, most_bytes: int, most_files: int) -> Package:
    """The manifest, checked against what is inside. Bounded: entries, names and sizes are judged before a byte is
    unpacked. Raises BadPackage."""
    sizes = _entries(package, most_bytes, most_files + 2)
    said = _manifest(package, sizes)
    found = _package(said)
    enclosed = (found.sheet, *found.files)
    if {MANIFEST, *(row.path for row in enclosed)} != sizes.keys() or len({row.path for row in enclosed}) != len(
        enclosed
    ):
        raise BadPackage(_("The file does not contain what its list says."))
    if any(sizes[row.path] != row.size for row in enclosed):
        raise BadPackage(_("A file in it has another size than its list says."))
    return found


def open_package(file: IO[bytes]) -> zipfile.ZipFile:
    """Raises BadPackage."""
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise BadPackage(_("This is no ZIP file, or it is damaged.")) from error


def unpack(package: zipfile.ZipFile, row: Enclosed, target: IO[bytes]) -> None:
    """Raises BadPackage for content that is not what the manifest says; never writes more than that."""
    digest, left = hashlib.sha256(), row.size
    try:
        with package.open(row.path) as entry:
            while chunk := entry.read(min(CHUNK, left + 1)):
                left -= len(chunk)
                if left < 0:
                    break
                digest.update(chunk)
                target.write(chunk)
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise BadPackage(_("This is no ZIP file, or it is damaged.")) from error
    if left or digest.hexdigest() != row.sha256:
        raise BadPackage(_("“%(name)s” was changed on the way: its hash does not fit.") % {"name": row.name})
    target.seek(0)


def _entries(package: zipfile.ZipFile, most_bytes: int, most_entries: int) -> dict[str, int]:
    infos = package.infolist()
    names = [info.filename for info in infos]
    if len(infos) > most_entries or len(set(names)) != len(names):
        raise BadPackage(_("There are more files in it than a transfer has."))
    if any(name not in (MANIFEST, SHEET) and not _FILE.fullmatch(name) for name in names):
        raise BadPackage(_("It contains names that no transfer has."))
    if sum(info.file_size for info in infos) > most_bytes:
        raise BadPackage(_("It is too large: at most %(limit)d MB unpacked.") % {"limit": most_bytes // 1024**2})
    return {info.filename: info.file_size for info in infos}


def _manifest(package: zipfile.ZipFile, sizes: Mapping[str, int]) -> dict[str, Any]:
    if not 0 < sizes.get(MANIFEST, 0) <= MANIFEST_LIMIT:
        raise BadPackage(_("It has no list of contents: this is no transfer."))
    try:
        with package.open(MANIFEST) as entry:
            said = json.loads(entry.read(MANIFEST_LIMIT))
    except (
        ValueError,
        RecursionError,
        zipfile.BadZipFile,
        OSError,
        EOFError,
        RuntimeError,
        NotImplementedError,
    ) as error:
        raise BadPackage(_("Its list of contents cannot be read.")) from error
    if not isinstance(said, dict):
        raise BadPackage(_("Its list of contents cannot be read."))
    if said.get("schema") != SCHEMA:
        raise BadPackage(_("It was made by a version that is not known here. Ask for a file of the form %(schema)s.") % {"schema": SCHEMA})  # fmt: skip
    return said


def _package(said: dict[str, Any]) -> Package:
    """Raises BadPackage for anything that is missing, of another type, or too long."""
    origin, case, sender = _object(said, "from"), _object(said, "case"), said.get("sender") or {}
    if not isinstance(sender, dict):
        raise _broken("sender")
    return Package(
        installation=_matching(origin, "installation", _INSTALLATION),
        agency=_text(origin, "agency", 200),
        number=_matching(said, "number", _NUMBER),
        facts=_facts(case),
        identifiers=tuple(_identifier(row) for row in _list(said, "identifiers", MOST_IDENTIFIERS)),
        sender={name: _text(sender, name, limit) for name, limit in PERSON.items()},
        supplements=tuple(
            _text({"text": row}, "text", 100_000) for row in _list(said, "supplements", MOST_SUPPLEMENTS)
        ),
        files=tuple(_enclosed(row, _FILE) for row in _list(said, "files", 99)),
        sheet=_enclosed(_object(said, "sheet"), re.compile(re.escape(SHEET))),
    )


def _facts(case: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {name: _text(case, name, limit) for name, limit in FACTS.items()}
    if not facts["narrative"].strip():
        raise _broken("narrative")
    facts |= {name: _sum(case, name) for name in SUMS}
    facts |= {name: _iso(case, name, date) for name in DAYS} | {name: _iso(case, name, datetime) for name in MOMENTS}
    if (moved := facts["money_moved_at"]) and moved.tzinfo is None:
        raise _broken("money_moved_at")
    return facts | {"is_anonymous": case.get("is_anonymous") is True}


def _broken(name: str) -> BadPackage:
    return BadPackage(_("Its list of contents is damaged at “%(name)s”.") % {"name": name})


def _object(said: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = said.get(name)
    if not isinstance(value, dict):
        raise _broken(name)
    return value


def _list(said: Mapping[str, Any], name: str, most: int) -> list[Any]:
    value = said.get(name, [])
    if not isinstance(value, list) or len(value) > most:
        raise _broken(name)
    return value


def _text(said: Mapping[str, Any], name: str, limit: int) -> str:
    value = said.get(name) or ""
    if not isinstance(value, str) or len(value) > limit:
        raise _broken(name)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _broken(name) from None
    return value.replace("\x00", "")


def _matching(said: Mapping[str, Any], name: str, shape: re.Pattern[str]) -> str:
    value = _text(said, name, 200)
    if not shape.fullmatch(value):
        raise _broken(name)
    return value


def _sum(said: Mapping[str, Any], name: str) -> int | None:
    value = said.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_VND:
        raise _broken(name)
    return value


def _iso(said: Mapping[str, Any], name: str, kind: type[date]) -> Any:
    text = _text(said, name, 40)
    try:
        return kind.fromisoformat(text) if text else None
    except ValueError:
        raise _broken(name) from None


def _identifier(row: Any) -> tuple[str, str]:
    if not isinstance(row, list) or len(row) != 2 or not all(isinstance(part, str) for part in row):
        raise _broken("identifiers")
    return _text({"kind": row[0]}, "kind", 20), _text({"text": row[1]}, "text", IDENTIFIER_LIMIT)


def _enclosed(row: Any, shape: re.Pattern[str]) -> Enclosed:
    if not isinstance(row, dict) or isinstance(row.get("size"), bool) or not isinstance(row.get("size"), int):
        raise _broken("files")
    return Enclosed(
        _matching(row, "path", shape), _text(row, "name", 255), _matching(row, "sha256", _SHA256), row["size"]
    )
