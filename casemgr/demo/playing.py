"""Living a story through the services everybody uses, at the times it happened."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from agencies.actors import Actor, Citizen, Member, System, member
from agencies.models import Agency, User
from casemgr.demo import PROVINCE, SOURCE, answering, dispute, evidence, together
from casemgr.demo.content import Step, Story
from casemgr.demo.province import email_of
from complaints import codes
from complaints.lodgement import Lodgement, Person
from complaints.models import IndicatorKind
from events import clock
from workflows.models import Audience, Case
from workflows.outcomes import Goods
from workflows.services import acceptance, conclusion, correspondence, referral
from workflows.services.intake import Receipt, lodge_complaint
from workflows.services.own_initiative import Finding, open_own_initiative
from workflows.services.referral_terms import Call
from workflows.states import Track

_IDENTIFIERS = (
    ("phone", IndicatorKind.PHONE),
    ("url", IndicatorKind.URL),
    ("shop", IndicatorKind.SHOP),
    ("tax_code", IndicatorKind.TAX_CODE),
)


Cast = Callable[[str], Member]


def cast_member(name: str) -> Member:
    """``role@agency`` as the member who acts. Raises LookupError."""
    role, agency_code = name.split("@")
    return member(email_of(role, agency_code), agency_code)


@transaction.atomic
def play(story: Story, now: datetime, cast: Cast = cast_member) -> Receipt:
    """Lodge the story's complaint and make its moves: all of it or nothing."""
    with clock.frozen(story.lodged_at(now)), evidence.uploaded(story) as uploads:
        receipt = _found(story, uploads, cast) if "found" in story.facts else _lodged(story, uploads, cast)
    for step, instant in zip(story.steps, story.instants(now), strict=True):
        with clock.frozen(instant):
            case = Case.objects.select_related("owner").get(pk=receipt.case_id)
            _MOVES[step.move](case, _actor(step.by, case, cast), step)
    return receipt


def _lodged(story: Story, uploads: tuple[int, ...], cast: Cast) -> Receipt:
    receiver = cast(story.facts["received"]) if "received" in story.facts else None
    said = lodgement(story, clock.now(), receiver)
    return lodge_complaint(replace(said, uploads=uploads), by=receiver)


def _found(story: Story, uploads: tuple[int, ...], cast: Cast) -> Receipt:
    """By an official: nobody gets a code."""
    found = story.facts["found"]
    said = replace(lodgement(story, clock.now()), uploads=uploads)
    finding = Finding(said, source=found["source"], seen_at=clock.now(), link=found.get("link", ""))
    case = open_own_initiative(by=cast(found["by"]), found=finding)
    return Receipt("", case.pk, case.number, case.lodged_at)


def _actor(name: str, case: Case, cast: Cast) -> Actor:
    """``citizen``, ``business``, ``system`` or ``role@agency``."""
    if name == "citizen":
        return Citizen(case.complaint_id)
    if name == "business":
        return dispute.business_of(case)
    return System("demo") if name == "system" else cast(name)


def lodgement(story: Story, at: datetime, receiver: Member | None = None) -> Lodgement:
    """The story's complaint as if handed in `at`, at the counter of `receiver` if there is one."""
    facts = story.facts
    seller, who = facts.get("seller", {}), facts.get("who", {})
    return Lodgement(
        province=PROVINCE,
        narrative=facts["text"],
        idempotency_key=key_of(story.key),
        kind=facts["kind"],
        origin=facts.get("origin", "web"),
        category=facts.get("category"),
        product_group=facts.get("group"),
        channel=facts.get("channel"),
        product=facts.get("product", ""),
        brand=facts.get("brand", ""),
        price=facts.get("price"),
        seller_name=seller.get("name", ""),
        seller_address=seller.get("address", ""),
        wish=facts.get("wish", ""),
        occurred_on=(at - timedelta(days=facts["occurred"])).date() if "occurred" in facts else None,
        money_moved_at=at - timedelta(hours=facts["money_hours"]) if "money_hours" in facts else None,
        amount=facts.get("amount"),
        commune=facts.get("commune"),
        is_anonymous=not who,
        vulnerability=facts.get("vulnerability", ""),
        source=SOURCE,
        source_id=story.key,
        received_by=receiver.person.pk if receiver else None,
        received_at_agency=receiver.agency.pk if receiver else None,
        bank=seller["bank"][0] if "bank" in seller else "",
        identifiers=_identifiers(seller),
        person=Person(**who),
    )


def key_of(story_key: str) -> str:
    """The idempotency key, and through it the tracking code, of a story: the same at every loading."""
    return codes.derived_idempotency_key(SOURCE, story_key)


def _identifiers(seller: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    given = [(str(kind), seller[name]) for name, kind in _IDENTIFIERS if name in seller]
    if "bank" in seller:
        given.append((str(IndicatorKind.BANK_ACCOUNT), seller["bank"][1]))
    return tuple(given)


def _accept(case: Case, by: Actor, step: Step) -> None:
    acceptance.accept_case(case_id=case.pk, by=by, version=case.version)


def _refuse(case: Case, by: Actor, step: Step) -> None:
    acceptance.refuse_case(
        case_id=case.pk, by=by, version=case.version, reason=step.said["reason"], explanation=step.said["text"]
    )


def _assign(case: Case, by: Actor, step: Step) -> None:
    role, agency_code = step.said["handler"].split("@")
    handler = User.objects.get(email=email_of(role, agency_code))
    acceptance.assign_case(case_id=case.pk, by=by, version=case.version, handler=handler)


def _refer(case: Case, by: Actor, step: Step) -> None:
    referral.refer_case(
        case_id=case.pk,
        to=Agency.objects.get(code=step.said["to"]),
        by=by,
        reason=step.said["text"],
        # The one text of a story says both, where the target is not the competent one.
        explanation=step.said["text"],
        version=case.version,
        shares_identity=step.said["identity"],
        call=_phoned() if case.urgent and case.track == Track.CRIME else None,
    )


def _phoned() -> Call:
    """An urgent report of a crime goes by telephone first."""
    return Call(spoken_to="Trực ban hình sự", called_at=clock.now(), agreed="Tiếp nhận ngay, hồ sơ gửi theo sau.")


def _take(case: Case, by: Actor, step: Step) -> None:
    referral.take_referral(case_id=case.pk, by=by, version=case.version, track=step.said.get("track", ""))


def _return(case: Case, by: Actor, step: Step) -> None:
    referral.return_referral(case_id=case.pk, by=by, version=case.version, reason=step.said["text"])


def _recall(case: Case, by: Actor, step: Step) -> None:
    referral.recall_referral(case_id=case.pk, by=by, version=case.version, reason=step.said["text"])


def _ask(case: Case, by: Actor, step: Step) -> None:
    correspondence.ask_complainant(case_id=case.pk, by=by, version=case.version, question=step.said["text"])


def _answer(case: Case, by: Actor, step: Step) -> None:
    correspondence.answer_question(case_id=case.pk, by=by, version=case.version, answer=step.said["text"])


def _note(case: Case, by: Actor, step: Step) -> None:
    if isinstance(by, Member):
        audience = Audience.POLICE if step.said.get("police") else Audience.AGENCY
        correspondence.add_note(case_id=case.pk, by=by, text=step.said["text"], audience=audience)


def _resolve(case: Case, by: Actor, step: Step) -> None:
    decision = step.said.get("decision", {})
    decided = case.lodged_at + timedelta(days=decision["on"]) if decision else None
    conclusion.resolve_case(
        case_id=case.pk,
        by=by,
        version=case.version,
        outcome=step.said["outcome"],
        answer=step.said["text"],
        decision_number=decision.get("number", ""),
        decision_date=decided.date() if decided else None,
        sanction_amount=decision.get("amount") or None,
        **_facts(step.said.get("facts", {})),
    )


def _facts(said: dict[str, Any]) -> dict[str, Any]:
    """As `OutcomeFacts` has them: goods are [name, quantity, unit, value], an agency its code."""
    facts = dict(said)
    if "competent_agency" in facts:
        facts["competent_agency"] = Agency.objects.get(code=facts["competent_agency"])
    if "goods" in facts:
        facts["goods"] = tuple(
            Goods(name, Decimal(quantity), unit, value) for name, quantity, unit, value in facts["goods"]
        )
    return facts | {"measures": tuple(facts.get("measures", ()))}


def _reopen(case: Case, by: Actor, step: Step) -> None:
    conclusion.reopen_case(case_id=case.pk, by=by, version=case.version, reason=step.said["text"])


def _close(case: Case, by: Actor, step: Step) -> None:
    conclusion.close_case(case_id=case.pk, by=by, version=case.version)


def _withdraw(case: Case, by: Actor, step: Step) -> None:
    conclusion.withdraw_case(case_id=case.pk, by=by, reason=step.said["text"])


_MOVES: dict[str, Callable[[Case, Actor, Step], None]] = {
    "accept": _accept,
    "refuse": _refuse,
    "assign": _assign,
    "refer": _refer,
    "take_referral": _take,
    "return_referral": _return,
    "recall_referral": _recall,
    "ask_complainant": _ask,
    "answer": _answer,
    "note": _note,
    "resolve": _resolve,
    "reopen": _reopen,
    "close": _close,
    "withdraw": _withdraw,
    **dispute.MOVES,
    **answering.MOVES,
    **together.MOVES,
}
