"""The facets of a search as the page shows them: names, counts, links, bars."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from casemgr.backoffice.search_asked import SINCE, UNTIL, Asked
from casemgr.backoffice.search_labels import Labels
from search.backends.base import Range
from search.clauses import Clauses, Said
from search.documents import AMOUNT_BANDS
from search.text import normalise
from workflows.deadlines import HANOI
from workflows.states import State

HEADINGS = {
    "state": _("State"),
    "track": _("Track"),
    "owner": _("Responsible agency"),
    "category": _("Category"),
    "product_group": _("Product group"),
    "channel": _("Sales channel"),
    "commune": _("Commune"),
    "amount_band": _("Amount (đồng)"),
}
SHOWN = 6
MOST_MONTHS = 36
BAR_WIDTH, CHART_HEIGHT = 20, 72
_A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Choice:
    """One value; ``url`` is the search with it taken in, or out where it is chosen."""

    field: str
    value: str
    label: str
    count: int
    chosen: bool
    url: str = ""


@dataclass(frozen=True)
class Facet:
    """``more``: beyond the first few, folded away."""

    field: str
    heading: str
    choices: list[Choice]
    more: list[Choice]


def facets(asked: Asked, counted: dict[str, dict[str, int]], labels: Labels) -> list[Facet]:
    """Those that have anything to choose, in the order of `HEADINGS`."""
    found = []
    for field, heading in HEADINGS.items():
        choices = sorted(_choices(asked, field, counted.get(field, {}), labels), key=_place)
        if choices:
            shown = max(SHOWN, sum(choice.chosen for choice in choices))
            found.append(Facet(field, str(heading), choices[:shown], choices[shown:]))
    return found


def _choices(asked: Asked, field: str, counted: dict[str, int], labels: Labels) -> Iterator[Choice]:
    chosen = asked.narrowing.filters.get(field, ())
    for value in dict.fromkeys([*chosen, *counted]):
        label = labels.get((field, value), value)
        yield Choice(field, value, label, counted.get(value, 0), value in chosen)


def _place(choice: Choice) -> tuple[Any, ...]:
    """Chosen first; states and amounts in their own order, the rest by number."""
    own = {"state": State.values, "amount_band": [str(least) for least in AMOUNT_BANDS]}.get(choice.field, [])
    at = own.index(choice.value) if choice.value in own else len(own)
    return (not choice.chosen, at, -choice.count, choice.label)


def chosen_chips(asked: Asked, labels: Labels) -> list[Choice]:
    """Everything that narrows, each with the link that takes it away."""
    chips = []
    for field, values in asked.narrowing.filters.items():
        for value in values:
            rest = [one for one in values if one != value]
            label = month_name(value) if field == "month" else labels.get((field, value), value)
            chips.append(Choice(field, value, label, 0, True, asked.url(**{field: rest})))
    for name, words, day in (
        (SINCE, _("from %(day)s"), asked.narrowing.since), (UNTIL, _("to %(day)s"), asked.narrowing.until),
    ):  # fmt: skip
        if day:
            chips.append(Choice(name, "", words % {"day": date_format(day, "d/m/Y")}, 0, True, asked.url(**{name: ""})))
    return chips


@dataclass(frozen=True)
class TypedField:
    """A field that was written into the text; ``url`` is the search without it."""

    label: str
    url: str


def typed_fields(asked: Asked, clauses: Clauses | None, labels: Labels) -> list[TypedField]:
    """What was understood of the fields in the text, in words."""
    return [TypedField(_meant(one, labels), _without(asked, one)) for one in (clauses.said if clauses else ())]


def _meant(said: Said, labels: Labels) -> str:
    if said.range:
        return _range(said.range)
    if said.chosen and said.chosen[0] in HEADINGS:
        field, values = said.chosen
        return f"{HEADINGS[field]}: {', '.join(labels.get((field, value), value) for value in values)}"
    return said.text


def _without(asked: Asked, said: Said) -> str:
    rest = re.sub(rf"(?<!\S){re.escape(said.text)}", " ", normalise(asked.text), count=1)
    return Asked(" ".join(rest.split()), asked.narrowing).url()


def _range(one: Range) -> str:
    least, beyond = one.since, one.until
    if one.field == "lodged_at":
        first, last = (None if at is None else datetime.fromtimestamp(at, HANOI) for at in (least, beyond))
        shown = [date_format(first, "d/m/Y") if first else "", date_format(last - _A_DAY, "d/m/Y") if last else ""]
        return gettext("Lodged: %(days)s") % {"days": _span(shown)}
    shown = [number_format(least) if least is not None else "", number_format(beyond - 1) if beyond is not None else ""]
    return gettext("Amount: %(amounts)s đồng") % {"amounts": _span(shown)}


def _span(ends: list[str]) -> str:
    return ends[0] if ends[0] == ends[1] else f"{ends[0] or '…'} – {ends[1] or '…'}"


@dataclass(frozen=True)
class Bar:
    """A month: ``x``, ``y`` and ``height`` in the units of the drawing, as numbers are written in any language there;
    its first and last day."""

    label: str
    count: int
    x: int
    y: str
    height: str
    first: date
    last: date
    within: bool
    url: str


def histogram(asked: Asked, months: dict[str, int]) -> list[Bar]:
    """One bar a month, without gaps, the latest 36 at most; none when there is nothing to compare."""
    read = {day: count for value, count in months.items() if (day := _first_day(value))}
    if len(read) < 2:
        return []
    shown = list(_months(min(read), max(read)))[-MOST_MONTHS:]
    most = max(read.get(month, 0) for month in shown) or 1
    return [_bar(asked, number, month, read.get(month, 0), most) for number, month in enumerate(shown)]


def _bar(asked: Asked, number: int, month: date, count: int, most: int) -> Bar:
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    since, until = asked.narrowing.since, asked.narrowing.until
    within = (since is None or last >= since) and (until is None or month <= until)
    height = round(max(count / most * CHART_HEIGHT, 2 if count else 0), 1)
    url = asked.url(**{SINCE: month, UNTIL: last})
    label = date_format(month, "m/Y")
    y = f"{CHART_HEIGHT - height:.1f}"
    return Bar(label, count, number * BAR_WIDTH, y, f"{height:.1f}", month, last, within, url)


def _first_day(value: str) -> date | None:
    try:
        return date.fromisoformat(f"{value}-01")
    except ValueError:
        return None


def month_name(value: str) -> str:
    day = _first_day(value)
    return date_format(day, "m/Y") if day else value


def _months(first: date, last: date) -> Iterator[date]:
    at = first
    while at <= last:
        yield at
        at = date(at.year + at.month // 12, at.month % 12 + 1, 1)


def fields_explained(fields: Sequence[Any]) -> list[dict[str, str]]:
    """The query language's fields with an example each; a field without one has none to show."""
    return [
        {"vi": field.shown[0], "en": field.shown[1], "example": _EXAMPLES[field.target[0]]}
        for field in fields if field.target[0] in _EXAMPLES
    ]  # fmt: skip


_EXAMPLES = {
    "phone": "sđt: 0912 345 678", "bank_account": "stk: 1903 4567 8901 23", "tax_code": "mst: 0312345678",
    "url": "web: shop.example", "barcode": "mã vạch: 8931234567890", "in_product": 'sp: "tai nghe"',
    "in_brand": "nhãn hiệu: sony", "in_seller": 'người bán: "ánh dương"', "in_note": "ghi chú: xác minh",
    "in_file": "tệp: hóa đơn", "state": "tình trạng: đang xác minh", "track": "luồng: khiếu nại",
    "owner": "cơ quan: qltt", "commune": "xã: cao lãnh", "on": "ngày: 11/2026", "since": "từ: 01/11/2026",
    "until": "đến: hôm qua", "amount": "số tiền: 5tr..20tr",
}  # fmt: skip
