"""Closing a case as the duplicate of another, its primary."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member, System
from events.models import Event
from workflows import policy
from workflows.errors import CaseNotFound, InvalidInput
from workflows.models import Audience, Case, RemarkKind
from workflows.selectors.duplicates import duplicates_of, primary_of
from workflows.services.conclusion import end_open_referral
from workflows.services.moving import begin, finish, record, write_remark
from workflows.states import State


@transaction.atomic
def link_duplicate(*, case_id: int, by: Member, version: int, primary: str, explanation: str) -> Case:
    """Close the case as a duplicate of the one numbered ``primary``, or of that one's own primary. The citizen reads
    the explanation, and from then on the primary's public history.

    Both rows are locked in the order of their ids, so that two links made at once take turns and no circle closes.
    Raises InvalidInput for a primary that ``by`` may not see, of another province, withdrawn, or the case itself.
    """
    policy.require(by, "link_duplicate", _seen(case_id, by, version))
    found = _primary(primary, by)
    list(Case.objects.select_for_update(of=("self",)).filter(pk__in=[case_id, found.pk]).order_by("pk"))
    case = begin(case_id, "link_duplicate", by, version)
    found = Case.objects.get(pk=found.pk)
    _check(case, found)
    remark = write_remark(
        case, explanation, by=by, kind=RemarkKind.OUTCOME, audience=Audience.CITIZEN, field="explanation"
    )
    offered: dict[str, Any] = {"to": case.offered_to.code} if case.offered_to else {}
    end_open_referral(case)
    case.link_duplicate(primary=found)
    finish(case, "case.joined", by=by, primary=found.pk, remark=remark, **offered)
    record(found, "case.duplicate_joined", by=by, duplicate=case.pk)
    return case


def _seen(case_id: int, by: Member, version: int) -> Case:
    """The case before any lock: who is late, or may not move it, is told so, whatever was named. `begin` asks again
    under the lock."""
    case = Case.objects.visible_to(by).filter(pk=case_id).first()
    if case is None:
        raise CaseNotFound(_("There is no such case, or it is not yours to see."))
    case.require_version(version)
    return case


def _primary(number: str, by: Member) -> Case:
    """Foreign and nonexistent are refused alike, also at the end of a chain."""
    visible = Case.objects.visible_to(by)
    named = visible.filter(number=number.strip().upper()).first()
    found = visible.filter(pk=primary_of(named).pk).first() if named else None
    if found is None:
        raise InvalidInput("primary", _("There is no case with this number that you may see."))
    return found


def _check(case: Case, primary: Case) -> None:
    if primary.pk == case.pk:
        raise InvalidInput("primary", _("A case is no duplicate of itself."))
    if primary.province_id != case.province_id:
        raise InvalidInput("primary", _("That case belongs to another province."))
    if primary.duplicate_of_id is not None:
        raise InvalidInput("primary", _("That case has just become a duplicate itself. Please look at it again."))
    if primary.state == State.WITHDRAWN:
        raise InvalidInput("primary", _("That case was withdrawn: nobody works on it any more."))


@transaction.atomic
def tell_duplicate(duplicate_id: int, primary_event: Event) -> None:
    """Record on the duplicate's own history that its primary was resolved; the row lock and the event's id make a
    second delivery do nothing."""
    case = Case.objects.locked(duplicate_id)
    said = Event.objects.filter(stream=case.stream, kind="case.primary_resolved", data__primary_event=primary_event.pk)
    if case.duplicate_of_id is not None and not said.exists():
        record(case, "case.primary_resolved", by=System("tell_duplicates"), primary_event=primary_event.pk)


def tell_duplicates(event: Event) -> None:
    """Each duplicate of the resolved case, and theirs."""
    for duplicate_id in duplicates_of(event.data["case"]):
        tell_duplicate(duplicate_id, event)
