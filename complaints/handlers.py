"""Effects of what was lodged."""

from collections.abc import Sequence
from datetime import timedelta

from complaints.models import Evidence
from complaints.services.derivatives import process
from events.models import Event
from events.registry import handles

HANDLER = "complaints.evidence"


@handles(
    "case.lodged",
    "case.found",
    "case.supplemented",
    "case.respondent_answered",
    "case.respondent_supplemented",
    name=HANDLER,
    lane="slow",
    batch=100,
    lease=timedelta(minutes=15),
)
def prepare_evidence(events: Sequence[Event]) -> None:
    """Scan the complaint's files, anonymise those of an anonymous one, make their pictures; what is done is left alone."""
    streams = {event.data["complaint"]: event.stream for event in events if event.data.get("complaint")}
    process(Evidence.objects.filter(complaint__in=streams).select_related("complaint").order_by("id"), streams)
