"""Scheduled work on drafts and evidence."""

from datetime import timedelta

from complaints import scanning
from complaints.handlers import HANDLER
from complaints.services import sweeping
from events import clock
from events.models import Delivery
from events.registry import scheduled
from events.services.delivering import retry

_AT_ONCE = 200


@scheduled("complaints.sweep", every=timedelta(hours=1))
def sweep() -> None:
    """Old drafts, then one eighth of the folders: every folder is looked at three times a day."""
    sweeping.sweep_drafts()
    sweeping.sweep_orphans(clock.now().hour % sweeping.SLICES)


@scheduled("complaints.rescan", every=timedelta(minutes=2))
def rescan() -> None:
    """When the scanner is back, what waits for it is due at once, however long its back-off has grown."""
    if not scanning.is_configured():
        return
    waiting = Delivery.objects.filter(
        handler=HANDLER, last_error__endswith="ScannerUnavailable", due_at__gt=clock.now()
    ).exclude(state=Delivery.State.DONE)
    parked = Delivery.objects.filter(
        handler=HANDLER, last_error__endswith="ScannerUnavailable", state=Delivery.State.PARKED
    )
    ids = list((waiting | parked).values_list("pk", flat=True)[:_AT_ONCE])
    if ids and scanning.is_up():
        retry(ids)
