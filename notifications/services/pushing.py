"""Pushing what is owed to the devices of those it is owed to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta

import structlog
from django.urls import reverse
from django.utils import translation

from agencies.models import Membership
from events import clock
from events.models import Event, OutgoingMessage
from events.registry import KINDS
from events.services.sending import Outgoing, send, stable_id
from notifications import web_push
from notifications.models import PushDevice
from notifications.services.devices import lose_device

log = structlog.get_logger(__name__)

# What nobody could be told by then stands in the list and is no news any more.
WORTH = timedelta(hours=12)
# A device that was not reached for so long, with something to tell, is given up.
PATIENCE = timedelta(days=3)


def devices_of(people: Iterable[int]) -> list[PushDevice]:
    """Those that messages signed with our present key are for."""
    ours = PushDevice.objects.filter(person__in=list(people), server_key=web_push.public_key())
    return list(ours.select_related("person").order_by("pk"))


def push_notice(event: Event) -> None:
    """Push what the event says is owed to the devices of those who still belong to the agency they were told for. All are
    tried; raises PushServiceAway when one has to be tried again: whoever got theirs is passed over then."""
    if event.at < clock.now() - WORTH:
        return
    owed = dict(event.data["people"])
    there = Membership.objects.filter(revoked_at=None, person__is_active=True, person__in=owed)
    people = {person for person, agency in there.values_list("person", "agency") if agency == owed[person]}
    away = [device.pk for device in devices_of(people) if not _pushed(event, device)]
    if away:
        raise web_push.PushServiceAway(f"{len(away)} devices")


def _pushed(event: Event, device: PushDevice) -> bool:
    """Whether nothing is left to do for this device."""
    outgoing = Outgoing(
        "push", f"person:{device.person_id}", message_id(event, device), device.endpoint, _payload(event, device)
    )
    try:
        status = send(outgoing, OutgoingMessage.Channel.PUSH, lambda message: _carry(message, event, device))
    except OSError as error:
        log.warning("push service away", error=type(error).__name__)
        return _gave_up(device)
    if status == OutgoingMessage.Status.SENT:
        PushDevice.objects.filter(pk=device.pk).update(reached_at=clock.now(), unreached_since=None)
    return True


def _carry(message: Outgoing, event: Event, device: PushDevice) -> None:
    subscription = web_push.Subscription(device.endpoint, device.key, device.auth)
    topic, seconds = _short(message.message_id), int(WORTH.total_seconds())
    try:
        web_push.send(subscription, message.text.encode(), topic=topic, seconds=seconds, urgent=event.data["urgent"])
    except web_push.SubscriptionGone:
        lose_device(device)
        raise


def _gave_up(device: PushDevice) -> bool:
    now = clock.now()
    PushDevice.objects.filter(pk=device.pk, unreached_since=None).update(unreached_since=now)
    if device.unreached_since is None or device.unreached_since > now - PATIENCE:
        return False
    lose_device(device)
    return True


def _payload(event: Event, device: PushDevice) -> str:
    """What happened, by its kind, in the person's language, and where to read it. Nothing of a case or a person."""
    about = event.data["about"]
    with translation.override(device.person.language):
        told = {"kind": about, "text": str(KINDS[about].notice), "link": reverse("backoffice:inbox")}
    return json.dumps(told | {"id": _short(message_id(event, device))}, ensure_ascii=False)


def message_id(event: Event, device: PushDevice) -> str:
    """The same for each try: a repeat replaces what it repeats, at the push service and on the screen."""
    return stable_id("notifications.push", f"{event.pk}:{device.pk}:{device.since.timestamp()}")


def _short(message_id: str) -> str:
    """A topic has 32 characters of base64url at most (RFC 8030)."""
    return message_id.strip("<").partition("@")[0][:32]
