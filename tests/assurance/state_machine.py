"""Any sequence of moves by anybody leaves a case as `case_model` says, and its history replays to where it stands."""

from __future__ import annotations

import os
from datetime import timedelta
from functools import cache
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.assurance.case_model import DONE, RULES, TWO_PERSONS, CaseModel, Someone
from tests.assurance.outcome import Outcome

STEPS = int(os.environ.get("ASSURANCE_STEPS", "50"))
AGENCIES = ("sct", "congan", "hoi")
STAFF = [
    Someone(f"{role}@{agency}", role, agency) for agency in AGENCIES for role in ("intake", "handler", "supervisor")
]
CITIZEN, STRANGER, SYSTEM = Someone("citizen", "citizen"), Someone("stranger", "stranger"), Someone("system", "system")
BUSINESS = Someone("business", "business")
# The moves that a citizen's page makes carry no version: nothing can be lost by them.
UNVERSIONED = {"object"}
_counted = {"examples": 0, "steps": 0, "done": 0}


def run(runs: int) -> Outcome:
    """``runs`` lives of up to `STEPS` moves."""
    from agencies.models import Agency

    outcome = Outcome(runs)
    Agency.objects.filter(code__in=TWO_PERSONS).update(requires_two_persons=True)
    chosen = settings(
        max_examples=runs, stateful_step_count=STEPS, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip
    try:
        run_state_machine_as_test(CaseLife, settings=chosen)
    except BaseExceptionGroup as errors:
        outcome.failures += [_told(error) for error in errors.exceptions]
    except Exception as error:
        outcome.failures.append(_told(error))
    outcome.remarks.append(
        f"{_counted['examples']} lives, {_counted['steps']} moves tried, {_counted['done']} made, the rest refused as they must"
    )
    return outcome


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}\n" + "\n".join(getattr(error, "__notes__", []))


class CaseLife(RuleBasedStateMachine):
    @initialize(track=st.sampled_from(["consumer", "violation", "crime", "feedback"]))
    def lodge(self, track: str) -> None:
        from agencies.actors import Citizen

        self.case_id, complaint_id = _lodged(track)
        self.contact_id = _named_business(self.case_id) if track == "consumer" else 0
        self.model = CaseModel(track)
        self.actors = {CITIZEN: Citizen(complaint_id), STRANGER: Citizen(-1)}
        _counted["examples"] += 1

    @rule(
        name=st.sampled_from(sorted(RULES)),
        by=st.sampled_from([*STAFF, CITIZEN, STRANGER, BUSINESS, SYSTEM]),
        to=st.sampled_from(AGENCIES),
        late=st.sampled_from([0, 0, 0, 0, 1]),
    )
    def anybody_tries(self, name: str, by: Someone, to: str, late: int) -> None:
        self._try(name, by, to, late)

    @rule()
    def the_sender_is_reminded(self) -> None:
        expected = self.model.remind()
        got = _called(_reminded, self.case_id)
        assert got == expected, f"reminding: {got or 'done'} instead of {expected or 'done'}, {self.model}"

    @rule(choice=st.integers(0, 10**6), to=st.sampled_from(AGENCIES))
    def somebody_who_may(self, choice: int, to: str) -> None:
        """Otherwise most lives would hardly move."""
        ways = [
            (name, by) for name in sorted(RULES) for by in [*STAFF, CITIZEN, BUSINESS, SYSTEM] if self._would(name, by)
        ]
        if ways:
            name, by = ways[choice % len(ways)]
            self._try(name, by, to, 0)

    def _would(self, name: str, by: Someone) -> bool:
        return not CaseModel(**vars(self.model)).move(name, by, None, to="", handler="x")

    def _try(self, name: str, by: Someone, to: str, late: int) -> None:
        # Whoever is no handler of the owner gives the case to its usual one.
        handler = f"handler@{self.model.owner}"
        seen = None if name in UNVERSIONED else self.model.version - late
        expected = self.model.move(name, by, seen, to=to, handler=handler)
        actor = _business(self.case_id) if by is BUSINESS else self.actors.get(by) or _actor(by)
        got = _make(name, self.case_id, actor, seen, to, handler, self.contact_id)
        assert got == expected, f"{name} by {by.name}: {got or 'done'} instead of {expected or 'done'}, {self.model}"
        _counted["steps"] += 1
        _counted["done"] += expected == DONE

    @invariant()
    def the_row_says_the_same(self) -> None:
        if not hasattr(self, "model"):
            return
        from workflows.models import Case, Referral

        case = Case.objects.select_related("owner", "offered_to", "handler").get(pk=self.case_id)
        row = CaseModel(
            track=case.track,
            owner=case.owner.code,
            state=str(case.state),
            version=case.version,
            offered_to=case.offered_to.code if case.offered_to else "",
            handler=_short(case.handler.email) if case.handler else "",
            resume=str(case.resume_state),
            outcome=str(case.outcome),
            wished=case.withdrawal_wished_at is not None,
            reminded=self.model.reminded,
            proposed=case.proposed_by_id is not None,
            is_duplicate=case.duplicate_of_id is not None,
            stance=str(case.respondent_stance),
            escalated=_escalated(case),
        )
        assert row == self.model
        waiting = case.proposals.filter(state="pending").count()
        assert waiting == row.proposed, f"{waiting} proposals wait, and the case says {row.proposed}"
        offers = Referral.objects.filter(case=case, state=Referral.State.OFFERED).count()
        assert offers == (1 if row.state == "referred" else 0), f"{offers} open offers in state {row.state}"

    def teardown(self) -> None:
        if not hasattr(self, "model"):
            return
        from events.chain import first_fault
        from events.models import Event

        events = list(Event.objects.filter(stream=f"case:{self.case_id}").order_by("sequence"))
        assert first_fault(events) is None
        told = {event.data["version"] for event in events}
        assert told == set(range(1, self.model.version + 1)), f"versions {sorted(told)} of {self.model.version}"
        assert (events[-1].data["state"], events[-1].data["version"]) == (self.model.state, self.model.version)


def _short(email: str) -> str:
    return email.removesuffix(".dongthap.example")


def _lodged(track: str, agency: str = "sct") -> tuple[int, int]:
    """A case of this track at the agency, not yet offered to anyone: (case, complaint)."""
    from agencies.models import Agency
    from complaints import codes
    from complaints.lodgement import Lodgement, Person
    from workflows.models import Case
    from workflows.services.intake import lodge_complaint

    said = Lodgement(
        province="82", narrative="Một câu chuyện.", idempotency_key=codes.new_idempotency_key(), kind=track,
        person=Person(name="Người Gửi", phone="0912345678", may_share_with_business=True),
    )  # fmt: skip
    receipt = lodge_complaint(said, to=Agency.objects.get(code=agency))
    return receipt.case_id, Case.objects.get(pk=receipt.case_id).complaint_id


def _named_business(case_id: int) -> int:
    """A business named on the case; the verified address it can be reached at."""
    from tests.factories import business
    from workflows.services.naming import name_respondent

    contact = business.contact()
    by = _actor(Someone("supervisor@sct", "supervisor", "sct"))
    name_respondent(case_id=case_id, by=by, respondent_id=contact.respondent_id)
    return contact.pk


def _business(case_id: int) -> Any:
    """By the latest link sent to it; by none before."""
    from agencies.actors import Business
    from workflows.models import RespondentLink

    link = RespondentLink.objects.filter(case=case_id).order_by("-pk").values_list("pk", flat=True).first()
    return Business(case_id, link or -1)


def _escalated(case: Any) -> int:
    """How many steps up the open offer went."""
    offer = case.referrals.filter(state="offered").first()
    return 0 if offer is None else (offer.overdue_at is not None) + (offer.lead_asked_at is not None)


@cache
def _primary_of(agency: str) -> str:
    """The number of a case of this agency that others may be duplicates of."""
    from agencies.models import Agency
    from workflows.models import Case

    case_id, _complaint = _lodged("consumer", agency)
    assert Case.objects.filter(pk=case_id, owner=Agency.objects.get(code=agency)).exists()
    return str(Case.objects.get(pk=case_id).number)


def _reminded(case_id: int) -> None:
    from workflows.services.waiting import remind_complainant

    remind_complainant(case_id=case_id, by=_actor(SYSTEM))


@cache
def _actor(who: Someone) -> Any:
    from agencies.actors import System, member

    return System("assurance") if who is SYSTEM else member(f"{who.name}.dongthap.example")


def _make(name: str, case_id: int, by: Any, seen: int | None, to: str, handler: str, contact_id: int) -> str:
    """`DONE`, or the name of the error that the service raised."""
    from agencies.models import Agency, User
    from tests.factories import talks
    from workflows.services import (
        acceptance,
        conclusion,
        correspondence,
        duplicates,
        overdue,
        proposals,
        referral,
        responding,
        room_opening,
        sending,
        settlement,
        waiting,
    )

    text = "Một lý do."
    primary = _primary_of(getattr(getattr(by, "agency", None), "code", "sct"))
    chosen = {
        "accept": (acceptance.accept_case, {}),
        "refuse": (acceptance.refuse_case, {"reason": "outside_competence", "explanation": text}),
        "refer": (referral.refer_case, {"to": Agency.objects.get(code=to), "reason": text, "explanation": text}),
        "escalate": (_much_later(overdue.overdue_referral), {}),
        "reassign": (
            overdue.reassign_referral,
            {"to": Agency.objects.get(code=to), "reason": text, "explanation": text},
        ),
        "send": (sending.send_to_respondent, {"contact_id": contact_id, "sharing": sending.Sharing(story=text)}),
        "respond": (responding.respond, {"stance": "disputes", "answer": text}),
        "silent": (responding.respondent_silent, {}),
        "negotiate": (room_opening.open_negotiation, {"ground": text}),
        "mediate": (_with_consent(room_opening.open_mediation), {"ground": text, "agreed_on": talks.today()}),
        "settle": (talks.sum_up_and_settle, talks.minutes()),
        "end_talk": (settlement.end_without_settlement, {"reason": text}),
        "take": (referral.take_referral, {}),
        "give_back": (referral.return_referral, {"reason": text}),
        "recall": (referral.recall_referral, {"reason": text}),
        "assign": (acceptance.assign_case, {"handler": User.objects.get(email=f"{handler}.dongthap.example")}),
        "ask": (correspondence.ask_complainant, {"question": text}),
        "answer": (correspondence.answer_question, {"answer": text}),
        "resolve": (conclusion.resolve_case, {"outcome": "refunded", "answer": text}),
        "propose": (proposals.propose_resolution, {"outcome": "refunded", "answer": text}),
        "confirm": (proposals.confirm_resolution, {}),
        "send_back": (proposals.return_proposal, {"reason": text}),
        "go_on_unanswered": (waiting.give_up_waiting, {"ends": False, "explanation": text}),
        "end_unanswered": (waiting.give_up_waiting, {"ends": True, "explanation": text}),
        "link": (duplicates.link_duplicate, {"primary": primary, "explanation": text}),
        "object": (conclusion.object_to_outcome, {"reason": text}),
        "reopen": (conclusion.reopen_case, {"reason": text}),
        "close": (conclusion.close_case, {}),
        "withdraw": (conclusion.withdraw_case, {"reason": text}),
        "carry_on": (conclusion.carry_on_case, {"explanation": text}),
    }
    service, arguments = chosen[name]
    version = {} if name in UNVERSIONED else {"version": seen}
    return _called(service, case_id=case_id, by=by, **version, **arguments)


def _much_later(service: Any) -> Any:
    """When an offer's limit has passed, once more for each step taken: the limits are a few days."""

    def later(*, case_id: int, **named: Any) -> None:
        from events import clock
        from workflows.models import Case

        steps = _escalated(Case.objects.get(pk=case_id))
        with clock.frozen(clock.now() + timedelta(days=60 * (steps + 1))):
            service(case_id=case_id, **named)

    return later


def _with_consent(service: Any) -> Any:
    """Both sides agreed before, as the handler records who may open a mediation."""

    def agreed(*, case_id: int, by: Any, version: int, **named: Any) -> None:
        from workflows import policy
        from workflows.models import Case
        from workflows.services.room_opening import PARTIES, record_consent

        case = Case.objects.visible_to(by).filter(pk=case_id).select_related("owner__kind").first()
        if case and case.version == version and policy.may(by, policy.MOVE["open_mediation"], case):
            for side in PARTIES:
                record_consent(case_id=case_id, by=by, side=side, agrees=True, how="Nói qua điện thoại.")
        service(case_id=case_id, by=by, version=version, **named)

    return agreed


def _called(service: Any, *arguments: Any, **named: Any) -> str:
    """`DONE`, or the name of the error that was raised."""
    from workflows.errors import WorkflowError

    try:
        service(*arguments, **named)
    except WorkflowError as error:
        return type(error).__name__
    return DONE
