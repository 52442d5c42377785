"""The Vietnamese catalogue: merged from locale/parts/*.po, one part a package, and compiled.

    make messages                                       merge and compile
    .venv/bin/python -m scripts.messages --check        the catalogue is the merge of its parts, and every
                                                        text in code and templates has its Vietnamese

The parts are what people edit; locale/vi/LC_MESSAGES/django.po is made. Two parts that translate one text
differently are an error that names both.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

from scripts.bootstrap import compile_messages
from scripts.console import ROOT, fail, run, say

PARTS = ROOT / "locale" / "parts"
CATALOGUE = ROOT / "locale" / "vi" / "LC_MESSAGES" / "django.po"
HEADER = {
    "Project-Id-Version": "casemgr",
    "Language": "vi",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
NOT_TRANSLATED = shutil.ignore_patterns(
    ".*", "node_modules", "build", "var", "tests", "bench", "locale", "scripts", "docs", "deploy", "vendor",
    "__pycache__", "*.pyc",
)  # fmt: skip
Key = tuple[str | None, str]


class Conflict(Exception):
    """Two parts disagree."""


def key_of(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid


def merge(parts: list[Path]) -> polib.POFile:
    """One catalogue, sorted by text. Raises Conflict naming every pair of parts that disagree."""
    found: dict[Key, tuple[polib.POEntry, Path]] = {}
    conflicts = []
    for part in parts:
        for entry in polib.pofile(str(part), check_for_duplicates=False):
            if entry.obsolete or not entry.translated():
                continue
            known, first = found.setdefault(key_of(entry), (entry, part))
            if _translation(known) != _translation(entry):
                conflicts.append(
                    f"{entry.msgid!r}: {first.name} says {_translation(known)}, {part.name} {_translation(entry)}"
                )
            elif entry.msgid_plural and not known.msgid_plural:
                found[key_of(entry)] = entry, part
    if conflicts:
        raise Conflict("\n".join(conflicts))
    merged = polib.POFile(wrapwidth=110)
    merged.metadata = dict(HEADER)
    for entry, _ in sorted(found.values(), key=lambda pair: (pair[0].msgid, pair[0].msgctxt or "")):
        merged.append(_bare(entry))
    return merged


def _translation(entry: polib.POEntry) -> str:
    """Vietnamese has one plural form, so that an entry with and one without a plural can agree."""
    return entry.msgstr_plural[0] if entry.msgid_plural else entry.msgstr


def _bare(entry: polib.POEntry) -> polib.POEntry:
    flags = [flag for flag in entry.flags if flag.endswith("-format")]
    return polib.POEntry(
        msgctxt=entry.msgctxt,
        msgid=entry.msgid,
        msgid_plural=entry.msgid_plural,
        msgstr=entry.msgstr,
        msgstr_plural=dict(entry.msgstr_plural),
        flags=flags,
    )


def extract() -> dict[Key, str]:
    """Every text that code and templates ask gettext for → where. Django's makemessages, over a copy."""
    with tempfile.TemporaryDirectory(prefix="casemgr-messages-") as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(ROOT, copy, ignore=NOT_TRANSLATED)
        (copy / "locale").mkdir()
        command = [str(ROOT / ".venv/bin/django-admin"), "makemessages", "-l", "vi", "--no-wrap", "-v0"]
        env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        made = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True)
        if made.returncode:
            fail(f"makemessages failed:\n{made.stdout}{made.stderr}")
        extracted = polib.pofile(str(copy / "locale" / "vi" / "LC_MESSAGES" / "django.po"))
        return {
            key_of(entry): ", ".join(f"{path}:{line}" for path, line in entry.occurrences[:2])
            for entry in extracted
            if not entry.obsolete
        }


def check(merged: polib.POFile) -> list[str]:
    """What is wrong: a catalogue that is not the merge of its parts, texts without Vietnamese."""
    wrong = []
    if not CATALOGUE.exists() or CATALOGUE.read_text(encoding="utf-8") != str(merged) + "\n":
        wrong.append(f"{CATALOGUE.relative_to(ROOT)} is not what its parts make: run `make messages`")
    translated = {key_of(entry) for entry in merged}
    wrong += [
        f"no Vietnamese for {msgid!r} ({where})"
        for (context, msgid), where in sorted(extract().items(), key=lambda item: item[1])
        if (context, msgid) not in translated
    ]
    with tempfile.NamedTemporaryFile(suffix=".mo") as compiled:
        said = run(["msgfmt", "--check-format", "-o", compiled.name, CATALOGUE], may_fail=True)
        if said.returncode:
            wrong.append(said.stdout.strip())
    return wrong


def write(merged: polib.POFile) -> None:
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    text = str(merged) + "\n"
    if not CATALOGUE.exists() or CATALOGUE.read_text(encoding="utf-8") != text:
        CATALOGUE.write_text(text, encoding="utf-8")
    say(f"{len(merged)} texts in {CATALOGUE.relative_to(ROOT)}")
    compile_messages()


def main() -> None:
    parser = argparse.ArgumentParser(description="Merge and compile the Vietnamese catalogue.")
    parser.add_argument("--check", action="store_true")
    checking = parser.parse_args().check
    try:
        merged = merge(sorted(PARTS.glob("*.po")))
    except Conflict as conflict:
        fail(f"parts disagree:\n{conflict}")
    except OSError as malformed:
        fail(f"a part cannot be read: {malformed}")
    if not checking:
        write(merged)
        return
    wrong = check(merged)
    print("\n".join(wrong) if wrong else f"{len(merged)} texts, every one that is used has its Vietnamese")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
