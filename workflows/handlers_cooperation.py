"""Effects: contributed files are scanned; what is still asked when a case ends is dismissed."""

from collections.abc import Sequence
from datetime import timedelta

from agencies.actors import System
from events.models import Event
from events.registry import handles
from workflows.errors import MoveNotAllowed
from workflows.models import BoardFile, ContributionFile, Cooperation
from workflows.services.agency_files import scan_all
from workflows.services.cooperation import dismiss_cooperation
from workflows.states import OPEN

_ENDS = ("case.refused", "case.resolved", "case.closed", "case.withdrawn", "case.joined", "case.settled")


@handles(
    "cooperation.contributed",
    "joint_action.reported",
    "joint_action.done",
    name="workflows.contributed_files",
    lane="slow",
    batch=100,
    lease=timedelta(minutes=15),
)
def scan_contributed_files(events: Sequence[Event]) -> None:
    """Raises ScannerUnavailable: the relay tries again."""
    contributions = [event.data["contribution"] for event in events if "contribution" in event.data]
    posts = [event.data["post"] for event in events if "post" in event.data]
    scan_all(ContributionFile.objects.filter(contribution__in=contributions, verdict="").order_by("id"))
    scan_all(BoardFile.objects.filter(post__in=posts, verdict="").order_by("id"))


@handles(*_ENDS, name="workflows.end_cooperation", lane="notify")
def end_cooperation(events: Sequence[Event]) -> None:
    """Nothing was to be seen of the case from the moment it ended; now the asked agencies are told. A case open
    again by now keeps its requests."""
    for event in events:
        running = Cooperation.objects.running().filter(case=event.data["case"]).exclude(case__state__in=OPEN)
        for pk in running.values_list("pk", flat=True):
            try:
                dismiss_cooperation(cooperation_id=pk, by=System("end_cooperation"), reason="")
            except MoveNotAllowed:
                continue
