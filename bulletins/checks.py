"""What is checked before a bulletin is numbered: pure functions over a gathered snapshot.

What they find says where and of what sort, never the person's data themselves: findings are kept and shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from agencies.folding import fold
from bulletins.content import texts_of
from bulletins.item_fields import UNTITLED
from bulletins.models import ItemKind, NamedBy


class Check(TextChoices):
    PERSONAL = "personal", _("No personal data of those who complained")
    NAMED = "named", _("Each business named has a decision or a stated responsibility, and could reply")
    FIGURES = "figures", _("Figures added up anew are equal")
    GROUPS = "groups", _("No group of fewer than five in the tables by group, nor what would give one away")
    WHAT_TO_DO = "what_to_do", _("Each product warning and scam method says what to do")
    TITLES = "titles", _("Each entry has a title of its own")
    EMPTY = "empty", _("No section is without content")
    SOURCES = "sources", _("No source case was withdrawn")


#: Numbers and titles are put right, not excused.
NEVER_WAIVED = (Check.FIGURES, Check.GROUPS, Check.TITLES)
WHAT = {
    "name": _("a name"),
    "phone": _("a phone number"),
    "email": _("an e-mail address"),
    "address": _("an address"),
    "number": _("a case number"),
    "no_decision": _("number, date and issuer of the decision are missing"),
    "no_basis": _("a business is named, and nothing says what allows it"),
    "no_responsibility": _("the statement of own responsibility is missing"),
    "no_reply": _("nothing says that the business was asked for its reply"),
    "listed_already": _("the thirty days of this decision's listing are over: it may not be named again"),
    "unmarked": _("the text names the business complained of in a source case"),
    "differ": _("the cases have changed: have the figures computed again"),
    "small": _("a number under five"),
    "left": _("what a table leaves out of the total is under five: it could be had by subtraction"),
    "missing": _("what to do is missing"),
    "untitled": _("the title is still to be written"),
    "products": _("product warnings"),
    "scams": _("scam methods"),
    "violators": _("sanctioned violators"),
    "advice": _("advice"),
    "products_offered": _("product warnings: the period has findings that were not taken in"),
    "scams_offered": _("scam methods: the period has some, with enough reports, that were not taken in"),
    "violators_offered": _("sanctioned violators: the period has decisions that were not taken in"),
    "all": _("the whole bulletin"),
    "withdrawn": _("the sender of a source case withdrew it"),
}


@dataclass(frozen=True)
class Identity:
    """Who stands behind a source case, and its number."""

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    number: str = ""


@dataclass(frozen=True)
class ItemFacts:
    """An item as it was written (``fields``: texts by name, photos' words too), and what its sources hold."""

    pk: int
    kind: str
    fields: Mapping[str, str]
    has_decision: bool = False
    named_by: str = ""
    asked_for_reply: bool = False
    sellers: Sequence[str] = ()
    has_withdrawn_source: bool = False
    is_listing_over: bool = False


@dataclass(frozen=True)
class Snapshot:
    """``identities``: of every source case of every item, whichever item it is of. ``offered``: sections for which the period
    has something an item could be drafted from."""

    items: Sequence[ItemFacts]
    identities: Sequence[Identity]
    words: Mapping[str, str]
    content: Mapping[str, Any]
    figures: Mapping[str, Any] | None
    recomputed: Mapping[str, Any] | None
    offered: Sequence[str] = ()
    min_group: int = 5


@dataclass(frozen=True)
class Place:
    """``item`` None: the bulletin's own words. ``what`` is a key of `WHAT`, ``field`` of the item or the version."""

    what: str
    item: int | None = None
    field: str = ""

    def plain(self) -> dict[str, Any]:
        return {"what": self.what, "item": self.item, "field": self.field}


@dataclass
class Haystack:
    """A text in the forms that are searched."""

    text: str
    folded: str = field(init=False)
    digits: str = field(init=False)

    def __post_init__(self) -> None:
        self.folded = f" {' '.join(re.findall(r'[a-z0-9]+', fold(self.text)))} "
        self.digits = re.sub(r"(?<=\d)[ .\-()]+(?=\d)", "", self.text)

    def has_words(self, wanted: str) -> bool:
        words = " ".join(re.findall(r"[a-z0-9]+", fold(wanted)))
        return bool(words) and f" {words} " in self.folded


def _phone_tail(phone: str) -> str:
    """Without prefix: 0912…, +84912… and 84912… are one number."""
    return re.sub(r"\D", "", phone)[-9:]


def found_in(hay: Haystack, who: Identity) -> Iterator[str]:
    """Which of the person's data the text holds."""
    if who.name and hay.has_words(who.name):
        yield "name"
    tail = _phone_tail(who.phone)
    if len(tail) >= 8 and tail in hay.digits:
        yield "phone"
    if who.email and fold(who.email) in fold(hay.text):
        yield "email"
    if any(hay.has_words(part) for part in _address_parts(who.address)):
        yield "address"
    if who.number and fold(who.number) in fold(hay.text):
        yield "number"


def _address_parts(address: str) -> list[str]:
    """The whole, and its beginning where that has a house number: a commune alone is nobody's address."""
    begins = address.split(",", maxsplit=1)[0]
    precise = [begins] if re.search(r"\d", begins) and len(begins.split()) > 1 else []
    return [address, *precise] if "," in address or precise else []


def personal(snapshot: Snapshot) -> list[Place]:
    """Names, phones, addresses and numbers of every source case: in each field, in photos' words, in what is printed."""
    texts: list[tuple[int | None, str, str]] = [(None, name, text) for name, text in snapshot.words.items()]
    texts += [(item.pk, name, text) for item in snapshot.items for name, text in item.fields.items()]
    texts.append((None, "content", "\n".join(texts_of(snapshot.content))))
    places: dict[Place, None] = {}
    for pk, name, text in texts:
        hay = Haystack(text)
        for who in snapshot.identities:
            places |= dict.fromkeys(Place(what, pk, name) for what in found_in(hay, who))
    return _most_exact(places)


def _most_exact(places: Iterable[Place]) -> list[Place]:
    """What is printed repeats the fields: it is told only of what no field holds."""
    found = list(places)
    known = {place.what for place in found if place.field != "content"}
    return [place for place in found if place.field != "content" or place.what not in known]


def named(snapshot: Snapshot) -> list[Place]:
    places: list[Place] = []
    for item in snapshot.items:
        if item.fields.get("business"):
            places += [Place(what, item.pk, "business") for what in _unallowed(item)]
        else:
            hay = Haystack("\n".join(item.fields.values()))
            places += [Place("unmarked", item.pk, "text") for seller in item.sellers if hay.has_words(seller)][:1]
    return places


def _unallowed(item: ItemFacts) -> Iterator[str]:
    if item.named_by == NamedBy.NOBODY:
        yield "no_basis"
    if item.named_by == NamedBy.DECISION and not item.has_decision:
        yield "no_decision"
    if item.named_by == NamedBy.OWN_RESPONSIBILITY and not item.fields.get("responsibility"):
        yield "no_responsibility"
    if not item.asked_for_reply:
        yield "no_reply"
    if item.is_listing_over:
        yield "listed_already"


def figures(snapshot: Snapshot) -> list[Place]:
    return [] if snapshot.figures == snapshot.recomputed else [Place("differ", None, "figures")]


def groups(snapshot: Snapshot) -> list[Place]:
    """The total of a period is no group, and is told however small it is. A table's numbers are of groups, and so is what
    they leave of the total. Told of scam methods are numbers too."""
    told = snapshot.figures or {}
    places = []
    for table in told.get("tables", ()):
        numbers = [number for _label, number in table["rows"] if number is not None]
        rest = told.get("received", 0) - sum(numbers)
        if min(numbers, default=snapshot.min_group) < snapshot.min_group:
            places.append(Place("small", None, table["code"]))
        elif numbers and 0 < rest < snapshot.min_group:
            places.append(Place("left", None, table["code"]))
    if any(number < snapshot.min_group for *_named, number in told.get("scams", ())):
        places.append(Place("small", None, "scams"))
    return places


def what_to_do(snapshot: Snapshot) -> list[Place]:
    bound = (ItemKind.PRODUCT, ItemKind.SCAM)
    return [
        Place("missing", item.pk, "what_to_do")
        for item in snapshot.items
        if item.kind in bound and not item.fields.get("what_to_do")
    ]


def titles(snapshot: Snapshot) -> list[Place]:
    return [Place("untitled", item.pk, "title") for item in snapshot.items if item.fields.get("title") == UNTITLED]


def empty(snapshot: Snapshot) -> list[Place]:
    """An urgent bulletin, which has no figures, is about one thing: there only nothing at all is too little."""
    if not snapshot.items:
        return [Place("all")]
    if snapshot.figures is None:
        return []
    bare = [section["code"] for section in snapshot.content["sections"] if not section["items"]]
    return [Place(f"{code}_offered" if code in snapshot.offered else code) for code in bare]


def sources(snapshot: Snapshot) -> list[Place]:
    return [Place("withdrawn", item.pk) for item in snapshot.items if item.has_withdrawn_source]


CHECKS: dict[str, Callable[[Snapshot], list[Place]]] = {
    Check.PERSONAL: personal,
    Check.NAMED: named,
    Check.FIGURES: figures,
    Check.GROUPS: groups,
    Check.WHAT_TO_DO: what_to_do,
    Check.TITLES: titles,
    Check.EMPTY: empty,
    Check.SOURCES: sources,
}
