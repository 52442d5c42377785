"""Figures of timeliness and satisfaction per agency: sums and shares, no case and no person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q

from agencies.actors import Actor, Member, Overseer
from agencies.models import Agency, Province, Role
from events import clock
from workflows.models import Case, Milestone, Party, Satisfaction, SatisfactionTarget
from workflows.models.satisfaction import SATISFIED_FROM
from workflows.periods import Period
from workflows.selectors import narrowing
from workflows.services.milestones import ANSWERS

# Fewer answers than this could tell who answered what.
MIN_GROUP = 5


@dataclass
class Timeliness:
    """``in_time`` and ``late``; ``unlimited`` ended where no limit ran."""

    in_time: int = 0
    late: int = 0
    unlimited: int = 0

    @property
    def percent(self) -> int | None:
        limited = self.in_time + self.late
        return _share(self.in_time, limited) if limited else None

    def add(self, other: Timeliness) -> None:
        self.in_time += other.in_time
        self.late += other.late
        self.unlimited += other.unlimited


@dataclass
class Share:
    """Scores given and how many of them satisfied; ``is_hidden``: too few to be told. A sum ``is_partial`` where it
    leaves out what the lines do not tell."""

    given: int = 0
    satisfied: int = 0
    is_hidden: bool = False
    is_partial: bool = False

    @property
    def percent(self) -> int | None:
        return None if self.is_hidden or not self.given else _share(self.satisfied, self.given)

    def reaches(self, target: SatisfactionTarget | None) -> bool | None:
        """Whether the target is met, by the numbers and not by the rounded share; None where that is not told."""
        if target is None or self.percent is None:
            return None
        return self.satisfied * 100 >= target.percent * self.given


@dataclass
class Line:
    """One agency, or all together (``agency`` None). ``overdue`` is of today, whatever the period."""

    agency: Agency | None
    answers: Timeliness = field(default_factory=Timeliness)
    transfers: Timeliness = field(default_factory=Timeliness)
    open: int = 0
    overdue: int = 0
    satisfaction: dict[str, Share] = field(default_factory=lambda: {party: Share() for party in Party})


@dataclass(frozen=True)
class Figures:
    lines: list[Line]
    together: Line | None
    target: SatisfactionTarget | None


def _share(part: int, whole: int) -> int:
    """Per cent, rounded down: 89.9 does not reach 90."""
    return part * 100 // whole


def agencies_told(actor: Actor | None) -> list[Agency] | None:
    """Whose figures the reader may see: the province's for overseers and for supervisors of its lead agency, their own
    agency's for everybody else who handles cases; None for all others. At most two queries."""
    if provinces := provinces_told(actor):
        return _serving(provinces)
    if not isinstance(actor, Member) or not actor.handles_cases or actor.agency.assisted_intake_only:
        return None
    return [actor.agency]


def provinces_told(actor: Actor | None) -> list[str]:
    """Of which provinces the reader sees every agency's figures: an overseer's own, those a lead agency's supervisor
    leads. At most one query."""
    if isinstance(actor, Overseer):
        return [actor.province_code]
    leads = isinstance(actor, Member) and actor.agency.is_lead and actor.has(Role.SUPERVISOR)
    return list(actor.agency.provinces.values_list("pk", flat=True)) if leads and isinstance(actor, Member) else []


def _serving(provinces: Iterable[str]) -> list[Agency]:
    held = Agency.objects.filter(provinces__in=Province.objects.filter(pk__in=provinces), assisted_intake_only=False)
    return list(held.distinct().order_by("name"))


def figures(agencies: list[Agency], period: Period) -> Figures:
    """One line per agency that has anything to tell, and all together where there are several. Four queries."""
    lines = {agency.pk: Line(agency) for agency in agencies}
    within = Q(agency__in=list(lines))
    _add_timeliness(lines, Milestone.objects.filter(within, reached_at__gte=period.start, reached_at__lt=period.end))
    _add_open(lines)
    _add_satisfaction(lines, Satisfaction.objects.filter(within, given_at__gte=period.start, given_at__lt=period.end))
    told = [line for line in lines.values() if _tells(line)] or list(lines.values())[:1]
    together = _together(told) if len(told) > 1 else None
    return Figures(told, together, target_of(period, agencies))


def _add_timeliness(lines: dict[int, Line], reached: Any) -> None:
    limited = Q(due_at__isnull=False)
    rows = reached.order_by().values("agency", "kind").annotate(
        all=Count("pk"), limited=Count("pk", filter=limited), in_time=Count("pk", filter=Q(reached_at__lte=F("due_at")))
    )  # fmt: skip
    for row in rows:
        line = lines[row["agency"]]
        part = line.answers if row["kind"] in ANSWERS else line.transfers
        late = row["limited"] - row["in_time"]
        part.add(Timeliness(row["in_time"], late, row["all"] - row["limited"]))


def _add_open(lines: dict[int, Line]) -> None:
    open_cases = Case.objects.filter(owner__in=list(lines), queue_rank__isnull=False).order_by()
    late = Count("pk", filter=narrowing.missed(clock.now()))
    for row in open_cases.values("owner").annotate(all=Count("pk"), late=late):
        lines[row["owner"]].open, lines[row["owner"]].overdue = row["all"], row["late"]


def _add_satisfaction(lines: dict[int, Line], given: Any) -> None:
    satisfied = Count("pk", filter=Q(score__gte=SATISFIED_FROM))
    for row in given.order_by().values("agency", "party").annotate(all=Count("pk"), satisfied=satisfied):
        share = Share(row["all"], row["satisfied"], is_hidden=row["all"] < MIN_GROUP)
        lines[row["agency"]].satisfaction[row["party"]] = share


def _tells(line: Line) -> bool:
    times = (line.answers, line.transfers)
    ended = sum(one.in_time + one.late + one.unlimited for one in times)
    return bool(ended or line.open or any(share.given for share in line.satisfaction.values()))


def _together(lines: list[Line]) -> Line:
    whole = Line(None)
    for line in lines:
        whole.answers.add(line.answers)
        whole.transfers.add(line.transfers)
        whole.open += line.open
        whole.overdue += line.overdue
    for party in Party:
        whole.satisfaction[party] = _sum([line.satisfaction[party] for line in lines])
    return whole


def _sum(shares: list[Share]) -> Share:
    """Of all, unless that gave a hidden group away (one alone is the total less the others): then of what is told."""
    hidden = [share for share in shares if share.is_hidden]
    betrays = bool(hidden) and (len(hidden) == 1 or sum(share.given for share in hidden) < MIN_GROUP)
    counted = [share for share in shares if not (betrays and share.is_hidden)]
    given, satisfied = sum(share.given for share in counted), sum(share.satisfied for share in counted)
    return Share(given, satisfied, is_hidden=given < MIN_GROUP and any(s.given for s in shares), is_partial=betrays)


def target_of(period: Period, agencies: list[Agency]) -> SatisfactionTarget | None:
    """The latest that is in force in the period's year, the province's own before the general one."""
    own = Q(province__agencies__in=agencies) | Q(province=None)
    in_force = SatisfactionTarget.objects.filter(own, year__lte=period.first.year)
    return in_force.order_by(F("province").desc(nulls_last=True), "-year").first()
