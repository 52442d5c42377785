"""Effects of what was lodged."""

from collections.abc import Sequence
from datetime import timedelta

from complaints.models import Evidence
from complaints.services.derivatives import process
from events.models import Event
from events.registry import handles

HANDLER = "complaints.evidence"


@handles("case.lodged", "case.supplemented", name=HANDLER, lane="slow", batch=100, lease=timedelta(minutes=15))
def prepare_evidence(events: Sequence[Event]) -> None:
    """Scan the complaint's files and make their pictures; files done before are left alone."""
    complaints = {event.data["complaint"] for event in events if event.data.get("complaint")}
    process(Evidence.objects.filter(complaint__in=complaints).order_by("id"))
