"""Asking for bulletins by e-mail, confirming it from the mailbox, ending it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db import IntegrityError, transaction

from agencies.actors import System
from agencies.models import Province
from bulletins.models import MOST_WAITING, Subscription, SubscriptionRequest, Wish
from bulletins.subscription_links import CONFIRM, STOP, digest_of_token, new_nonce, token_of
from complaints.models import ProductGroup
from events import clock
from events.services.recording import record_event
from events.services.sending import digest_of

VALID = timedelta(hours=48)
#: What was set aside for so long is of no use to anybody.
SET_ASIDE_KEPT = timedelta(days=90)
BY = System("bulletins.subscribing")


def ask(*, province: Province, address: str, wish: str, groups: Collection[ProductGroup] = ()) -> None:
    """Owe a link to the address, whether it is known or not: who asks learns nothing. Nothing more is sent while
    `MOST_WAITING` links of it wait; where two take the last place at once, the constraint lets one through."""
    try:
        with transaction.atomic():
            _ask(province, address.strip(), wish, groups)
    except IntegrityError:
        return


def _ask(province: Province, address: str, wish: str, groups: Collection[ProductGroup]) -> None:
    digest, now, nonce = digest_of(address), clock.now(), new_nonce()
    waiting = SubscriptionRequest.objects.filter(province=province, address_digest=digest)
    free = set(range(1, MOST_WAITING + 1)) - set(waiting.values_list("slot", flat=True))
    if not free:
        return
    row = SubscriptionRequest.objects.create(
        province=province, address=address, address_digest=digest, wish=wish, nonce=nonce, slot=min(free),
        confirm_digest=digest_of_token(token_of(CONFIRM, nonce)), asked_at=now, expires_at=now + VALID,
    )  # fmt: skip
    row.groups.set(groups if wish == Wish.GROUPS else ())
    record_event(f"subscription-request:{row.pk}", "subscription.asked", by=BY, request=row.pk)


def waiting(token: str) -> SubscriptionRequest | None:
    """What the link's token confirms, while it is valid."""
    rows = SubscriptionRequest.objects.filter(confirm_digest=digest_of_token(token), expires_at__gt=clock.now())
    return rows.prefetch_related("groups").first()


@transaction.atomic
def confirm(token: str) -> bool:
    """Whoever has the link reads the mailbox. A known subscriber's wish is replaced, and an address that was set aside is
    written to again. The request's row is locked, so that of two clicks one confirms; False for the other, and for a link
    that is not valid."""
    rows = SubscriptionRequest.objects.select_for_update().filter(
        confirm_digest=digest_of_token(token), expires_at__gt=clock.now()
    )
    asked = rows.first()
    if asked is None:
        return False
    subscription = _subscribed(asked)
    subscription.groups.set(asked.groups.all())
    SubscriptionRequest.objects.filter(province=asked.province_id, address_digest=asked.address_digest).delete()
    record_event(f"subscription:{subscription.pk}", "subscription.confirmed", by=BY, subscription=subscription.pk)
    return True


def _subscribed(asked: SubscriptionRequest) -> Subscription:
    """The stop link of earlier messages goes on working."""
    nonce = new_nonce()
    wished = {"address": asked.address, "wish": asked.wish, "confirmed_at": clock.now(), "set_aside_at": None}
    subscription, _made = Subscription.objects.update_or_create(
        province_id=asked.province_id, address_digest=asked.address_digest, defaults=wished,
        create_defaults=wished | {"nonce": nonce, "stop_digest": digest_of_token(token_of(STOP, nonce))},
    )  # fmt: skip
    return subscription


@transaction.atomic
def stop(token: str) -> None:
    """Nothing of the subscriber is kept, neither the address nor what was sent. Who asks twice finds nothing left to do."""
    row = Subscription.objects.select_for_update().filter(stop_digest=digest_of_token(token)).first()
    if row is None:
        return
    SubscriptionRequest.objects.filter(province=row.province_id, address_digest=row.address_digest).delete()
    record_event(f"subscription:{row.pk}", "subscription.stopped", by=BY, subscription=row.pk)
    row.delete()


def is_subscribed(token: str) -> bool:
    return Subscription.objects.filter(stop_digest=digest_of_token(token)).exists()


def prune() -> int:
    """Take out what was not confirmed in time, and addresses set aside long ago. How many."""
    now = clock.now()
    unconfirmed = SubscriptionRequest.objects.filter(expires_at__lte=now)
    useless = Subscription.objects.filter(set_aside_at__lte=now - SET_ASIDE_KEPT)
    return sum(rows.delete()[1].get(rows.model._meta.label, 0) for rows in (unconfirmed, useless))
