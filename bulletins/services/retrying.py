"""What the relay gave up after its tries: the PDF of a numbered version, the signature of an approved one."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from bulletins.bulletin_states import State
from bulletins.models import BulletinVersion
from bulletins.policy import may_prepare
from events.models import Delivery
from events.services.delivering import retry
from events.services.recording import record_event
from workflows.errors import MoveNotAllowed

_OWED = {
    State.NUMBERED: ("bulletin.numbered", "bulletins.freeze"),
    State.APPROVED: ("bulletin.signature_asked", "bulletins.sign"),
}


def given_up(version: BulletinVersion) -> Delivery | None:
    """What is owed to the version where it stands and was parked: nothing tries it again by itself."""
    if version.state not in _OWED:
        return None
    kind, handler = _OWED[State(version.state)]
    owed = Delivery.objects.filter(handler=handler, event__kind=kind, event__stream=version.bulletin.stream)
    last = owed.select_related("event").order_by("-event__sequence").first()
    if last is None or last.event.data["version"] != version.pk or last.state != Delivery.State.PARKED:
        return None
    return last


@transaction.atomic
def try_again(*, version_id: int, by: Member) -> BulletinVersion:
    """Have the relay begin anew with all its tries. A button pressed twice finds nothing given up.
    Raises BulletinNotFound, MoveNotAllowed."""
    version = BulletinVersion.objects.visible_to(by).locked(version_id)
    parked = given_up(version)
    if not may_prepare(by) or parked is None:
        raise MoveNotAllowed(_("Nothing was given up here: there is nothing to try again."))
    retry([parked.pk])
    version.failure = ""
    version.save(update_fields=["failure"])
    record_event(version.bulletin.stream, "bulletin.tried_again", by=by, version=version.pk)
    return version
