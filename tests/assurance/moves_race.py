"""Two handlers, one case, the same version: exactly one wins, the other is told that the case has changed."""

from __future__ import annotations

import threading
from collections import Counter

from tests.assurance.outcome import Outcome


def run(runs: int) -> Outcome:
    """``runs`` rounds; the pair of moves changes from round to round, and what the loser meant to write is nowhere."""
    from agencies.actors import member
    from workflows.models import Case, Remark

    outcome = Outcome(runs)
    wins: Counter[str] = Counter()
    for number in range(runs):
        case = _accepted_case()
        one, other = (member(f"{role}@sct.dongthap.example") for role in ("supervisor", "intake"))
        moves = [_MOVES[number % len(_MOVES)](case, one), _MOVES[(number // 2) % len(_MOVES)](case, other)]
        answers = _at_once(moves)
        won = [answer for answer in answers if answer in _NAMES]
        now = Case.objects.get(pk=case.pk)
        outcome.check(len(won) == 1, f"round {number}: {answers}")
        outcome.check(
            sorted(answers)[0] == "StaleCase" or "StaleCase" in answers, f"round {number}: loser got {answers}"
        )
        outcome.check(now.version == case.version + 1, f"round {number}: version {case.version} became {now.version}")
        remarks = Remark.objects.filter(case=case).count()
        # A transfer stores its reason, and why to an agency that is not competent.
        outcome.check(
            remarks == (2 if won == ["refer_case"] else 1),
            f"round {number}: {remarks} remarks, the loser's text was stored",
        )
        outcome.check(_history_ends_in(now), f"round {number}: the last event does not say what the row says")
        wins.update(won)
    outcome.remarks.append("won: " + ", ".join(f"{name} {n}" for name, n in sorted(wins.items())))
    return outcome


def _accepted_case():
    from agencies.actors import member
    from complaints import codes
    from tests.assurance.idempotency import lodgement
    from workflows.services.acceptance import accept_case
    from workflows.services.intake import lodge_complaint

    receipt = lodge_complaint(lodgement(codes.new_idempotency_key()))
    return accept_case(case_id=receipt.case_id, by=member("supervisor@sct.dongthap.example"), version=1)


def _refer(case, by):
    from agencies.models import Agency
    from workflows.services.referral import refer_case

    to = Agency.objects.get(code="congan")
    named = {"case_id": case.pk, "to": to, "by": by, "version": case.version}
    return lambda: refer_case(**named, reason="Chuyển hồ sơ.", explanation="Có dấu hiệu tội phạm.")


def _ask(case, by):
    from workflows.services.correspondence import ask_complainant

    return lambda: ask_complainant(case_id=case.pk, by=by, version=case.version, question="Anh chị gửi thêm hóa đơn?")


_MOVES = (_refer, _ask)
_NAMES = {"refer_case", "ask_complainant"}


def _at_once(moves) -> list[str]:
    """The winner's move and the loser's error, by name, in the order of ``moves``."""
    start, answers = threading.Barrier(len(moves)), [""] * len(moves)
    threads = [threading.Thread(target=_make, args=(move, start, answers, place)) for place, move in enumerate(moves)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def _make(move, start: threading.Barrier, answers: list[str], place: int) -> None:
    from django.db import connection

    connection.ensure_connection()
    start.wait()
    try:
        move()
        answers[place] = (
            move.__qualname__.partition(".")[0].replace("_refer", "refer_case").replace("_ask", "ask_complainant")
        )
    except Exception as error:
        answers[place] = type(error).__name__
    finally:
        connection.close()


def _history_ends_in(case) -> bool:
    from events.chain import first_fault
    from events.models import Event

    events = list(Event.objects.filter(stream=case.stream).order_by("sequence"))
    said = events[-1].data
    return first_fault(events) is None and (said["state"], said["version"]) == (case.state, case.version)
