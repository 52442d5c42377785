"""Figures that come from the cases by themselves: each a name, a sentence that says how it is counted, and one query for
all units of a province. A unit counts what it handles itself, so that the sum counts nothing twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from bulletins.report_periods import Span
from complaints.models import Complaint, Origin
from workflows.models import Case, Milestone, Party, Resolution, Satisfaction
from workflows.models.satisfaction import SATISFIED_FROM
from workflows.selectors.figures import MIN_GROUP
from workflows.services.milestones import ANSWERS
from workflows.states import Outcome, Track

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

AGENCY, COMMUNE = "agency", "commune"
Found = dict[Any, Decimal | None]


@dataclass(frozen=True)
class Computation:
    """``run(province, span)`` gives the figure by agency id, or by commune code (``key``). A unit that is not named had
    nothing: ``empty``; None where there is nothing to take a share of."""

    name: str
    label: _StrPromise
    how: _StrPromise
    key: str
    run: Callable[[str, Span], Found]
    empty: Decimal | None = Decimal(0)


def _received(province: str, span: Span) -> QuerySet[Case]:
    """What people sent in the span; what officers found themselves is told apart."""
    lodged = Case.objects.filter(province=province, lodged_at__gte=span.start, lodged_at__lt=span.end)
    return lodged.exclude(complaint__origin=Origin.OWN_INITIATIVE).order_by()


def _resolutions(province: str, span: Span) -> QuerySet[Resolution]:
    return Resolution.objects.filter(
        case__province=province, resolved_at__gte=span.start, resolved_at__lt=span.end
    ).order_by()


def _numbers(rows: Iterable[tuple[Any, Any]]) -> Found:
    return {key: Decimal(number or 0) for key, number in rows if key is not None}


def _count_received(province: str, span: Span) -> Found:
    return _numbers(_received(province, span).values_list("owner").annotate(n=Count("pk")))


def _count_of_track(track: Track) -> Callable[[str, Span], Found]:
    def run(province: str, span: Span) -> Found:
        rows = _received(province, span).filter(track=track)
        return _numbers(rows.values_list("owner").annotate(n=Count("pk")))

    return run


def _count_found(province: str, span: Span) -> Found:
    rows = Case.objects.filter(
        province=province, lodged_at__gte=span.start, lodged_at__lt=span.end, complaint__origin=Origin.OWN_INITIATIVE
    )
    return _numbers(rows.order_by().values_list("owner").annotate(n=Count("pk")))


def _count_from_commune(province: str, span: Span) -> Found:
    rows = Complaint.objects.filter(province=province, lodged_at__gte=span.start, lodged_at__lt=span.end)
    sent = rows.exclude(origin=Origin.OWN_INITIATIVE).exclude(commune=None).order_by()
    return _numbers(sent.values_list("commune").annotate(n=Count("pk")))


def _sum_loss(province: str, span: Span) -> Found:
    named = _received(province, span).exclude(complaint__amount=None)
    return _numbers(named.values_list("owner").annotate(n=Sum("complaint__amount")))


def _count_resolved(province: str, span: Span) -> Found:
    return _numbers(_resolutions(province, span).values_list("agency").annotate(n=Count("case", distinct=True)))


def _count_sanctions(province: str, span: Span) -> Found:
    rows = _resolutions(province, span).filter(outcome=Outcome.SANCTIONED)
    return _numbers(rows.values_list("agency").annotate(n=Count("pk")))


def _sum_sanctions(province: str, span: Span) -> Found:
    rows = _resolutions(province, span).filter(outcome=Outcome.SANCTIONED)
    return _numbers(rows.values_list("agency").annotate(n=Sum("sanction_amount")))


def _share_in_time(province: str, span: Span) -> Found:
    reached = Milestone.objects.filter(
        case__province=province,
        kind__in=ANSWERS,
        due_at__isnull=False,
        reached_at__gte=span.start,
        reached_at__lt=span.end,
    )
    rows = reached.order_by().values_list("agency").annotate(
        n=Count("pk"), in_time=Count("pk", filter=Q(reached_at__lte=F("due_at")))
    )  # fmt: skip
    return {agency: _percent(part, whole) for agency, whole, part in rows}


def _share_satisfied(province: str, span: Span) -> Found:
    """Nothing while fewer than MIN_GROUP people gave a score: it could tell who gave what."""
    given = Satisfaction.objects.filter(
        case__province=province, party=Party.CITIZEN, given_at__gte=span.start, given_at__lt=span.end
    )
    rows = given.order_by().values_list("agency").annotate(
        n=Count("pk"), satisfied=Count("pk", filter=Q(score__gte=SATISFIED_FROM))
    )  # fmt: skip
    return {agency: _percent(part, whole) if whole >= MIN_GROUP else None for agency, whole, part in rows}


def _percent(part: int, whole: int) -> Decimal:
    """Rounded down to a tenth: 89,99 does not reach 90."""
    return Decimal(part * 1000 // whole) / 10


_BY_OWNER = _(
    "lodged in the period, by the agency responsible when it is counted; without what officers found themselves."
)

COMPUTATIONS: dict[str, Computation] = {
    one.name: one
    for one in (
        Computation("received", _("reports received"), _BY_OWNER, AGENCY, _count_received),
        Computation("received_crime", _("reports of crimes received"), _BY_OWNER, AGENCY, _count_of_track(Track.CRIME)),
        Computation(
            "received_violation", _("reports of market violations received"), _BY_OWNER, AGENCY, _count_of_track(Track.VIOLATION)
        ),
        Computation(
            "received_consumer", _("consumers' complaints received"), _BY_OWNER, AGENCY, _count_of_track(Track.CONSUMER)
        ),
        Computation(
            "found", _("cases found by officers themselves"), _("opened in the period by the agency's own officers."),
            AGENCY, _count_found,
        ),
        Computation(
            "from_commune", _("reports from the commune"),
            _("lodged in the period with this commune as the sender's, whoever handles them."), COMMUNE, _count_from_commune,
        ),
        Computation("loss", _("loss stated by senders (đồng)"), _BY_OWNER, AGENCY, _sum_loss),
        Computation(
            "resolved", _("cases resolved"), _("cases with a resolution by this agency in the period, each counted once."),
            AGENCY, _count_resolved,
        ),
        Computation(
            "sanctions", _("sanction decisions"), _("resolutions of this agency in the period whose outcome is a sanction."),
            AGENCY, _count_sanctions,
        ),
        Computation(
            "sanction_amount", _("fines (đồng)"), _("the sum of the fines of these sanction decisions."), AGENCY, _sum_sanctions
        ),
        Computation(
            "in_time", _("answers in time (%)"),
            _("answers and refusals of the period within the limit of their step, of all that had one; rounded down to a tenth."),
            AGENCY, _share_in_time, None,
        ),
        Computation(
            "satisfied", _("satisfied senders (%)"),
            _("scores of 4 or 5 of all given in the period; not told while fewer than five were given."),
            AGENCY, _share_satisfied, None,
        ),
    )
}  # fmt: skip


def choices() -> list[tuple[str, str]]:
    return [(one.name, str(one.label)) for one in COMPUTATIONS.values()]


def compute(names: Iterable[str], province: str, span: Span) -> dict[str, Found]:
    """Each named computation over the province's units; one query each. A name that is no more computes nothing."""
    return {name: COMPUTATIONS[name].run(province, span) for name in sorted(set(names)) if name in COMPUTATIONS}


def figure_of(name: str, found: dict[str, Found], *, agency: int | None, commune: str | None) -> Decimal | None:
    """One unit's figure; None where it cannot be told for such a unit."""
    computation = COMPUTATIONS.get(name)
    unit = commune if computation and computation.key == COMMUNE else agency
    if computation is None or unit is None:
        return None
    return found[name].get(unit, computation.empty)
