"""Whether a dispute may be settled between the sides at all, and the citizen's wish that it be."""

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Actor, Citizen
from events.models import Event
from workflows import policy
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import Audience, Case, RemarkKind
from workflows.selectors.rooms import why_not_settled
from workflows.services.moving import record, write_remark
from workflows.states import Bar


@transaction.atomic
def bar_settlement(*, case_id: int, by: Actor, version: int, bar: str, reason: str) -> Case:
    """The law does not let the sides settle this dispute (Luật 19/2023 Đ54.2): ``bar`` is one of its three cases,
    ``reason`` is for the agencies that handle it. Raises InvalidInput, MoveNotAllowed."""
    case = _begin(case_id, by, version)
    if bar not in Bar.values or bar == Bar.NONE:
        raise InvalidInput("bar", _("Choose a reason of the list."))
    case.bar = bar
    return _finish(case, "case.settlement_barred", by, reason, bar=bar)


@transaction.atomic
def unbar_settlement(*, case_id: int, by: Actor, version: int, reason: str) -> Case:
    """The bar does not hold, or holds no longer."""
    case = _begin(case_id, by, version)
    if case.bar == Bar.NONE:
        raise MoveNotAllowed(_("Nothing bars a settlement of this dispute."))
    before, case.bar = case.bar, Bar.NONE
    return _finish(case, "case.settlement_unbarred", by, reason, bar=before)


def _begin(case_id: int, by: Actor, version: int) -> Case:
    case = Case.objects.visible_to(by).locked(case_id, version)
    if not policy.may_bar(by, case):
        raise MoveNotAllowed(
            _("Only its handler, or a supervisor, says of a consumer complaint that it may not be settled; not while the sides talk.")
        )  # fmt: skip
    return case


def _finish(case: Case, kind: str, by: Actor, reason: str, *, bar: str) -> Case:
    remark = write_remark(case, reason, by=by, kind=RemarkKind.REASON, audience=Audience.SHARED, field="reason")
    case.version += 1
    case.save()
    record(case, kind, by=by, remark=remark, bar=bar)
    return case


@transaction.atomic
def ask_for_settlement(*, case_id: int, by: Citizen, text: str) -> Case:
    """The citizen wishes a settlement: the handler is told. Asking again changes nothing.

    Raises MoveNotAllowed with why there can be none.
    """
    case = Case.objects.visible_to(by).locked(case_id)
    if obstacle := why_not_settled(case):
        raise MoveNotAllowed(obstacle)
    if has_asked_for_settlement(case):
        return case
    remark = write_remark(case, text, by=by, kind=RemarkKind.ANSWER, audience=Audience.CITIZEN)
    record(case, "case.settlement_wished", by=by, remark=remark)
    return case


def has_asked_for_settlement(case: Case) -> bool:
    return Event.objects.filter(stream=case.stream, kind="case.settlement_wished").exists()
