"""Whether many reports name the same seller: a yes or no for a citizen who is about to send another."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from complaints.models import Indicator, IndicatorKind
from workflows.models import Case
from workflows.states import State, Track

# k-anonymity: of fewer than five, somebody who knows one of the senders could tell that they have reported, and what
# about. A yes never says how many more.
ENOUGH_REPORTS = 5
# What leads to one seller. A barcode is the product's, and sold by many.
_SELLERS = (
    IndicatorKind.PHONE, IndicatorKind.BANK_ACCOUNT, IndicatorKind.URL, IndicatorKind.DOMAIN, IndicatorKind.SHOP,
    IndicatorKind.TAX_CODE,
)  # fmt: skip
_MOST_ASKED = 8
# Nobody has looked at them, or nothing came of them: five made up in an evening must not warn of an honest seller.
_NOT_COUNTED = (State.LODGED, State.REFUSED, State.WITHDRAWN)


def is_often_reported(identifiers: Iterable[tuple[str, str]]) -> bool:
    """Whether one of ``identifiers`` (kind, normalised value) was named as the seller's in five reports or more. One
    query. Names do not count: many sellers share one, and a warning must not meet a namesake."""
    wanted = Q()
    for kind, value in list(dict.fromkeys(identifiers))[:_MOST_ASKED]:
        wanted |= Q(kind=kind, value=value) if kind in _SELLERS and value else Q()
    if not wanted:
        return False
    rows = Indicator.objects.filter(wanted, Exists(_counted()), from_text=False)
    reports = rows.values("kind", "value").annotate(reports=Count("complaint", distinct=True)).order_by()
    return reports.filter(reports__gte=ENOUGH_REPORTS).exists()


def _counted() -> QuerySet[Case]:
    """Without anything of the police: that they look at a seller must not be learnt from us."""
    police = Q(track=Track.CRIME)
    for agency in ("owner", "offered_to", "escalated_to"):
        police |= Q(**{f"{agency}__kind__is_police": True})
    cases = Case.objects.filter(complaint=OuterRef("complaint"), duplicate_of=None).exclude(state__in=_NOT_COUNTED)
    return cases.exclude(police)
