"""What a search page's address asks for: the text, what it is narrowed to, and the same address changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.http import QueryDict

from search.backends.base import Order
from search.query import LONGEST_QUERY
from search.selectors import Narrowing

FACETS = (
    "state", "track", "owner", "category", "product_group", "channel", "commune", "amount_band", "month",
)  # fmt: skip
# ``from`` and ``to`` are days, both included.
SINCE, UNTIL = "from", "to"
MOST_CHOSEN, LONGEST_VALUE = 50, 40


@dataclass(frozen=True)
class Asked:
    """``text`` as typed; ``narrowing`` without whatever is no value of its field."""

    text: str = ""
    narrowing: Narrowing = field(default_factory=Narrowing)

    def parameters(self, **changed: Iterable[str] | str | date | None) -> QueryDict:
        """The address of this search, without the page; ``changed`` by parameter, "" or nothing to leave it out."""
        order = "" if self.narrowing.order is Order.RELEVANCE else str(self.narrowing.order)
        wanted: dict[str, object] = {
            "q": self.text, "order": order, SINCE: self.narrowing.since, UNTIL: self.narrowing.until,
            "exact": "1" if self.narrowing.exact else "", **self.narrowing.filters, **changed,
        }  # fmt: skip
        made = QueryDict(mutable=True)
        for name, value in wanted.items():
            single = isinstance(value, str | date | None)
            values = ([value] if value else []) if single else value
            made.setlist(name, [str(one) for one in values])  # type: ignore[attr-defined]
        return made

    def url(self, **changed: Iterable[str] | str | date | None) -> str:
        return f"?{self.parameters(**changed).urlencode()}"


def read_asked(given: QueryDict) -> Asked:
    """Never raises: what cannot be read is left out."""
    filters = {name: _values(given, name) for name in FACETS}
    since, until = _day(given.get(SINCE, "")), _day(given.get(UNTIL, ""))
    if since and until and until < since:
        since, until = until, since
    narrowing = Narrowing(_given(filters), since, until, _order(given.get("order", "")), given.get("exact") == "1")
    return Asked(given.get("q", "")[: LONGEST_QUERY + 1].replace("\x00", "").strip(), narrowing)


def _given(filters: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {name: values for name, values in filters.items() if values}


def _values(given: QueryDict, name: str) -> list[str]:
    wanted = (value for value in given.getlist(name) if value and len(value) <= LONGEST_VALUE and "\x00" not in value)
    return list(dict.fromkeys(wanted))[:MOST_CHOSEN]


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1900 <= day.year < 2200 else None


def _order(text: str) -> Order:
    """`BY_CASE` is for files alone: it has no pages."""
    return Order(text) if text in set(Order) - {Order.BY_CASE} else Order.RELEVANCE
