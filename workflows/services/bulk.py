"""One move for many cases: asked once, then done case by case, each in a transaction of its own.

The request begins and the relay goes on with what is left, so that a closed browser or a killed process loses nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from agencies.actors import Member, acting_as, memberships_of
from agencies.models import Agency, User
from events import clock, progress
from events.services.recording import record_event
from workflows.errors import CaseNotFound, InvalidInput, KeyReused, MoveNotAllowed, StaleCase, WorkflowError
from workflows.models import BulkItem, BulkMove, Case
from workflows.services.acceptance import assign_case
from workflows.services.conclusion import close_case
from workflows.services.referral import refer_case

log = structlog.get_logger(__name__)

AT_MOST = 100
Result = BulkItem.Result
_RESULTS: dict[type[WorkflowError], Result] = {
    StaleCase: Result.CHANGED,
    MoveNotAllowed: Result.NOT_ALLOWED,
    CaseNotFound: Result.NOT_ALLOWED,
    InvalidInput: Result.INVALID,
}


@transaction.atomic
def ask_bulk(
    *, by: Member, token: UUID, move: str, cases: Sequence[tuple[int, int]], reason: str = "", **arguments: Any
) -> BulkMove:
    """Keep what is to be done: ``cases`` are (id, version as previewed), at most `AT_MOST`; ``arguments`` ids and flags.

    The unique ``token`` makes a second click or a reload find the first one's row. Raises InvalidInput, and KeyReused
    for another person's token.
    """
    if move not in _VERBS or not 0 < len(cases) <= AT_MOST:
        raise InvalidInput("cases", _("Choose 1 to %(n)d cases.") % {"n": AT_MOST})
    given = {"move": move, "arguments": arguments, "reason": reason, "asked_at": clock.now()}
    bulk, made = BulkMove.objects.get_or_create(
        token=token, defaults=given | {"person": by.person, "agency": by.agency}
    )
    if bulk.person_id != by.person.pk or bulk.agency_id != by.agency.pk:
        raise KeyReused(_("This page was used before. Please choose the cases again."))
    if made:
        rows = (BulkItem(bulk=bulk, case_id=pk, version=v, position=n) for n, (pk, v) in enumerate(dict(cases).items()))
        BulkItem.objects.bulk_create(rows)
        record_event(f"bulk:{bulk.pk}", "bulk.asked", by=by, bulk=bulk.pk, move=move, cases=len(cases))
    return bulk


def carry_on(bulk_id: int, *, seconds: float = float("inf")) -> bool:
    """Do what waits, for about so many seconds; whether all is done. Safe to run twice at once, and again.

    The person acts with the roles held now: who was revoked meanwhile moves nothing any more.
    """
    bulk = BulkMove.objects.select_related("person", "agency").get(pk=bulk_id)
    by, stop = _acting(bulk), time.monotonic() + seconds
    with translation.override(bulk.person.language):
        while _do_next(bulk, by) and time.monotonic() < stop:
            pass
    return _end(bulk)


def _acting(bulk: BulkMove) -> Member | None:
    found = acting_as(bulk.person, memberships_of(bulk.person), bulk.agency.code) if bulk.person.is_active else None
    return found if isinstance(found, Member) and found.agency.pk == bulk.agency_id else None


@transaction.atomic
def _do_next(bulk: BulkMove, by: Member | None) -> bool:
    """The next case that waits, if any. Its row stays locked with the case's until both are written: the move and its
    result are one."""
    skips = connection.features.has_select_for_update_skip_locked
    waiting = bulk.items.select_for_update(of=("self",), skip_locked=skips).filter(result=Result.WAITING)
    item = waiting.order_by("position").first()
    if item is None:
        return False
    item.result, item.said = _try(bulk, item, by)
    item.save(update_fields=["result", "said"])
    progress.moved("bulk", bulk.pk)
    return True


def _try(bulk: BulkMove, item: BulkItem, by: Member | None) -> tuple[Result, str]:
    """What became of it, and the rule's sentence. Whatever goes wrong stays with this one case."""
    if by is None:
        return Result.NOT_ALLOWED, _("You do not act for this agency any more.")
    try:
        with transaction.atomic():
            _VERBS[bulk.move](bulk, case_id=item.case_id, by=by, version=item.version)
    except WorkflowError as error:
        return _RESULTS.get(type(error), Result.INVALID), str(error)[:400]
    except Exception as error:
        # Its type only: a message may quote what people wrote.
        log.error("bulk.item_failed", bulk=bulk.pk, error=type(error).__name__)
        return Result.FAILED, _("The system could not do it. Nothing was changed; please try this case by itself.")
    return Result.DONE, ""


@transaction.atomic
def _end(bulk: BulkMove) -> bool:
    if bulk.items.filter(result=Result.WAITING).exists():
        return False
    BulkMove.objects.filter(pk=bulk.pk, ended_at=None).update(ended_at=clock.now(), reason="")
    return True


def _assign(bulk: BulkMove, **move: Any) -> Case:
    return assign_case(handler=User.objects.get(pk=bulk.arguments["handler"]), **move)


def _refer(bulk: BulkMove, **move: Any) -> Case:
    shares = bulk.arguments.get("shares_identity", False)
    to = Agency.objects.get(pk=bulk.arguments["to"])
    # One reason for all: to an agency that is not competent for a case's track it also says why.
    track = Case.objects.filter(pk=move["case_id"]).values_list("track", flat=True).first()
    explanation = "" if track in to.tracks else bulk.reason
    return refer_case(to=to, reason=bulk.reason, explanation=explanation, shares_identity=shares, **move)


def _close(bulk: BulkMove, **move: Any) -> Case:
    return close_case(**move)


_VERBS: dict[str, Callable[..., Case]] = {
    BulkMove.Move.ASSIGN: _assign,
    BulkMove.Move.REFER: _refer,
    BulkMove.Move.CLOSE: _close,
}
