"""Two entries of the register that are one business. A merge is a row; undoing it moves back exactly what it moved."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, Model, QuerySet
from django.utils.translation import gettext as _

from agencies.actors import Member
from complaints.models import ComplaintRespondent, Respondent, RespondentContact, RespondentIdentifier, RespondentMerge
from events import clock
from events.services.recording import record_event
from workflows import policy
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.models import RespondentAnswer, RespondentLink, Satisfaction
from workflows.services.moving import record

# What belongs to a business, with the fields that one business holds once: such a row stays where its like is.
_ROWS: dict[str, tuple[type[Model], tuple[str, ...]]] = {
    "identifiers": (RespondentIdentifier, ("kind", "value")),
    "contacts": (RespondentContact, ("channel", "value")),
    "complaints": (ComplaintRespondent, ("complaint_id",)),
    "links": (RespondentLink, ("pk",)),
    "answers": (RespondentAnswer, ("pk",)),
    "ratings": (Satisfaction, ("answer_id",)),
}


def movable(kept: Respondent, merged: Respondent) -> dict[str, list[int]]:
    """The ids of the rows that would go from ``merged`` to ``kept``, per kind."""
    found = {}
    for name, (model, key) in _ROWS.items():
        there = set(_of(model, kept).values_list(*key))
        rows = _of(model, merged).order_by("pk").values_list("pk", *key)
        found[name] = [row[0] for row in rows if tuple(row[1:]) not in there]
    return found


@transaction.atomic
def merge_respondents(*, kept_id: int, merged_id: int, by: Member) -> RespondentMerge:
    """``merged`` becomes another name of ``kept``. Both rows are locked in the order of their ids, so that two people
    who merge each into the other at once take turns, and the second is told. Raises CaseNotFound, InvalidInput."""
    if kept_id == merged_id:
        raise InvalidInput("merged", _("Choose another entry."))
    both = _locked({kept_id, merged_id}, by)
    kept, merged = both[kept_id], both[merged_id]
    if kept.merged_into_id or merged.merged_into_id:
        raise InvalidInput("merged", _("One of the two was merged meanwhile. Look at them again."))
    if kept.province_id != merged.province_id:
        raise InvalidInput("merged", _("Both entries must be of one province."))
    moved = movable(kept, merged)
    _move(moved, merged, kept)
    merged.merged_into = kept
    merged.save(update_fields=["merged_into"])
    merge = RespondentMerge.objects.create(
        kept=kept, merged=merged, moved=moved, merged_by=by.person, merged_at=clock.now()
    )
    record_event(kept.stream, "respondent.merged", by=by, merge=merge.pk, other=merged.pk)
    record_event(merged.stream, "respondent.merged_away", by=by, merge=merge.pk, other=kept.pk)
    return merge


@transaction.atomic
def undo_merge(*, merge_id: int, by: Member) -> RespondentMerge:
    """Both entries as they were, and what was entered meanwhile stays with the one kept. Twice is refused; so is
    undoing beneath a later merge. Raises CaseNotFound, InvalidInput."""
    merge = RespondentMerge.objects.filter(pk=merge_id).first()
    if merge is None:
        raise CaseNotFound(_("There is no such business, or it is not yours to see."))
    both = _locked({merge.kept_id, merge.merged_id}, by)
    merge.refresh_from_db()
    if merge.undone_at is not None:
        raise InvalidInput("merge", _("This merge was undone already."))
    kept, merged = both[merge.kept_id], both[merge.merged_id]
    if kept.merged_into_id is not None:
        raise InvalidInput("merge", _("The entry kept was merged into another later. Undo that merge first."))
    _move(merge.moved, kept, merged)
    _follow_addresses(kept, merged, by)
    merged.merged_into = None
    merged.save(update_fields=["merged_into"])
    merge.undone_at, merge.undone_by = clock.now(), by.person
    merge.save(update_fields=["undone_at", "undone_by"])
    record_event(kept.stream, "respondent.unmerged", by=by, merge=merge.pk, other=merged.pk)
    record_event(merged.stream, "respondent.restored", by=by, merge=merge.pk, other=kept.pk)
    return merge


def _locked(ids: set[int], by: Member) -> dict[int, Respondent]:
    rows = Respondent.objects.visible_to(by).select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    found = {row.pk: row for row in rows}
    if found.keys() != ids:
        raise CaseNotFound(_("There is no such business, or it is not yours to see."))
    if not policy.may_keep_register(by):
        raise MoveNotAllowed(_("Only people who handle cases keep the register of businesses."))
    return found


def _move(moved: dict[str, list[int]], source: Respondent, target: Respondent) -> None:
    for name, ids in moved.items():
        _of(_ROWS[name][0], source).filter(pk__in=ids).update(respondent=target)


def _follow_addresses(kept: Respondent, restored: Respondent, by: Member) -> None:
    """A link sent meanwhile goes with the address it went to, and its answers with it; one whose codes went to an
    address of the other business is revoked: it would let one in with the key of another."""
    links = RespondentLink.objects.filter(respondent=kept, contact__respondent=restored)
    RespondentAnswer.objects.filter(link__in=links).update(respondent=restored)
    links.update(respondent=restored)
    held = RespondentLink.objects.filter(respondent__in=(kept, restored), revoked_at=None).select_related("case")
    for link in held.exclude(code_contact__respondent=F("respondent")):
        link.revoked_at = clock.now()
        link.save(update_fields=["revoked_at"])
        record(link.case, "case.respondent_link_revoked", by=by, link=link.pk)


def _of(model: type[Model], respondent: Respondent) -> QuerySet[Any]:
    return model._default_manager.filter(respondent=respondent)
