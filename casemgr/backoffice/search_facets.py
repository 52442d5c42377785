"""The facets of a search as the page shows them: names, counts, links, bars."""

from __future__ import annotations

import re
from collections import Counter
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
from workflows.periods import Period
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
MOST_BARS = 36
# How many months a bar may stand for, and what the chart is called then.
STEPS = {
    1: _("Cases received, month by month"),
    3: _("Cases received, quarter by quarter"),
    12: _("Cases received, year by year"),
    60: _("Cases received, several years a bar"),
    120: _("Cases received, several years a bar"),
}
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
        return gettext("Received: %(days)s") % {"days": _span(shown)}
    shown = [number_format(least) if least is not None else "", number_format(beyond - 1) if beyond is not None else ""]
    return gettext("Amount: %(amounts)s đồng") % {"amounts": _span(shown)}


def _span(ends: list[str]) -> str:
    return ends[0] if ends[0] == ends[1] else f"{ends[0] or '…'} – {ends[1] or '…'}"


@dataclass(frozen=True)
class Bar:
    """So many ``months``: ``x``, ``y`` and ``height`` in the units of the drawing, as numbers are written in any language
    there; its first and last day."""

    months: int
    label: str
    count: int
    x: int
    y: str
    height: str
    first: date
    last: date
    within: bool
    url: str

    @property
    def heading(self) -> str:
        return str(STEPS[self.months])


def histogram(asked: Asked, months: dict[str, int]) -> list[Bar]:
    """Bars without gaps: of one month each, or of more where these would be more than `MOST_BARS`."""
    read = {_number(day): count for value, count in months.items() if (day := _first_day(value))}
    if not read:
        return []
    first, last = min(read), max(read)
    step = next(step for step in STEPS if last // step - first // step < MOST_BARS)
    counts: Counter[int] = Counter()
    for month, count in read.items():
        counts[month // step] += count
    most = max(counts.values()) or 1
    shown = range(first // step, last // step + 1)
    return [_bar(asked, place, number, step, counts[number], most) for place, number in enumerate(shown)]


def _number(day: date) -> int:
    return day.year * 12 + day.month - 1


def _bar(asked: Asked, place: int, number: int, months: int, count: int, most: int) -> Bar:
    first, last = _month(number * months), _month((number + 1) * months) - _A_DAY
    since, until = asked.narrowing.since, asked.narrowing.until
    within = (since is None or last >= since) and (until is None or first <= until)
    height = round(max(count / most * CHART_HEIGHT, 2 if count else 0), 1)
    url = asked.url(**{SINCE: first, UNTIL: last})
    y, x, label = f"{CHART_HEIGHT - height:.1f}", place * BAR_WIDTH, _period(first, months)
    return Bar(months, label, count, x, y, f"{height:.1f}", first, last, within, url)


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _period(first: date, months: int) -> str:
    if months == 1:
        return date_format(first, "m/Y")
    return str(Period(first, months)) if months <= 12 else f"{first.year}–{first.year + months // 12 - 1}"


def _first_day(value: str) -> date | None:
    try:
        return date.fromisoformat(f"{value}-01")
    except ValueError:
        return None


def month_name(value: str) -> str:
    day = _first_day(value)
    return date_format(day, "m/Y") if day else value


def fields_explained(fields: Sequence[Any]) -> list[dict[str, str]]:
    """The query language's fields with an example each; a field without one has none to show."""
    return [
        {"vi": field.shown[0], "en": field.shown[1], "example": _EXAMPLES[field.target[0]]}
        for field in fields if field.target[0] in _EXAMPLES
    ]  # fmt: skip


_EXAMPLES = {
    "phone": "sđt: 0912 345 678", "bank_account": "stk: 1903 4567 8901 23", "tax_code": "mst: 0312345678",
    "url": "web: shop.example", "barcode": "mã vạch: 8931234567890", "in_product": 'sp: "tai nghe"',
    "in_brand": "nhãn hiệu: sony", "in_seller": 'người bán: "ánh dương"', "in_note": 'ghi chú: "xác minh"',
    "in_file": 'tệp: "hóa đơn"', "state": "tình trạng: đang xác minh", "track": "luồng: khiếu nại",
    "owner": "cơ quan: qltt", "commune": "xã: cao lãnh", "on": "ngày: 11/2026", "since": "từ: 01/11/2026",
    "until": "đến: hôm qua", "amount": "số tiền: 5tr..20tr",
}  # fmt: skip
