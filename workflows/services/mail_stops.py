"""A sender ends the messages about a report, wants them again, or says that the address is right."""

from __future__ import annotations

from django.db import transaction

from agencies.actors import Citizen
from events import clock
from events.services.sending import confirm_address
from workflows.models import Case, MailStop
from workflows.reaching import address_of
from workflows.services.moving import record


@transaction.atomic
def stop_messages(*, by: Citizen) -> bool:
    """Whether they were sent until now."""
    case = _case(by)
    _stop, made = MailStop.objects.get_or_create(
        complaint_id=case.complaint_id, defaults={"stopped_at": clock.now()}
    )  # fmt: skip
    if made:
        record(case, "case.messages_stopped", by=by)
    return made


@transaction.atomic
def resume_messages(*, by: Citizen) -> bool:
    """Whether they were stopped."""
    case = _case(by)
    ended = bool(MailStop.objects.filter(complaint=case.complaint_id).delete()[0])
    if ended:
        record(case, "case.messages_resumed", by=by)
    return ended


@transaction.atomic
def confirm_own_address(*, by: Citizen) -> bool:
    """Write to it again although messages came back; whether it was doubted."""
    case = _case(by)
    address = address_of(case.complaint_id)
    doubted = address is not None and confirm_address(address.value)
    if doubted:
        record(case, "case.address_confirmed", by=by)
    return doubted


def _case(by: Citizen) -> Case:
    """Locked, so that two clicks are one event."""
    case = Case.objects.visible_to(by).get()
    return Case.objects.visible_to(by).locked(case.pk)
