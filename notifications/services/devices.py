"""Allowing a browser to be woken, and ending that."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member, System
from agencies.models import User
from events import clock
from events.services.recording import record_event
from notifications.models import PushDevice
from notifications.web_push import Subscription, is_configured, is_sound, public_key
from workflows.errors import InvalidInput

MOST = 10


@transaction.atomic
def allow_device(*, by: Member, subscription: Subscription, label: str) -> PushDevice:
    """Push what the person chose to this browser from now on; allowed again by somebody else it is theirs alone. Raises
    InvalidInput for what no browser of a known push service says, or one device too many."""
    if not is_configured() or not is_sound(subscription):
        raise InvalidInput("endpoint", _("This browser's push service is not one that we send to."))
    # The person's row is what two browsers that are allowed at once wait for: else both would count MOST - 1.
    User.objects.select_for_update(of=("self",)).get(pk=by.person.pk)
    others = PushDevice.objects.filter(person=by.person).exclude(endpoint=subscription.endpoint)
    if others.count() >= MOST:
        raise InvalidInput("endpoint", _("At most %(n)d devices. End one of them first.") % {"n": MOST})
    fields = {
        "person": by.person, "key": subscription.key, "auth": subscription.auth, "server_key": public_key(),
        "label": label, "since": clock.now(), "reached_at": None, "unreached_since": None,
    }  # fmt: skip
    device, _made = PushDevice.objects.update_or_create(endpoint=subscription.endpoint, defaults=fields)
    record_event(f"notices:{by.person.pk}", "notices.device_allowed", by=by, device=device.pk)
    return device


@transaction.atomic
def remove_device(*, by: Member, device_id: int) -> bool:
    """Whether there was such a device of the person's."""
    removed, _of = PushDevice.objects.filter(person=by.person, pk=device_id).delete()
    if removed:
        record_event(f"notices:{by.person.pk}", "notices.device_removed", by=by, device=device_id)
    return bool(removed)


@transaction.atomic
def lose_device(device: PushDevice) -> None:
    """Its push service says that it takes no more. Unless it was allowed anew meanwhile."""
    removed, _of = PushDevice.objects.filter(pk=device.pk, since=device.since).delete()
    if removed:
        by = System("notifications.devices")
        record_event(f"notices:{device.person_id}", "notices.device_lost", by=by, device=device.pk)
