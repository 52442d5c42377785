"""What is asked of the lists of warnings, and a warning as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from bulletins.item_fields import PRINTED
from bulletins.models import ItemKind, PublishedItem
from bulletins.selectors_public import current_items
from complaints.models import Category, ProductGroup

PAGE_SIZE = 20
LONGEST_QUERY = 100
WARNINGS = (ItemKind.PRODUCT, ItemKind.SCAM, ItemKind.VIOLATOR, ItemKind.ADVICE)
#: Fields with a heading of their own; the others stand in a list of facts.
TOLD_AT_LENGTH = ("risk", "how_it_goes", "how_to_recognise", "what_to_do")
_FIELD_OF = {label: name for name, label in PRINTED}


@dataclass(frozen=True)
class Asked:
    """What a list is asked for; what makes no sense counts as not asked. ``kinds`` are those the list is of."""

    kinds: tuple[str, ...]
    query: str = ""
    kind: str = ""
    group: str = ""
    scam: str = ""
    page: int = 1

    @classmethod
    def of(cls, given: QueryDict, kinds: tuple[str, ...]) -> Asked:
        text = {
            name: given.get(name, "").replace("\0", "")[:LONGEST_QUERY].strip() for name in ("q", "nhom", "thu-doan")
        }
        kind, page = given.get("loai", ""), given.get("trang", "")
        return cls(
            kinds, text["q"], kind if kind in kinds and len(kinds) > 1 else "", text["nhom"], text["thu-doan"],
            int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )  # fmt: skip

    @property
    def is_filtered(self) -> bool:
        return bool(self.query or self.kind or self.group or self.scam)

    def rows(self) -> QuerySet[PublishedItem]:
        found = current_items(
            settings.DEFAULT_PROVINCE, kind=self.kind, product_group=self.group, scam=self.scam, query=self.query
        )
        return found if self.kind else found.filter(kind__in=self.kinds)

    def address(self, path: str, lang: str, page: int) -> str:
        said = {"q": self.query, "loai": self.kind, "nhom": self.group, "thu-doan": self.scam, "lang": lang}
        query = QueryDict(mutable=True)
        query.update(
            {name: value for name, value in said.items() if value} | ({"trang": str(page)} if page > 1 else {})
        )
        return f"{path}?{query.urlencode()}" if query else path


@dataclass(frozen=True)
class Listed:
    """A page of a list with the addresses of its neighbours."""

    items: list[PublishedItem]
    total: int
    previous_url: str
    next_url: str


def listed(asked: Asked, path: str, lang: str) -> Listed:
    """Two queries. A page past the end is the last."""
    page = Paginator(asked.rows(), PAGE_SIZE).get_page(asked.page)
    previous = asked.address(path, lang, page.number - 1) if page.has_previous() else ""
    following = asked.address(path, lang, page.number + 1) if page.has_next() else ""
    return Listed(list(page.object_list), page.paginator.count, previous, following)


def choices(kinds: tuple[str, ...]) -> dict[str, list[tuple[str, str]]]:
    """The groups and scam methods something is told about today. Two queries."""
    rows = current_items(settings.DEFAULT_PROVINCE).filter(kind__in=kinds).order_by()
    groups = ProductGroup.objects.filter(pk__in=rows.values("product_group"))
    scams = Category.objects.filter(pk__in=rows.values("scam"))
    return {
        "groups": [(one.pk, str(one)) for one in groups.order_by("pk")],
        "scams": [(one.pk, str(one)) for one in scams.order_by("pk")],
        "kinds": [(kind.value, str(kind.label)) for kind in ItemKind if kind in kinds] if len(kinds) > 1 else [],
    }


def address_of(copy: PublishedItem) -> str:
    name = "public:article" if copy.kind == ItemKind.KNOWLEDGE else "public:warning"
    return reverse(name, args=[copy.item_id, copy.slug])


@dataclass(frozen=True)
class Shown:
    """A published copy, its lines sorted into what is told at length and plain facts."""

    copy: PublishedItem
    address: str
    long: list[tuple[str, str, str]] = field(default_factory=list)
    facts: list[dict[str, str]] = field(default_factory=list)

    @property
    def content(self) -> dict[str, Any]:
        content: dict[str, Any] = self.copy.content
        return content

    @property
    def summary(self) -> str:
        """The first thing to know, for a list."""
        told = {name: text for name, _label, text in self.long}
        first = told.get("how_it_goes") or told.get("risk") or told.get("how_to_recognise")
        return first or next(iter(self.content["paragraphs"]), "") or next((fact["value"] for fact in self.facts), "")


def shown(copy: PublishedItem) -> Shown:
    made = Shown(copy, address_of(copy))
    for label, text in copy.content["lines"]:
        name = _FIELD_OF.get(label, "")
        if name in TOLD_AT_LENGTH:
            made.long.append((name, label, text))
        else:
            made.facts.append({"label": label, "value": text})
    return made
