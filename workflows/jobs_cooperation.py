"""Scheduled work on what agencies ask of each other."""

from datetime import timedelta

from events import clock
from events.registry import scheduled
from workflows.models import Cooperation, JointTask
from workflows.services.reminding import remind_of_cooperation, remind_of_task

BATCH = 500


@scheduled("workflows.remind_cooperation", every=timedelta(minutes=5))
def remind_cooperation() -> None:
    """Remind both sides of what is overdue, once. Each row is decided under its own lock, so a second scheduler, or
    a contribution at this very moment, finds it done."""
    over = {"due_at__lt": clock.now(), "ended_at": None, "reminded_at": None}
    for pk in Cooperation.objects.filter(**over).order_by("due_at").values_list("pk", flat=True)[:BATCH]:
        remind_of_cooperation(pk)
    for pk in JointTask.objects.filter(**over).order_by("due_at").values_list("pk", flat=True)[:BATCH]:
        remind_of_task(pk)
