"""Lists of cases for the handlers' desk: tabs, filters, paging by key.

Every list starts from `Case.objects.visible_to` and is read in the order of one index (`workflows/models/case.py`),
so that a page costs the same however many cases there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery
from django.db.models.functions import Left
from django.utils.translation import gettext_lazy as _

from agencies.actors import Member
from agencies.models import Agency
from events import clock
from workflows.models import Case, Referral
from workflows.selectors import narrowing
from workflows.selectors.paging import Order, Page, page
from workflows.states import State

PAGE_SIZE = 50
COUNT_LIMIT = 1000
OPENING_LENGTH = 120
_WHOLE_NUMBER = re.compile(r"\d{2}-[0-9A-Z]{5}-[0-9A-Z]{5}")

Cases = QuerySet[Case]


def in_queue(actor: Member) -> Cases:
    return Case.objects.visible_to(actor).filter(queue_rank__isnull=False)


def mine(actor: Member) -> Cases:
    """Of what the agency may see and is not merely offered, that is: of what it owns. Said so, because with
    ``owner=`` beside ``handler=`` SQLite walks all the agency's cases for a handler's few."""
    return in_queue(actor).filter(handler=actor.person).exclude(offered_to=actor.agency)


def agencys(actor: Member) -> Cases:
    return in_queue(actor).filter(owner=actor.agency)


def offered(actor: Member) -> Cases:
    return in_queue(actor).filter(offered_to=actor.agency)


def escalated(actor: Member) -> Cases:
    """Offers nobody answered, for the lead agency to decide."""
    return in_queue(actor).filter(escalated_to=actor.agency)


def waiting(actor: Member) -> Cases:
    return agencys(actor).filter(state__in=[State.REFERRED, State.AWAITING_COMPLAINANT, State.AWAITING_RESPONDENT])


def overdue(actor: Member) -> Cases:
    return agencys(actor).filter(narrowing.missed(clock.now()))


def overdue_by_rank(actor: Member) -> Cases:
    """The same cases by the column no index begins with: one that has it would be read for the time, and then sorted."""
    return agencys(actor).filter(due_at__lt=clock.now())


def settled(actor: Member) -> Cases:
    return Case.objects.visible_to(actor).filter(owner=actor.agency, queue_rank__isnull=True)


def lodged_here(actor: Member) -> Cases:
    """What an agency of assisted intake lodged for others; it follows these and handles none."""
    return Case.objects.visible_to(actor)


def receipts(actor: Member) -> QuerySet[Referral]:
    """What this agency passed on and another took: the case's number, to whom and when, and no detail."""
    if not actor.handles_cases:
        return Referral.objects.none()
    return Referral.objects.filter(sender=actor.agency, state=Referral.State.TAKEN)


DUE = Order(("queue_rank", "queue_due", "id"))
LONGEST_OVERDUE = Order(("queue_due", "id"))
NEWEST = Order(("lodged_at", "id"), descending=True)
OLDEST = Order(("lodged_at", "id"))
LATEST_OFFER = Order(("offered_at", "id"), descending=True)


@dataclass(frozen=True)
class Tab:
    """``orders``: what it may be sorted by, the default first: only what an index answers."""

    code: str
    label: Any
    rows: Callable[[Member], QuerySet[Any]]
    orders: dict[str, Order]
    counted: bool = True
    rows_by: Mapping[str, Callable[[Member], QuerySet[Any]]] = field(default_factory=dict)

    def rows_in(self, order: str, actor: Member) -> QuerySet[Any]:
        """Its rows, asked for so that the index of this order is the one that is read."""
        return self.rows_by.get(order, self.rows)(actor)


_BY_DUE = {"due": DUE, "newest": NEWEST, "oldest": OLDEST}
_BY_AGE = {"newest": NEWEST, "oldest": OLDEST}

TABS = (
    Tab("mine", _("My work"), mine, _BY_DUE),
    Tab("agency", _("My agency's work"), agencys, _BY_DUE),
    Tab("offered", _("Offered to us"), offered, _BY_DUE),
    Tab("waiting", _("Waiting on others"), waiting, {"due": DUE}),
    Tab("overdue", _("Overdue"), overdue, {"due": DUE, "overdue": LONGEST_OVERDUE}, rows_by={"due": overdue_by_rank}),
    Tab("settled", _("Finished"), settled, _BY_AGE, counted=False),
    Tab("receipts", _("Passed on"), receipts, {"newest": LATEST_OFFER}, counted=False),
)
# A lead agency's alone.
TO_DECIDE = Tab("escalated", _("Transfers to decide"), escalated, _BY_DUE)
FOLLOWING = (Tab("lodged", _("Lodged with our help"), lodged_here, _BY_AGE),)


def tabs_of(actor: Member) -> tuple[Tab, ...]:
    if actor.agency.assisted_intake_only:
        return FOLLOWING
    return (*TABS[:3], TO_DECIDE, *TABS[3:]) if actor.agency.is_lead else TABS


class CappedCount(Subquery):
    """How many rows a query has, read no further than `COUNT_LIMIT`."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) _rows)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.order_by().values("pk")[:COUNT_LIMIT])


def counts(actor: Member) -> dict[str, int]:
    """Rows per tab, each at most `COUNT_LIMIT`: one query."""
    counted = {tab.code: CappedCount(tab.rows(actor)) for tab in tabs_of(actor) if tab.counted}
    found = Agency.objects.filter(pk=actor.agency.pk).values_list(*counted.values()).get()
    return dict(zip(counted, found, strict=True))


@dataclass(frozen=True)
class Sieve:
    """What the list is narrowed to; empty fields narrow nothing. ``mark`` is urgent, vulnerable or proposed, ``handler`` a
    person's key or `narrowing.NOBODY`, ``due`` overdue or week, ``age`` one of `narrowing.AGES`, ``back`` returned."""

    state: str = ""
    track: str = ""
    category: str = ""
    mark: str = ""
    commune: str = ""
    number: str = ""
    handler: str = ""
    due: str = ""
    age: str = ""
    back: str = ""

    def __call__(self, cases: Cases) -> Cases:
        conditions: dict[str, Any] = {
            "state": self.state,
            "track": self.track,
            "category": self.category,
            "complaint__commune": self.commune,
        }
        cases = cases.filter(**{field: value for field, value in conditions.items() if value})
        if self.mark in ("urgent", "vulnerable"):
            cases = cases.filter(**{self.mark: True})
        if self.mark == "proposed":
            cases = cases.filter(proposed_by__isnull=False)
        return self._numbered(self._timed(self._handled(cases)))

    def _handled(self, cases: Cases) -> Cases:
        if self.handler == narrowing.NOBODY:
            return cases.filter(handler=None)
        return cases.filter(handler=int(self.handler)) if self.handler.isdecimal() else cases

    def _timed(self, cases: Cases) -> Cases:
        now = clock.now()
        if self.due in ("overdue", "week"):
            cases = cases.filter(narrowing.missed(now) if self.due == "overdue" else narrowing.due_soon(now))
        if self.back == "returned":
            cases = cases.filter(narrowing.returned(now))
        return cases.filter(narrowing.aged(self.age, now)) if self.age in narrowing.AGES else cases

    def _numbered(self, cases: Cases) -> Cases:
        number = self.number.strip().upper()
        if not number:
            return cases
        if _WHOLE_NUMBER.fullmatch(number):
            return cases.filter(number=number)
        return cases.filter(number__contains=number)


def case_page(tab: Tab, actor: Member, order: str, sieve: Sieve, cursor: str) -> Page[Case]:
    """One page of a tab with what a row shows; ``opening`` is how the story begins. One query."""
    rows = _shown(sieve(tab.rows_in(order, actor)))
    return page(rows, tab.orders[order], cursor, size=PAGE_SIZE, scope=f"{tab.code}/{order}")


def case_rows(tab: Tab, actor: Member, sieve: Sieve, numbers: Collection[str]) -> list[Case]:
    """Those of these cases that stand in the tab now, as its page shows them. One query."""
    return list(_shown(sieve(tab.rows(actor)).filter(number__in=numbers)).order_by("pk"))


def _shown(cases: Cases) -> Cases:
    return (
        cases.select_related("category", "complaint__commune", "owner", "handler", "offered_to")
        .defer("complaint__narrative", "complaint__wish")
        .annotate(opening=Left("complaint__narrative", OPENING_LENGTH))
    )


def receipt_page(tab: Tab, actor: Member, order: str, cursor: str) -> Page[Referral]:
    rows = (
        # A case read without its state reads it by itself.
        tab.rows(actor)
        .select_related("case", "target")
        .only("case__number", "case__state", "target__name", "offered_at", "ended_at")
    )
    return page(rows, tab.orders[order], cursor, size=PAGE_SIZE, scope=f"{tab.code}/{order}")
