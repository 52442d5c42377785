"""Scheduled work of negotiation and mediation."""

from datetime import timedelta

from django.db import transaction

from agencies.actors import System
from events import clock
from events.registry import scheduled
from workflows.models import Settlement
from workflows.selectors.rooms import waiting_for_confirmation
from workflows.services.moving import record

BATCH = 200


@scheduled("workflows.remind_of_unconfirmed_minutes", every=timedelta(hours=1))
def remind_of_unconfirmed_minutes() -> None:
    """Tell the handler, once for each settlement, that a side has not confirmed its minutes yet."""
    waiting = waiting_for_confirmation(Settlement.objects.filter(reminded_at=None))
    for settlement in waiting[:BATCH]:
        with transaction.atomic():
            # Of two schedulers at once one changes the row, and tells.
            told = Settlement.objects.filter(pk=settlement.pk, reminded_at=None).update(reminded_at=clock.now())
            if told:
                by = System("remind_of_unconfirmed_minutes")
                record(settlement.room.case, "case.settlement_unconfirmed", by=by, settlement=settlement.pk)
