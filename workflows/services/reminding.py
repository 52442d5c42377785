"""Reminding both sides, once, of help that is overdue. The row lock and ``reminded_at`` make it once."""

from django.db import transaction

from agencies.actors import System
from events import clock
from workflows.models import Cooperation, JointAction, JointTask
from workflows.services.moving import record
from workflows.states import OPEN

_BY = System("remind_cooperation")


@transaction.atomic
def remind_of_cooperation(cooperation_id: int) -> bool:
    """Whether it was overdue and not reminded of yet. Of a case that is over nobody is reminded."""
    found = Cooperation.objects.visible_to(_BY).locked(cooperation_id)
    if found.reminded_at or not found.is_overdue(clock.now()):
        return False
    found.reminded_at = clock.now()
    found.save(update_fields=["reminded_at"])
    if found.case.state not in OPEN:
        return False
    record(
        found.case,
        "cooperation.overdue",
        by=_BY,
        cooperation=found.pk,
        to=found.target.code,
        taken_by=found.taken_by_id,
    )
    return True


@transaction.atomic
def remind_of_task(task_id: int) -> bool:
    action = JointAction.objects.locked(JointTask.objects.values_list("action_id", flat=True).get(pk=task_id))
    task = JointTask.objects.select_related("agency").get(pk=task_id)
    if task.reminded_at or not task.is_overdue(clock.now()):
        return False
    task.reminded_at = clock.now()
    task.save(update_fields=["reminded_at"])
    if not action.is_running:
        return False
    about = {"joint_action": action.pk, "task": task.pk, "to": task.agency.code, "taken_by": task.taken_by_id}
    record(action.case, "joint_action.overdue", by=_BY, **about)
    return True
