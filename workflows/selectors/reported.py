"""Whether many reports name the same seller: a yes or no for a citizen who is about to send another."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from complaints.models import Indicator, IndicatorKind
from workflows.models import Case, Referral
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
# The latest: of a seller with more, five senders are among them.
_MOST_READ = 500
# Nobody has looked at them, or nothing came of them: five made up in an evening must not warn of an honest seller.
_NOT_COUNTED = (State.LODGED, State.REFUSED, State.WITHDRAWN)


def is_often_reported(identifiers: Iterable[tuple[str, str]]) -> bool:
    """Whether one of ``identifiers`` (kind, normalised value) was named as the seller's by five senders or more. One
    query. Names do not count: many sellers share one, and a warning must not meet a namesake."""
    wanted = Q()
    for kind, value in list(dict.fromkeys(identifiers))[:_MOST_ASKED]:
        wanted |= Q(kind=kind, value=value) if kind in _SELLERS and value else Q()
    if not wanted:
        return False
    rows = Indicator.objects.filter(wanted, Exists(_counted()), from_text=False).order_by("-complaint")
    who = ("complaint__complainant__phone", "complaint__complainant__email")
    senders: dict[tuple[str, str], set[str]] = defaultdict(set)
    for kind, value, complaint, phone, email in rows.values_list("kind", "value", "complaint", *who)[:_MOST_READ]:
        senders[kind, value].add(_sender(complaint, phone, email))
    return any(len(found) >= ENOUGH_REPORTS for found in senders.values())


def _sender(complaint: int, phone: str | None, email: str | None) -> str:
    """Reports of one person are one; nobody can tell whether two anonymous ones are."""
    digits = re.sub(r"\D", "", phone or "")[-9:]
    return digits or (email or "").strip().lower() or f"complaint {complaint}"


def _counted() -> QuerySet[Case]:
    """Without anything the police have, or were ever offered: that they look at a seller must not be learnt from us."""
    police = Q(track=Track.CRIME)
    for agency in ("owner", "offered_to", "escalated_to"):
        police |= Q(**{f"{agency}__kind__is_police": True})
    cases = Case.objects.filter(complaint=OuterRef("complaint"), duplicate_of=None).exclude(state__in=_NOT_COUNTED)
    offered = Referral.objects.filter(case=OuterRef("pk"), target__kind__is_police=True)
    return cases.exclude(police).exclude(Exists(offered))
