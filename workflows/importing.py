"""Reading a line of an import file: one JSON object, one complaint. Shape only; the rules are lodging's own."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from agencies.folding import fold
from complaints import codes
from complaints.lodgement import Lodgement, Person
from complaints.models import IndicatorKind, Kind

TEXT_LIMIT = 100_000
AMOUNT_LIMIT = 10**13
_LIMITS = {"product": 300, "brand": 200, "seller_name": 300, "complainant_name": 120, "complainant_phone": 40}
_IDENTIFIERS = {"phone": IndicatorKind.PHONE, "bank_account": IndicatorKind.BANK_ACCOUNT, "url": IndicatorKind.URL}
_CURRENCY = re.compile(r"\s*(?:đồng|đ|₫|vnđ|vnd)\.?\s*$", re.IGNORECASE)
_DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y")


class BadLine(ValueError):
    """Why a line cannot be lodged, in words."""


@dataclass(frozen=True)
class ImportScope:
    """Where the lines belong. ``communes``: folded name or code → code."""

    province: str
    source: str
    communes: Mapping[str, str]
    today: date


def parse_line(line: bytes, scope: ImportScope) -> Lodgement:
    """One line as a lodgement. Raises BadLine."""
    fields = _object(line)
    source_id = _source_id(fields, line)
    person = Person(name=_text(fields, "complainant_name"), phone=_text(fields, "complainant_phone"))
    commune, place = _commune(fields, scope)
    return Lodgement(
        province=scope.province,
        narrative=_narrative(fields),
        idempotency_key=codes.derived_idempotency_key("import", scope.province, scope.source, source_id),
        kind=_kind(fields),
        origin="import",
        product=_text(fields, "product"),
        brand=_text(fields, "brand"),
        seller_name=_text(fields, "seller_name"),
        occurred_on=_date(fields, scope.today),
        amount=_amount(fields),
        commune=commune,
        place=place,
        consent="imported",
        source=scope.source,
        source_id=source_id,
        identifiers=tuple(
            (str(kind), value) for name, kind in _IDENTIFIERS.items() if (value := _text(fields, name, 500))
        ),
        person=person,
    )


def _object(line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except UnicodeDecodeError:
        raise BadLine("not UTF-8") from None
    except (ValueError, RecursionError):
        raise BadLine("not JSON") from None
    if not isinstance(fields, dict):
        raise BadLine("not a JSON object")
    return fields


def _narrative(fields: dict[str, Any]) -> str:
    text = fields.get("text")
    if not isinstance(text, str) or not text.replace("\x00", "").strip():
        raise BadLine("text is missing or empty")
    if len(text) > TEXT_LIMIT:
        raise BadLine(f"text is longer than {TEXT_LIMIT} characters")
    return _storable(text, "text")


def _text(fields: dict[str, Any], name: str, limit: int | None = None) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise BadLine(f"{name} is not a text")
    text = _storable(str(value), name).strip()
    longest = limit or _LIMITS[name]
    if len(text) > longest:
        raise BadLine(f"{name} is longer than {longest} characters")
    return text


def _storable(text: str, name: str) -> str:
    """Without NUL, which no database text holds; a lone surrogate is not a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadLine(f"{name} is not valid Unicode") from None
    return text.replace("\x00", "")


def _source_id(fields: dict[str, Any], line: bytes) -> str:
    """The line's own id; without one its content stands for it, so that a repeated line is one complaint."""
    given = fields.get("source_id", fields.get("id"))
    if given is None or given == "":
        return "sha256:" + hashlib.sha256(line.strip()).hexdigest()
    return _text({"source_id": given}, "source_id", 200)


def _kind(fields: dict[str, Any]) -> str:
    kind = fields.get("kind") or ""
    if kind and kind not in Kind.values:
        raise BadLine(f"kind is none of {', '.join(Kind.values)}")
    return kind


def _date(fields: dict[str, Any], today: date) -> date | None:
    value = fields.get("occurred_on")
    if value in (None, ""):
        return None
    for shape in _DATE_FORMATS:
        try:
            found = datetime.strptime(str(value), shape).date()  # noqa: DTZ007 - a day, no instant
        except ValueError:
            continue
        if found > today:
            raise BadLine("occurred_on is in the future")
        return found
    raise BadLine("occurred_on is no date (YYYY-MM-DD or DD/MM/YYYY)")


def _amount(fields: dict[str, Any]) -> int | None:
    value = fields.get("amount")
    if value in (None, ""):
        return None
    # The currency goes first: a letter behind the last group would hide its thousands separator.
    digits = re.sub(r"[.,\s](?=\d{3}\b)", "", _CURRENCY.sub("", str(value)).strip())
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,14}(\.0+)?", digits) or int(float(digits)) > AMOUNT_LIMIT:
        raise BadLine("amount is no sum in VND between 0 and 10,000 billion")
    return int(float(digits))


def _commune(fields: dict[str, Any], scope: ImportScope) -> tuple[str | None, str]:
    """The commune's code when its name is known; else what was written is kept as the place."""
    written = _text(fields, "commune", 300)
    return scope.communes.get(fold(written)), written
