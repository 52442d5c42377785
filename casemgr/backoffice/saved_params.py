"""A search as the search page's address has it: ``q``, the fields of `FILTERS` (any number of values each), the days
``since`` and ``until``, ``order``."""

from __future__ import annotations

from datetime import date

from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from search.backends.base import FILTERS, Order
from search.models import SavedSearch
from search.saved import narrowing_of
from search.selectors import Narrowing

Pairs = list[tuple[str, str]]
_NAMES = ("q", *FILTERS, "since", "until", "order")


def carried(given: QueryDict) -> Pairs:
    """What of ``given`` says what is searched for."""
    return [(name, value) for name in _NAMES for value in given.getlist(name) if value.strip()]


def narrowing_in(given: QueryDict) -> Narrowing:
    """What cannot be read narrows nothing."""
    filters = {name: values for name in FILTERS if (values := [one for one in given.getlist(name) if one])}
    order = given.get("order", "")
    return Narrowing(
        filters,
        _day(given.get("since", "")),
        _day(given.get("until", "")),
        Order(order) if order in set(Order) else Order.RELEVANCE,
    )


def search_page(saved: SavedSearch) -> str:
    """The address that asks it again."""
    narrowing = narrowing_of(saved)
    pairs: Pairs = [("q", saved.text)]
    pairs += [(name, value) for name, values in narrowing.filters.items() for value in values]
    pairs += [(name, day.isoformat()) for name in ("since", "until") if (day := getattr(narrowing, name))]
    if narrowing.order is not Order.RELEVANCE:
        pairs.append(("order", narrowing.order))
    return f"{reverse('backoffice:search')}?{urlencode(pairs)}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
