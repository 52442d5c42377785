"""Reading a row of a register: cells as people wrote them, every problem of the row in words."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from agencies.folding import fold, normalise
from complaints import codes
from complaints.lodgement import Lodgement, Person
from complaints.models import IndicatorKind
from complaints.tables import Row
from complaints.writing import amount_in, full_day_in

from .import_columns import IGNORED, NARRATIVE, SOURCE_ID, Columns, heading_key
from .importing import AMOUNT_LIMIT, TEXT_LIMIT, BadLine, ImportScope

_LONGEST = {
    NARRATIVE: TEXT_LIMIT, "wish": 2_000, "product": 300, "brand": 200, "seller_name": 300, "seller_address": 300,
    "commune": 300, "phone": 500, "bank_account": 500, "url": 500, "tax_code": 500, "bank": 60, "complainant_name": 120,
    "complainant_phone": 40, "complainant_email": 254, "complainant_address": 300, SOURCE_ID: 200,
}  # fmt: skip
_IDENTIFIERS = tuple((name, str(IndicatorKind(name))) for name in ("phone", "bank_account", "url", "tax_code"))
_COPIED = ("product", "brand", "seller_name", "seller_address", "wish", "bank")
_CHOICES = ("kind", "category", "product_group", "channel")
# A spreadsheet takes a mobile number for a number, and its 0 away.
_LOST_ZERO = re.compile(r"[35789]\d{8}", re.ASCII)
_CELL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"})
# What our own reports mark as text comes back with the mark.
_MARKED = frozenset("=+-@")
_SHOWN = 60


@dataclass(frozen=True)
class Reading:
    """How the rows of one file are read. ``choices``: column → folded code or name → code."""

    scope: ImportScope
    columns: Columns
    choices: Mapping[str, Mapping[str, str]]

    @cached_property
    def places(self) -> list[tuple[int, str]]:
        """(position, code) of the columns that say something."""
        return [(at, code) for at, code in enumerate(self.columns.targets) if code and code != IGNORED]

    @cached_property
    def identity(self) -> list[tuple[int, bytes]]:
        """(position, key) of what tells a row from another: all but running numbers and our own remarks."""
        keys = [(at, heading_key(heading).encode()) for at, heading in enumerate(self.columns.headings)]
        return [(at, key) for at, key in keys if self.columns.targets[at] != IGNORED]


@dataclass
class RowReader:
    """Called with the rows of one file in their order, from the first: the second of two equal rows is another."""

    reading: Reading
    _seen: Counter[bytes] = field(default_factory=Counter)

    def __call__(self, row: Row) -> Lodgement:
        """Raises BadLine with every problem of the row."""
        key = self.key(row)
        said, problems = _Said(self.reading), [row.problem] if row.problem else []
        if not problems:
            problems = said.read(row.cells)
        if problems:
            raise BadLine("; ".join(problems))
        return said.lodgement(said.texts.get(SOURCE_ID) or key)

    def key(self, row: Row) -> str:
        """What stands for a row without a number of its own, counting it."""
        digest, cells = hashlib.sha256(), row.cells
        for at, key in self.reading.identity:
            if at < len(cells) and cells[at]:
                digest.update(b"\0%b\1%b" % (key, cells[at].strip().encode("utf-8", "surrogatepass")))
        found = digest.digest()[:16]
        self._seen[found] += 1
        return f"row:{found.hex()}:{self._seen[found]}"


class _Said:
    """One row: what its cells say."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.texts: dict[str, str] = {}
        self.values: dict[str, Any] = {}

    def read(self, cells: Sequence[str]) -> list[str]:
        """Fills in, and returns the problems."""
        problems = [_("more cells than there are headings")] if any(cells[len(self.reading.columns.headings) :]) else []
        for at, code in self.reading.places:
            text = _clean(cells[at], code) if at < len(cells) else ""
            problem = self._take(code, text) if text else ""
            if problem:
                problems.append(f"{self.reading.columns.headings[at]}: {problem}")
        if NARRATIVE not in self.texts and not problems:
            problems.append(_("the story is missing"))
        return problems

    def _take(self, code: str, text: str) -> str:
        """What is wrong with it, or nothing."""
        if text in _CELL_ERRORS:
            return _("the cell holds an error of the spreadsheet (%(error)s)") % {"error": text}
        if code in _CHOICES:
            return self._choose(code, text)
        if read := _READ.get(code):
            self.values[code], problem = read(text, self.reading.scope.today)
            return problem
        self.texts[code] = text
        return _too_long(text, _LONGEST[code]) or (_bad_mail(text) if code == "complainant_email" else "")

    def _choose(self, code: str, text: str) -> str:
        found = self.reading.choices[code].get(fold(text))
        self.values[code] = found
        return "" if found else _("“%(text)s” is not known") % {"text": text[:_SHOWN]}

    def lodgement(self, source_id: str) -> Lodgement:
        scope, texts, values = self.reading.scope, self.texts, self.values
        place = texts.get("commune", "")
        commune = scope.communes.get(place_key(place)) if place else None
        return Lodgement(
            province=scope.province,
            narrative=texts[NARRATIVE],
            idempotency_key=codes.derived_idempotency_key("import", scope.province, scope.source, source_id),
            kind=values.get("kind") or "",
            origin="import",
            category=values.get("category"),
            product_group=values.get("product_group"),
            channel=values.get("channel"),
            price=values.get("price"),
            occurred_on=values.get("occurred_on"),
            received_on=values.get("received_on"),
            amount=values.get("amount"),
            commune=commune,
            place="" if commune else place,
            consent="imported",
            source=scope.source,
            source_id=source_id,
            identifiers=tuple((kind, texts[name]) for name, kind in _IDENTIFIERS if name in texts),
            person=Person(*(texts.get(f"complainant_{name}", "") for name in ("name", "phone", "email", "address"))),
            **{name: texts.get(name, "") for name in _COPIED},
        )


def place_key(text: str) -> str:
    """A code whose zeros the spreadsheet took, or the folded name before the first comma."""
    return text.zfill(5) if text.isdecimal() else fold(text.partition(",")[0].strip())


def _clean(text: str, code: str) -> str:
    plain = normalise(text)
    if plain[:1] == "'" and plain[1:2] in _MARKED:
        plain = plain[1:]
    return f"0{plain}" if code.endswith("phone") and _LOST_ZERO.fullmatch(plain) else plain


def _too_long(text: str, longest: int) -> str:
    return _("longer than %(n)d characters") % {"n": longest} if len(text) > longest else ""


def _day(text: str, today: date) -> tuple[date | None, str]:
    found = full_day_in(text)
    if found is None:
        return None, _("“%(text)s” is no day (DD/MM/YYYY)") % {"text": text[:_SHOWN]}
    if found > today:
        return None, _("the day is in the future")
    return found, ""


def _sum(text: str, _today: date) -> tuple[int | None, str]:
    found = amount_in(text)
    if found is None or found > AMOUNT_LIMIT:
        return None, _("“%(text)s” is no sum in đồng") % {"text": text[:_SHOWN]}
    return found, ""


def _bad_mail(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError:
        return _("“%(text)s” is no e-mail address") % {"text": text[:_SHOWN]}
    return ""


_READ: dict[str, Callable[[str, date], tuple[Any, str]]] = {
    "occurred_on": _day, "received_on": _day, "price": _sum, "amount": _sum,
}  # fmt: skip
