"""Which cases may be one: suggestions, the primary of a duplicate, and what its citizens may read of it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from agencies.actors import Member
from complaints.models import Indicator
from events.models import Event
from events.registry import KINDS
from workflows.models import Case
from workflows.selectors.timeline import Entry, agency_names, sentence_of
from workflows.states import State

SUGGESTED = 10
# Of the primary, what its agencies did, in the words that name nobody but agencies. What was asked of its sender,
# said by its sender or answered to its sender is between them.
FOLLOWED = (
    "case.accepted",
    "case.referred",
    "case.referral_taken",
    "case.referral_returned",
    "case.referral_recalled",
    "case.assigned",
    "case.resolved",
    "case.settled",
    "case.refused",
    "case.reopened",
    "case.closed",
)


def primary_of(case: Case) -> Case:
    """The case at the end of the chain; the case itself when it is no duplicate. One query a link."""
    while case.duplicate_of is not None:
        case = case.duplicate_of
    return case


def duplicates_of(case_id: int) -> list[int]:
    """Ids of its duplicates and of theirs."""
    found: list[int] = []
    layer = [case_id]
    while layer := list(Case.objects.filter(duplicate_of__in=layer).order_by("pk").values_list("pk", flat=True)):
        found += layer
    return found


def suggested_primaries(case: Case, reader: Member) -> Sequence[Case]:
    """Cases the reader may see that share an identifier or the seller's name, oldest first. One query."""
    return list(_alike(case, reader).select_related("complaint", "owner").order_by("lodged_at", "pk")[:SUGGESTED])


def _alike(case: Case, reader: Member) -> QuerySet[Case]:
    own = Indicator.objects.filter(complaint=case.complaint_id, kind=OuterRef("kind"), value=OuterRef("value"))
    shared = Indicator.objects.filter(Exists(own), complaint=OuterRef("complaint_id"))
    alike = Q(Exists(shared))
    if case.complaint.seller_name:
        alike |= Q(complaint__seller_name__iexact=case.complaint.seller_name)
    visible = Case.objects.visible_to(reader).filter(province=case.province_id, duplicate_of=None)
    return visible.exclude(pk=case.pk).exclude(state=State.WITHDRAWN).filter(alike)


def followed_timeline(case: Case) -> list[Entry]:
    """For the citizen of a duplicate: the primary's public history without its sender. Two queries and one a link."""
    primary = primary_of(case)
    events = Event.objects.filter(stream=primary.stream, kind__in=FOLLOWED).order_by("sequence")
    told = [event for event in events if KINDS[event.kind].public and event.actor.get("type") != "citizen"]
    names = agency_names(told)
    return [
        Entry(
            at=event.at, kind=event.kind, sentence=sentence_of(KINDS[event.kind].sentence, event, names), version=None
        )
        for event in told
    ]
