"""What agencies do for each other in a story: help asked and given, a joint action, an offer nobody answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from agencies.actors import Member, System
from agencies.models import Agency
from casemgr.demo import SOURCE
from casemgr.demo.content import Step
from complaints import codes
from workflows.models import Case, Cooperation, Deliverable, JointAction
from workflows.services import cooperation, joint_action, overdue


def _ask(case: Case, by: Member, step: Step) -> None:
    """``other`` names the thing in words; without it an address is to be verified."""
    said = step.said
    request = cooperation.Request(
        to=Agency.objects.get(code=said["to"]),
        text=said["text"],
        amount=said["working_days"],
        unit="WD",
        deliverable=None if "other" in said else Deliverable.objects.get(code="verify_address"),
        other=said.get("other", ""),
    )
    shared = cooperation.Shared(summary=said.get("summary", ""))
    cooperation.ask_cooperation(case_id=case.pk, by=by, key=_key(case, step), request=request, shared=shared)


def _take(case: Case, by: Member, step: Step) -> None:
    cooperation.take_cooperation(cooperation_id=_asked(case, by), by=by)


def _contribute(case: Case, by: Member, step: Step) -> None:
    cooperation.contribute(cooperation_id=_asked(case, by), by=by, text=step.said["text"])


def _asked(case: Case, by: Member) -> int:
    return Cooperation.objects.filter(case=case, target=by.agency).latest("pk").pk


def _start_joint_action(case: Case, by: Member, step: Step) -> None:
    """``tasks``: [agency, hours, what it does]."""
    said = step.said
    tasks = [joint_action.Task(Agency.objects.get(code=code), text, hours) for code, hours, text in said["tasks"]]
    joint_action.start_joint_action(
        case_id=case.pk, by=by, key=_key(case, step), goods=said["goods"], places=said["places"], tasks=tasks
    )


def _take_task(case: Case, by: Member, step: Step) -> None:
    joint_action.take_task(action_id=_action(case), by=by)


def _report(case: Case, by: Member, step: Step) -> None:
    joint_action.report(action_id=_action(case), by=by, text=step.said["text"])


def _finish_task(case: Case, by: Member, step: Step) -> None:
    joint_action.finish_task(action_id=_action(case), by=by, text=step.said["text"])


def _action(case: Case) -> int:
    return JointAction.objects.filter(case=case).latest("pk").pk


def _overdue(case: Case, by: System, step: Step) -> None:
    overdue.overdue_referral(case_id=case.pk, by=by)


def _key(case: Case, step: Step) -> str:
    return codes.derived_idempotency_key(SOURCE, case.complaint.source_id, step.move, step.said.get("to", ""))


MOVES: dict[str, Callable[..., Any]] = {
    "ask_cooperation": _ask,
    "take_cooperation": _take,
    "contribute": _contribute,
    "start_joint_action": _start_joint_action,
    "take_task": _take_task,
    "report": _report,
    "finish_task": _finish_task,
    "overdue_referral": _overdue,
}
