"""What the search box offers while one types, from the database alone: a keystroke must not wait for an engine.

Case numbers are looked up among all cases by the index on their beginning. Names and identifiers come from the newest
cases the reader may see, so what a keystroke costs does not grow with the number of cases; older ones are found by
searching. The cases are asked for anew each time: who loses a case is offered nothing of it from then on.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from django.conf import settings
from django.db.models import Q

from agencies.actors import Member
from complaints.identifiers import normalise as normalise_identifier
from complaints.models import Indicator
from workflows.models import Case

from .fields import FIELDS
from .text import folded_words, normalise

SHORTEST, LONGEST = 2, 60
MOST, MOST_OF_A_KIND = 8, 3
NEWEST = 2_000
_MOST_ROWS = 200
# A product may be a whole advertisement: its first words are asked for.
_MOST_ASKED = 10

_NUMBER = re.compile(r"[0-9]{2}-[0-9A-HJKMNP-TV-Z]{1,5}(?:-[0-9A-HJKMNP-TV-Z]{0,5})?")
# Without its province; a digit tells it from a word.
_NUMBER_TAIL = re.compile(r"(?=.*\d)[0-9A-HJKMNP-TV-Z]{2,5}(?:-[0-9A-HJKMNP-TV-Z]{0,5})?")
_ONLY_DIGITS = re.compile(r"\+?[\d .()\-]+")
_FIELD = {target: field.names[0] for field in reversed(FIELDS) for target in field.target}


class Group(StrEnum):
    CASE = "case"
    IDENTIFIER = "identifier"
    SELLER = "seller"
    BRAND = "brand"
    PRODUCT = "product"


_SECTION = {Group.SELLER: "in_seller", Group.BRAND: "in_brand", Group.PRODUCT: "in_product"}


@dataclass(frozen=True)
class Suggestion:
    """``text`` as shown; ``kind`` of an identifier. ``likeness``: 0 begins as typed, 1 a word of it does, 2 holds it."""

    group: Group
    text: str
    kind: str = ""
    likeness: int = 0

    @property
    def query(self) -> str:
        """What a search for it says, in the language of the search box."""
        if section := _SECTION.get(self.group):
            words = self.text.replace('"', " ").split()[:_MOST_ASKED]
            return f'{_FIELD[section]}:"{" ".join(words)}"'
        text = f'"{self.text}"' if " " in self.text else self.text
        return f"{_FIELD[self.kind]}:{text}" if self.kind in _FIELD else text


def suggestions(actor: Member, typed: str) -> list[Suggestion]:
    """At most eight, by group, those that begin as ``typed`` first. Any text gets an answer. Three queries at most."""
    text = normalise(typed[:LONGEST].replace("\x00", "")).strip()
    if len(text) < SHORTEST or not actor.handles_cases:
        return []
    rows = _newest(actor)
    found = [*_numbers(actor, text), *_identifiers(rows, text), *_names(rows, text)]
    order = list(Group)
    return sorted(_shared_out(found), key=lambda one: order.index(one.group))


def _shared_out(found: list[Suggestion]) -> list[Suggestion]:
    """Three of each group; more when the others leave room."""
    seen: Counter[Group] = Counter()
    turns = []
    for one in found:
        seen[one.group] += 1
        turns.append((seen[one.group] > MOST_OF_A_KIND, one))
    return [one for _late, one in sorted(turns, key=lambda turn: turn[0])[:MOST]]


def _numbers(actor: Member, text: str) -> list[Suggestion]:
    start, wanted = text.upper(), []
    if _NUMBER.fullmatch(start):
        wanted.append(start)
    if _NUMBER_TAIL.fullmatch(start):
        wanted.append(f"{settings.DEFAULT_PROVINCE}-{start}")
    if not wanted:
        return []
    begins = Q()
    for one in wanted:
        begins |= Q(number__startswith=one)
    numbers = Case.objects.visible_to(actor).filter(begins).order_by("number").values_list("number", flat=True)
    return [Suggestion(Group.CASE, number) for number in numbers[:MOST]]


@dataclass(frozen=True)
class _Row:
    complaint: int
    seller: str
    brand: str
    product: str
    own_phone: str | None


def _newest(actor: Member) -> list[_Row]:
    cases = Case.objects.visible_to(actor).order_by("-pk")
    columns = ("complaint_id", "complaint__seller_name", "complaint__brand", "complaint__product",
               "complaint__complainant__phone")  # fmt: skip
    return [_Row(*row) for row in cases.values_list(*columns)[:NEWEST]]


def _identifiers(rows: list[_Row], text: str) -> list[Suggestion]:
    """Without the complainants' own numbers, which a story may hold."""
    own = {row.complaint: row.own_phone for row in rows}
    holds = Q()
    for form in _stored_forms(text):
        holds |= Q(value__icontains=form)
    named = Indicator.objects.filter(holds, complaint__in=own.keys()).order_by("-complaint", "pk")
    found: dict[tuple[str, str], Suggestion] = {}
    for complaint, kind, value in named.values_list("complaint", "kind", "value")[:_MOST_ROWS]:
        if not _is_own(value, own[complaint]):
            shown = "0" + value[3:] if value.startswith("+84") else value
            begins = any(value.startswith(form) for form in _stored_forms(text))
            found.setdefault((kind, value), Suggestion(Group.IDENTIFIER, shown, kind, 0 if begins else 2))
    return sorted(found.values(), key=lambda one: one.likeness)


def _stored_forms(text: str) -> list[str]:
    """What is typed as `Indicator.value` may hold it."""
    if not _ONLY_DIGITS.fullmatch(text):
        return [text.lower()]
    digits = "".join(c for c in text if c.isdecimal())
    return [digits, "+84" + digits[1:]] if digits.startswith("0") and len(digits) > 1 else [digits]


def _is_own(value: str, phone: str | None) -> bool:
    return bool(phone) and normalise_identifier("phone", phone or "").value == value


def _names(rows: list[_Row], text: str) -> list[Suggestion]:
    wanted = " ".join(folded_words(text))
    if len(wanted) < SHORTEST:
        return []
    counted: Counter[tuple[Group, str]] = Counter()
    shown: dict[tuple[Group, str], Suggestion] = {}
    for row in rows:
        for group, name in ((Group.SELLER, row.seller), (Group.BRAND, row.brand), (Group.PRODUCT, row.product)):
            likeness = _likeness(wanted, folded := _folded(name)) if name else None
            if likeness is not None:
                counted[group, folded] += 1
                shown.setdefault((group, folded), Suggestion(group, " ".join(name.split()), likeness=likeness))
    return [shown[key] for key in sorted(shown, key=lambda key: (shown[key].likeness, -counted[key], key[1]))]


@lru_cache(maxsize=20_000)
def _folded(name: str) -> str:
    return " ".join(folded_words(normalise(name)))


def _likeness(wanted: str, name: str) -> int | None:
    if name.startswith(wanted):
        return 0
    if f" {wanted}" in name:
        return 1
    return 2 if len(wanted) > SHORTEST and wanted in name else None
