"""The supervisor's board: who has how much, how old it is, what is late, what hangs between agencies.

Everything is a sum over open cases, read from one partial index (`case_owner_load`): what is settled costs nothing,
however much of it there is. Each number has its list, by the same conditions (`workflows.selectors.narrowing`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any

from django.db.models import Count, Min, Q

from agencies.actors import Member
from agencies.models import Agency, User
from events import clock
from workflows.models import Case
from workflows.selectors import narrowing, queue
from workflows.selectors.narrowing import AGES
from workflows.selectors.queue import CappedCount
from workflows.states import State

_SUMS = {
    "open": Q(),
    "urgent": Q(queue_rank__in=narrowing.RANKS["urgent"]),
    "vulnerable": Q(queue_rank__in=narrowing.RANKS["vulnerable"]),
}


@dataclass
class Load:
    """Open cases of one group. ``ages`` has one number for each of `AGES`; ``oldest`` is when the oldest was lodged."""

    open: int = 0
    urgent: int = 0
    vulnerable: int = 0
    overdue: int = 0
    week: int = 0
    ages: dict[str, int] = field(default_factory=lambda: dict.fromkeys(AGES, 0))
    oldest: datetime | None = None

    def add(self, row: dict[str, Any]) -> None:
        for one in fields(self)[:5]:
            setattr(self, one.name, getattr(self, one.name) + row[one.name])
        for age in AGES:
            self.ages[age] += row[f"age_{age}"]
        self.oldest = min(filter(None, (self.oldest, row["oldest"])), default=None)


@dataclass(frozen=True)
class HandOffs:
    """Cases on their way: offered to us, sent by us, and those returned to us within `narrowing.LATELY` and still open."""

    offered: int
    offered_overdue: int
    sent: int
    sent_overdue: int
    returned: int


@dataclass(frozen=True)
class Board:
    """``by_handler`` has nobody's cases first (None), then the fullest desks; ``missed`` is by state, most first."""

    total: Load
    by_handler: list[tuple[User | None, Load]]
    missed: list[tuple[State, int]]
    hand_offs: HandOffs


def board(actor: Member) -> Board:
    """The open work of the supervisor's agency. Three queries."""
    now = clock.now()
    rows = _sums(queue.agencys(actor), now, "handler", "state")
    total, loads, missed = Load(), {None: Load()}, dict.fromkeys(State, 0)
    for row in rows:
        loads.setdefault(row["handler"], Load()).add(row)
        total.add(row)
        missed[State(row["state"])] += row["overdue"]
    people: dict[int | None, User] = dict(User.objects.in_bulk([pk for pk in loads if pk]))
    ordered = sorted(loads.items(), key=lambda item: (item[0] is not None, -item[1].open, str(people.get(item[0], ""))))
    late = sorted(((state, n) for state, n in missed.items() if n), key=lambda found: -found[1])
    return Board(total, [(people.get(pk), load) for pk, load in ordered], late, hand_offs(actor, now))


def _sums(cases: queue.Cases, now: datetime, *groups: str) -> Iterable[dict[str, Any]]:
    wanted = _SUMS | {"overdue": narrowing.missed(now), "week": narrowing.due_soon(now)}
    wanted |= {f"age_{age}": narrowing.aged(age, now) for age in AGES}
    counted = {name: Count("pk", filter=condition) for name, condition in wanted.items() if condition}
    return cases.order_by().values(*groups).annotate(open=Count("pk"), oldest=Min("lodged_at"), **counted)


def hand_offs(actor: Member, now: datetime) -> HandOffs:
    """One query; each number at most `queue.COUNT_LIMIT`."""
    ours, offered, late = queue.agencys(actor), queue.offered(actor), narrowing.missed(now)
    sent, back = ours.filter(state=State.REFERRED), ours.filter(narrowing.returned(now))
    rows = (offered, offered.filter(late), sent, sent.filter(late), back)
    numbers = Agency.objects.filter(pk=actor.agency.pk).values_list(*(CappedCount(one) for one in rows)).get()
    return HandOffs(*numbers)


@dataclass(frozen=True)
class AgencyLoad:
    agency: Agency
    load: Load
    offered: int


def province_board(actor: Member) -> list[AgencyLoad]:
    """Figures per agency of the lead agency's provinces, fullest first: numbers and no case. Three queries."""
    now, provinces = clock.now(), list(actor.agency.provinces.values_list("pk", flat=True))
    cases = Case.objects.filter(province__in=provinces, queue_rank__isnull=False)
    loads = {row["owner"]: row for row in _sums(cases, now, "owner")}
    offers = dict(
        cases.filter(offered_to__isnull=False).order_by().values_list("offered_to").annotate(number=Count("pk"))
    )
    serving = Agency.objects.filter(
        Q(provinces__in=provinces, is_active=True, assisted_intake_only=False) | Q(pk__in={*loads, *offers})
    )
    found = []
    for agency in serving.distinct():
        load = Load()
        if agency.pk in loads:
            load.add(loads[agency.pk])
        found.append(AgencyLoad(agency, load, offers.get(agency.pk, 0)))
    return sorted(found, key=lambda one: (-one.load.open, one.agency.name))
