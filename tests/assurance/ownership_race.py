"""Transfer, closing, reassignment and revocation at once on one case: it has one owner always, and its history says which."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.assurance.outcome import Outcome

Action = Callable[[], Any]
SECOND = "handler2@sct.dongthap.example"
# What a loser may be told: the case changed, the move is over, the case went away, the person is no handler any more.
TOLD = {"StaleCase", "MoveNotAllowed", "CaseNotFound", "InvalidInput"}
# How long one of them may hesitate, seconds: about as long as a move takes, so that each gets its turn to be first.
HESITATION = 0.03


def run(runs: int) -> Outcome:
    """``runs`` rounds, by turns on a case under verification and on one that is offered to another agency."""
    outcome = Outcome(runs)
    wins: Counter[str] = Counter()
    for number in range(runs):
        case, actions = (_verified if number % 2 == 0 else _offered)()
        answers = _at_once(actions, random.Random(number))
        won = [name for name, answer in answers.items() if answer == "" and name != "revoke"]
        wins.update(won)
        for problem in _problems(case, answers, won):
            outcome.check(False, f"round {number}: {problem}; {answers}")
    outcome.remarks.append("won: " + ", ".join(f"{name} {n}" for name, n in sorted(wins.items())))
    return outcome


def _verified() -> tuple[Any, dict[str, Action]]:
    """The supervisor transfers, the handler resolves, another supervisor's page reassigns, the administrator ends the
    role of the one it is given to."""
    from agencies.models import Agency
    from agencies.services.accounts import revoke
    from workflows.services import acceptance, conclusion, referral

    second = _second_handler()
    supervisor, handler = _member("supervisor@sct"), _member("handler@sct")
    case = _accepted()
    case = acceptance.assign_case(case_id=case.pk, by=supervisor, version=case.version, handler=handler.person)
    seen = {"case_id": case.pk, "version": case.version}
    to = Agency.objects.get(code="congan")
    return case, {
        "transfer": lambda: referral.refer_case(
            **seen, by=supervisor, to=to, reason="Có dấu hiệu tội phạm.", explanation="Có dấu hiệu tội phạm."
        ),
        "close": lambda: conclusion.resolve_case(**seen, by=handler, outcome="refunded", answer="Đã hoàn tiền."),
        "reassign": lambda: acceptance.assign_case(**seen, by=supervisor, handler=second.person),
        "revoke": lambda: revoke(second),
    }


def _offered() -> tuple[Any, dict[str, Action]]:
    """The target takes it or gives it back, the sender recalls it, the citizen withdraws."""
    from agencies.actors import Citizen
    from agencies.models import Agency
    from workflows.services import conclusion, referral

    supervisor, case = _member("supervisor@sct"), _accepted()
    officer, head = _member("intake@congan"), _member("supervisor@congan")
    to = Agency.objects.get(code="congan")
    case = referral.refer_case(
        case_id=case.pk,
        by=supervisor,
        version=case.version,
        to=to,
        reason="Thuộc thẩm quyền.",
        explanation="Có dấu hiệu tội phạm.",
    )
    seen = {"case_id": case.pk, "version": case.version}
    return case, {
        "take": lambda: referral.take_referral(**seen, by=officer),
        "give back": lambda: referral.return_referral(**seen, by=head, reason="Không thuộc."),
        "recall": lambda: referral.recall_referral(**seen, by=supervisor, reason="Gửi nhầm."),
        "withdraw": lambda: conclusion.withdraw_case(**seen, by=Citizen(case.complaint_id)),
    }


def _problems(before: Any, answers: dict[str, str], won: list[str]) -> list[str]:
    from workflows.models import Case, Referral

    now = Case.objects.select_related("owner", "offered_to").get(pk=before.pk)
    told = {answer for answer in answers.values() if answer}
    open_offers = Referral.objects.filter(case=now, state=Referral.State.OFFERED).count()
    row = Standing(
        state=str(now.state), version=now.version, owner=now.owner.code, handler=now.handler_id,
        offered_to=now.offered_to.code if now.offered_to else "",
    )  # fmt: skip
    expectations = {
        f"{len(won)} moves were made": len(won) == 1,
        f"the losers were told {told - TOLD}": told <= TOLD,
        f"version {before.version} became {now.version}": now.version == before.version + 1,
        f"{open_offers} open offers in {row.state}": open_offers == (row.state == "referred"),
        f"the history replays to {_replayed(now)}, the row is {row}": _replayed(now) == row,
    }
    return [sentence for sentence, holds in expectations.items() if not holds]


@dataclass
class Standing:
    """Whose a case is, and where it stands."""

    state: str = ""
    version: int = 0
    owner: str = ""
    handler: int | None = None
    offered_to: str = ""


def _replayed(case: Any) -> Standing:
    """Worked out from the events alone. Raises AssertionError when their chain is broken."""
    from events.chain import first_fault
    from events.models import Event

    events = list(Event.objects.filter(stream=case.stream).order_by("sequence"))
    assert first_fault(events) is None
    here = Standing()
    for event in events:
        here.state, here.version = event.data["state"], event.data["version"]
        here.offered_to = event.data["to"] if event.kind == "case.referred" else ""
        if event.kind in ("case.lodged", "case.referral_taken"):
            here.owner, here.handler = event.data["to"], None
        here.handler = event.data.get("handler", here.handler)
    return here


def _accepted() -> Any:
    from agencies.models import Agency
    from complaints import codes
    from tests.assurance.idempotency import lodgement
    from workflows.services.acceptance import accept_case
    from workflows.services.intake import lodge_complaint

    said = lodgement(codes.new_idempotency_key())
    receipt = lodge_complaint(said, to=Agency.objects.get(code="sct"))
    return accept_case(case_id=receipt.case_id, by=_member("supervisor@sct"), version=1)


def _second_handler() -> Any:
    """A membership that was not revoked yet."""
    from agencies.models import Agency, Membership, User

    person = User.objects.filter(email=SECOND).first() or User.objects.create_user(SECOND, name="Người thứ hai")
    where = {"person": person, "agency": Agency.objects.get(code="sct"), "role": "handler", "revoked_at": None}
    return Membership.objects.filter(**where).first() or Membership.objects.create(**where)


def _member(name: str) -> Any:
    from agencies.actors import member

    return member(f"{name}.dongthap.example")


def _at_once(actions: dict[str, Action], chance: random.Random) -> dict[str, str]:
    """Each action's error by name, empty where it was done. All set off together, each after a moment of its own."""
    start, answers = threading.Barrier(len(actions)), dict.fromkeys(actions, "")
    threads = [
        threading.Thread(target=_do, args=(name, action, chance.uniform(0, HESITATION), start, answers))
        for name, action in actions.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _do(name: str, action: Action, pause: float, start: threading.Barrier, answers: dict[str, str]) -> None:
    from django.db import connection

    connection.ensure_connection()
    start.wait()
    time.sleep(pause)
    try:
        action()
    except Exception as error:
        answers[name] = type(error).__name__
    finally:
        connection.close()
