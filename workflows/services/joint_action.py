"""Joint action on goods: started, its tasks taken or declined and done, reported on one board, ended with a record.

Everyone on the board queues at the action's row lock, for as long as one insert takes: two agencies that report at
once never collide, and nobody reports on what has ended.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.models import Agency
from events import clock
from events.chain import salted_digest
from workflows import policy_cooperation as policy
from workflows.errors import CaseNotFound, InvalidInput, KeyReused, MoveNotAllowed
from workflows.models import Audience, BoardFile, BoardPost, Case, JointAction, JointTask
from workflows.services.agency_files import seal
from workflows.services.cooperation import check_target, locked_because
from workflows.services.moving import clean_text, record
from workflows.services.papers import issue_paper

MOST_HOURS = 240
TEMPLATE = "documents/joint_record.html"
_T = JointTask.State
_P = BoardPost.Kind


@dataclass(frozen=True)
class Task:
    agency: Agency
    text: str
    hours: int


@transaction.atomic
def start_joint_action(
    *, case_id: int, by: Member, key: str, goods: str, places: str, tasks: Sequence[Task]
) -> JointAction:
    """Ask several agencies at once, once per ``key``. The case's lock makes a form sent twice start once.

    Raises CaseNotFound, MoveNotAllowed, InvalidInput, KeyReused.
    """
    case = Case.objects.visible_to(by).locked(case_id)
    earlier = JointAction.objects.filter(key=key).first()
    if earlier is not None:
        if earlier.case_id != case.pk:
            raise KeyReused(_("This form was sent before with other content. Please open a new form."))
        return earlier
    if not policy.may_ask(by, case):
        raise MoveNotAllowed(
            _("Only the case's handler or a supervisor starts a joint action, while the case is open.")
        )
    _check(case, tasks)
    action = JointAction.objects.create(
        case=case, key=key, goods=clean_text(goods, "goods"), places=clean_text(places, "places"), agency=by.agency,
        started_by=by.person, started_at=clock.now(),
    )  # fmt: skip
    record(case, "joint_action.started", by=by, joint_action=action.pk)
    for task in tasks:
        _ask(action, task, by)
    return action


def _check(case: Case, tasks: Sequence[Task]) -> None:
    if not tasks:
        raise InvalidInput("tasks", _("Give at least one agency a task."))
    if len({task.agency.pk for task in tasks}) < len(tasks):
        raise InvalidInput("tasks", _("Each agency has one task: put its parts into one text."))
    for task in tasks:
        check_target(case, task.agency)
        if not 1 <= task.hours <= MOST_HOURS:
            raise InvalidInput("tasks", _("A task runs for 1 to %(most)d hours.") % {"most": MOST_HOURS})


def _ask(action: JointAction, task: Task, by: Member) -> None:
    made = JointTask.objects.create(
        action=action, agency=task.agency, text=clean_text(task.text, "tasks"),
        due_at=action.started_at + timedelta(hours=task.hours),
    )  # fmt: skip
    about = {"joint_action": action.pk, "task": made.pk, "to": task.agency.code}
    record(action.case, "joint_action.asked", by=by, hours=task.hours, urgent=True, **about)


@transaction.atomic
def take_task(*, action_id: int, by: Member) -> JointTask:
    action, task = _begin(action_id, by, _T.ASKED)
    task.state, task.taken_by, task.taken_at = _T.TAKEN, by.person, clock.now()
    task.save(update_fields=["state", "taken_by", "taken_at"])
    _post(action, _P.TAKEN, "", by=by, kind="joint_action.taken", task=task.pk)
    return task


@transaction.atomic
def decline_task(*, action_id: int, by: Member, reason: str) -> JointTask:
    action, task = _begin(action_id, by, _T.ASKED, _T.TAKEN)
    text = clean_text(reason, "reason")
    task.state, task.ended_at = _T.DECLINED, clock.now()
    task.save(update_fields=["state", "ended_at"])
    _post(action, _P.DECLINED, text, by=by, kind="joint_action.declined", task=task.pk)
    return task


@transaction.atomic
def finish_task(*, action_id: int, by: Member, text: str, uploads: Sequence[int] = ()) -> JointTask:
    """Done, and what came of it. ``uploads`` as of `report`."""
    action, task = _begin(action_id, by, _T.TAKEN)
    report_text = clean_text(text, "text")
    task.state, task.ended_at = _T.DONE, clock.now()
    task.save(update_fields=["state", "ended_at"])
    _post(action, _P.DONE, report_text, by=by, kind="joint_action.done", uploads=uploads, task=task.pk)
    return task


@transaction.atomic
def report(*, action_id: int, by: Member, text: str, uploads: Sequence[int] = (), key: str = "") -> BoardPost:
    """Write on the board, once per ``key`` where one is given. ``uploads`` are ids of the actor's own draft: the
    caller checks. Raises UploadGone."""
    action = JointAction.objects.visible_to(by).locked(action_id)
    taking_part = action.tasks.exclude(state=JointTask.State.DECLINED).values_list("agency_id", flat=True)
    if not policy.may_post(by, action, frozenset(taking_part)):
        raise MoveNotAllowed(_("Only the agencies of a running joint action write on its board."))
    earlier = action.posts.filter(key=key, author=by.person).first() if key else None
    if earlier is not None:
        return earlier
    return _post(
        action, _P.MESSAGE, clean_text(text, "text"), by=by, kind="joint_action.reported", uploads=uploads, key=key
    )


@transaction.atomic
def end_joint_action(*, action_id: int, by: Member, content: Mapping[str, Any]) -> JointAction:
    """Issue the joint record (biên bản) and end the action. ``content``: as `joint_record.html` says.

    Two who end it at once: the second finds it ended. Raises MoveNotAllowed, InvalidInput.
    """
    action = _lead(action_id, by)
    case = Case.objects.visible_to(by).locked(action.case_id)
    for field in ("found", "place"):
        clean_text(str(content.get(field, "")), field)
    action.record = issue_paper(
        case, by=by, document_type="BB", template=TEMPLATE, content=content, audience=Audience.SHARED,
        purpose=_("Joint record"),
    )  # fmt: skip
    action.state, action.ended_at = JointAction.State.ENDED, clock.now()
    action.save(update_fields=["state", "ended_at", "record"])
    _tell_all(action, "joint_action.ended", by, paper=action.record.pk)
    return action


@transaction.atomic
def call_off(*, action_id: int, by: Member, reason: str) -> JointAction:
    """Without a record: nothing came of it. The reason stands on the board."""
    action = _lead(action_id, by)
    _post(action, _P.MESSAGE, clean_text(reason, "reason"), by=by, kind="joint_action.called_off")
    action.state, action.ended_at = JointAction.State.CALLED_OFF, clock.now()
    action.save(update_fields=["state", "ended_at"])
    return action


@transaction.atomic
def open_board_file(*, action_id: int, by: Member, file_id: int) -> BoardFile:
    """A file of the board to be fetched; the look is recorded. Raises CaseNotFound, MoveNotAllowed while locked."""
    action = JointAction.objects.visible_to(by).locked(action_id)
    file = BoardFile.objects.filter(post__action=action, pk=file_id).first()
    if file is None:
        raise CaseNotFound(_("There is no such joint action, or it is not yours to see."))
    if not file.may_be_opened:
        raise MoveNotAllowed(locked_because(file.verdict))
    record(action.case, "cooperation.file_opened", by=by, joint_action=action.pk, file=file.pk)
    return file


def _begin(action_id: int, by: Member, *sources: str) -> tuple[JointAction, JointTask]:
    """The locked action with the task of the actor's agency. Raises CaseNotFound, MoveNotAllowed."""
    action = JointAction.objects.visible_to(by).locked(action_id)
    task = action.tasks.filter(agency=by.agency).first()
    if task is None:
        raise MoveNotAllowed(_("Your agency has no task in this joint action."))
    if not policy.may_work_on(by, task, action, *sources):
        state = action.get_state_display() if not action.is_running else task.get_state_display()
        raise MoveNotAllowed(_("This is not possible any more: “%(state)s”.") % {"state": state})
    return action, task


def _lead(action_id: int, by: Member) -> JointAction:
    action = JointAction.objects.visible_to(by).locked(action_id)
    if not policy.may_lead(by, action):
        raise MoveNotAllowed(_("Only the case's handler or a supervisor ends a running joint action."))
    return action


def _post(
    action: JointAction,
    what: str,
    text: str,
    *,
    by: Member,
    kind: str,
    uploads: Sequence[int] = (),
    key: str = "",
    **data: Any,
) -> BoardPost:
    post = BoardPost.objects.create(
        action=action, kind=what, key=key or None, agency=by.agency, author=by.person, text=text, salt=secrets.token_hex(16),
        written_at=clock.now(),
    )  # fmt: skip
    seal(BoardFile, uploads, post=post)
    digest = salted_digest(post.salt, post.text)
    _tell_all(action, kind, by, post=post.pk, digest=digest, **data)
    return post


def _tell_all(action: JointAction, kind: str, by: Member, **data: Any) -> None:
    """One event; ``board`` are the agencies that have a task, whose desks are told."""
    board = list(action.tasks.order_by("agency__code").values_list("agency__code", flat=True))
    record(action.case, kind, by=by, joint_action=action.pk, board=board, **data)
