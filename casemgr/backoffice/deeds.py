"""Each move's form, service and words: `workflows.states` says who may, this says how the page asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.actors import Member
from casemgr.backoffice import drafts, forms, outcomes_forms, referral_forms, respondent_forms, rooms_forms
from workflows.models import Case
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
    settlement,
    waiting,
)
from workflows.states import Move


@dataclass(frozen=True)
class Deed:
    """``done`` is said when it succeeded; ``ends`` marks what cannot be undone by the one who does it."""

    form: type[forms.MoveForm]
    service: Callable[..., Case]
    icon: str
    done: Any
    ends: bool = False


DEEDS = {
    "accept": Deed(forms.AcceptForm, acceptance.accept_case, "clipboard-check", _("The case is accepted.")),
    "refuse": Deed(
        forms.RefuseForm, acceptance.refuse_case, "slash-circle", _("The case is not accepted; the sender sees it on the tracking page."), ends=True
    ),
    "refer": Deed(referral_forms.ReferForm, referral.refer_case, "arrow-right", _("The case is offered to the other agency.")),
    "take_referral": Deed(forms.AcceptForm, referral.take_referral, "check-lg", _("Your agency has taken the case.")),
    "return_referral": Deed(
        forms.ReasonForm, referral.return_referral, "arrow-return-left", _("The case is returned to the sending agency.")
    ),
    "recall_referral": Deed(
        forms.ReasonForm, referral.recall_referral, "arrow-return-left", _("The transfer is recalled.")
    ),
    "reassign_referral": Deed(
        referral_forms.ReassignForm, overdue.reassign_referral, "people", _("The case is offered to the agency you chose.")
    ),
    "assign": Deed(forms.AssignForm, acceptance.assign_case, "person-check", _("The case has its handler.")),
    "ask_complainant": Deed(
        forms.QuestionForm, correspondence.ask_complainant, "question-circle", _("The question is on the sender's page.")
    ),
    "answer": Deed(forms.AnswerForm, correspondence.answer_question, "reply", _("The answer is recorded.")),
    "give_up_waiting": Deed(outcomes_forms.GiveUpForm, waiting.give_up_waiting, "clock-history", _("The case no longer waits; the sender sees it on the tracking page.")),
    "resolve": Deed(outcomes_forms.OutcomeForm, conclusion.resolve_case, "check-circle", _("The case is resolved; the sender sees it on the tracking page.")),
    "propose_resolution": Deed(
        outcomes_forms.ProposeForm, proposals.propose_resolution, "person-check", _("Your proposal waits for a supervisor.")
    ),
    "confirm_resolution": Deed(
        outcomes_forms.ConfirmForm, proposals.confirm_resolution, "check-circle", _("The case is resolved; the sender sees it on the tracking page.")
    ),
    "return_proposal": Deed(
        outcomes_forms.ReturnProposalForm, proposals.return_proposal, "arrow-return-left", _("The proposal is sent back to its handler.")
    ),
    "respond": Deed(respondent_forms.RespondForm, responding.respond, "reply", _("The business's answer is recorded.")),
    "open_negotiation": Deed(
        rooms_forms.OpenNegotiationForm, room_opening.open_negotiation, "people", _("The negotiation is open; both sides are told.")
    ),
    "open_mediation": Deed(
        rooms_forms.OpenMediationForm, room_opening.open_mediation, "people", _("The mediation is open; both sides are told.")
    ),
    "record_settlement": Deed(
        rooms_forms.SettlementForm, settlement.record_settlement, "clipboard-check", _("The settlement is recorded; both sides can read and confirm the minutes.")
    ),
    "end_without_settlement": Deed(
        rooms_forms.EndTalkForm, settlement.end_without_settlement, "slash-circle", _("The room is closed; both sides read what can be done now.")
    ),
    "reopen": Deed(forms.ReasonForm, conclusion.reopen_case, "arrow-clockwise", _("The case is open again.")),
    "close": Deed(forms.CloseForm, conclusion.close_case, "lock", _("The case is closed."), ends=True),
    "withdraw": Deed(
        forms.WithdrawForm, conclusion.withdraw_case, "x-circle", _("The case has ended as the sender wished."), ends=True
    ),
    "carry_on": Deed(
        forms.CarryOnForm, conclusion.carry_on_case, "arrow-right", _("The case goes on; the sender sees it on the tracking page.")
    ),
    "link_duplicate": Deed(
        outcomes_forms.DuplicateForm, duplicates.link_duplicate, "copy", _("The case is closed as a duplicate; the sender follows the other."), ends=True
    ),
}  # fmt: skip


def form_of(move: Move, case: Case, actor: Member, data: Any = None, **options: Any) -> forms.MoveForm:
    """The move's form, empty or with what was posted. Ids carry the move's name: several stand on one page."""
    return DEEDS[move.name].form(data, case=case, actor=actor, auto_id=f"{move.name}-%s", **options)


def offered(moves: list[Move], case: Case, actor: Member) -> list[dict[str, Any]]:
    """What `components/move.html` needs for each move the page can ask for."""
    return [entry(move, form_of(move, case, actor)) for move in moves if move.name in DEEDS]


def entry(move: Move, form: forms.MoveForm) -> dict[str, Any]:
    deed = DEEDS[move.name]
    return {
        "name": move.name,
        "title": move.label,
        "icon": deed.icon,
        "form": form,
        "draft": drafts.draft_name(form.case, form.actor, move.name),
        "danger": deed.ends,
        "consequences": consequences(move, form.case, form.actor),
    }


def consequences(move: Move, case: Case, actor: Member) -> list[str]:
    sentences = [str(move.consequence)] if move.consequence else []
    if not case.has_sender:
        sentences.append(gettext("Officers opened this case themselves: there is no sender who would read of it."))
    return [*sentences, *_MORE.get(move.name, lambda case, actor: [])(case, actor)]


def _what_is_shared(case: Case, actor: Member) -> list[str]:
    return [
        gettext("They see the story, the facts, the numbers and addresses, and what you choose below."),
        gettext("They never see your agency's own notes. Before it is sent you see what they will see."),
        *([gettext("Police notes stay with the police.")] if actor.is_police else []),
    ]


def _how_reached(case: Case, actor: Member) -> list[str]:
    if case.complaint.is_anonymous:
        return [gettext("The sender is anonymous and sees the question only when looking at the tracking page.")]
    return []


_MORE: dict[str, Callable[[Case, Member], list[str]]] = {"refer": _what_is_shared, "ask_complainant": _how_reached}
