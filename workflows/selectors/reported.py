"""Whether many reports name the same seller: a yes or no for a citizen who is about to send another."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from agencies.models import Agency
from complaints.models import Indicator, IndicatorKind
from workflows.models import Audience, Case, Cooperation, JointAction, JointTask, Referral, Remark
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
# Whoever has it now, or wrote it down at the counter.
_HOLDERS = ("owner", "offered_to", "escalated_to", "complaint__received_at_agency")


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
    """Without anything the police have or ever had a part in: that they look at a seller must not be learnt from us."""
    police = Agency.objects.filter(kind__is_police=True)
    cases = Case.objects.filter(complaint=OuterRef("complaint"), duplicate_of=None).exclude(state__in=_NOT_COUNTED)
    return (
        cases.exclude(track=Track.CRIME)
        .exclude(_one_of(_HOLDERS, police))
        .exclude(Exists(Referral.objects.filter(_one_of(("sender", "target", "lead"), police), case=OuterRef("pk"))))
        .exclude(Exists(Cooperation.objects.filter(_one_of(("asker", "target"), police), case=OuterRef("pk"))))
        .exclude(Exists(JointAction.objects.filter(agency__in=police, case=OuterRef("pk"))))
        .exclude(Exists(JointTask.objects.filter(agency__in=police, action__case=OuterRef("pk"))))
        .exclude(Exists(_police_remarks(police)))
    )


def _police_remarks(police: QuerySet[Agency]) -> QuerySet[Remark]:
    return Remark.objects.filter(Q(audience=Audience.POLICE) | Q(agency__in=police), case=OuterRef("pk"))


def _one_of(fields: Iterable[str], police: QuerySet[Agency]) -> Q:
    return reduce(or_, (Q(**{f"{field}__in": police}) for field in fields))
