"""Reading requests for help and joint actions: the lists, one request's page, the case page's block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Prefetch, QuerySet
from django.utils.translation import gettext as _

from agencies.actors import Member
from events import clock
from workflows import policy_cooperation as policy
from workflows.errors import CaseNotFound
from workflows.models import (
    BoardPost,
    Case,
    ClockRule,
    Contribution,
    Cooperation,
    Deliverable,
    DeliverableLimit,
    JointAction,
    JointTask,
)

# Of each list what is shown: the running ones end somewhere, what is over is reached by the newest.
AT_MOST = 200
_NAMED = ("deliverable", "asker", "target", "case")


def asked_of_us(actor: Member) -> list[Cooperation]:
    return _in_order(Cooperation.objects.asked_of(actor))


def asked_by_us(actor: Member) -> list[Cooperation]:
    return _in_order(Cooperation.objects.asked_by(actor))


def _in_order(rows: QuerySet[Cooperation]) -> list[Cooperation]:
    """What runs by its end, so that the longest overdue is first; then what is over, newest first."""
    rows = rows.select_related(*_NAMED)
    running = list(rows.filter(ended_at=None).order_by("due_at", "pk")[:AT_MOST])
    return running + list(rows.exclude(ended_at=None).order_by("-ended_at", "-pk")[: AT_MOST - len(running)])


def overdue_count(actor: Member) -> int:
    return Cooperation.objects.asked_of(actor).filter(ended_at=None, due_at__lt=clock.now()).count()


@dataclass(frozen=True)
class CooperationFile:
    """A request as its reader may see it. ``shared`` is None where it is closed to the reader."""

    cooperation: Cooperation
    contributions: list[Contribution]
    shows_what_was_shared: bool
    may_see_case: bool
    deeds: list[str]


def find_cooperation(pk: int, reader: Member) -> Cooperation:
    """Raises CaseNotFound: foreign and nonexistent answer alike."""
    rows = Cooperation.objects.visible_to(reader).select_related(
        "deliverable", "asker__kind", "target__kind", "taken_by", "case__owner__kind", "case__complaint__category",
        "case__complaint__product_group", "case__complaint__channel",
    )  # fmt: skip
    found = rows.filter(pk=pk).first()
    if found is None:
        raise CaseNotFound(_("There is no such request, or it is not yours to see."))
    return found


def cooperation_file(found: Cooperation, reader: Member) -> CooperationFile:
    written = Contribution.objects.visible_to(reader).filter(cooperation=found)
    return CooperationFile(
        cooperation=found,
        contributions=list(written.select_related("agency", "author").prefetch_related("files")),
        shows_what_was_shared=policy.sees_what_was_shared(reader, found),
        may_see_case=Case.objects.visible_to(reader).filter(pk=found.case_id).exists(),
        deeds=[deed for deed in policy.DEEDS if policy.may(reader, deed, found)],
    )


def of_case(case: Case, reader: Member) -> tuple[list[Cooperation], list[JointAction]]:
    """For the case page: two queries, in the order asked."""
    asked = Cooperation.objects.visible_to(reader).filter(case=case).select_related("deliverable", "target")
    actions = JointAction.objects.visible_to(reader).filter(case=case).prefetch_related("tasks__agency")
    return list(asked.order_by("asked_at", "pk")), list(actions)


def joint_actions(actor: Member) -> list[JointAction]:
    """Running ones first, newest first."""
    rows = JointAction.objects.visible_to(actor).select_related("case", "agency")
    return list(rows.order_by(F("ended_at").desc(nulls_first=True), "-started_at")[:AT_MOST])


def find_joint_action(pk: int, reader: Member) -> JointAction:
    """With tasks and posts. Raises CaseNotFound."""
    tasks = Prefetch("tasks", JointTask.objects.select_related("agency", "taken_by"))
    posts = Prefetch("posts", BoardPost.objects.select_related("agency", "author").prefetch_related("files"))
    rows = JointAction.objects.visible_to(reader).select_related("case__owner__kind", "agency", "record__number")
    found = rows.prefetch_related(tasks, posts).filter(pk=pk).first()
    if found is None:
        raise CaseNotFound(_("There is no such joint action, or it is not yours to see."))
    return found


def usual_times(province_code: str) -> list[tuple[Deliverable, int, str]]:
    """What may be asked for, with the time the province gives for it (amount, unit). Two queries."""
    own: dict[str, Any] = {row.deliverable_id: row for row in DeliverableLimit.objects.filter(province=province_code)}
    things = Deliverable.objects.filter(retired=False)
    return [(thing, *_limit(own.get(thing.pk, thing))) for thing in things]


def _limit(row: Deliverable | DeliverableLimit) -> tuple[int, str]:
    return row.amount, row.unit


def in_words(amount: int, unit: str) -> str:
    return f"{amount} {ClockRule.Unit(unit).label}"
