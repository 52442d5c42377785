"""What the sender can do after the answer: a closed set of sentences, chosen by outcome and track. Pure.

Sources: Luật 19/2023 Đ54.1 (negotiation, mediation, arbitration, court), Đ69 (the consumer need not prove fault);
BLTTHS Đ158 (complaint against a decision not to prosecute); BLTTHS Đ145–147 (a file returned within 3 days).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.states import Outcome, Track


class Step(Enum):
    """``%(until)s`` is the end of the objection window, ``%(agency)s`` the competent agency."""

    OBJECT = gettext_lazy(
        "If you do not agree, object on this page by %(until)s. The case is then looked at once more."
    )
    TELL_IF_UNKEPT = gettext_lazy("If what was promised does not happen, say so on this page by %(until)s.")
    DAMAGES = gettext_lazy(
        "A sanction does not pay for your own loss: you may claim it from the seller, or before the people's court."
    )
    ARBITRATION = gettext_lazy(
        "You may bring the dispute before an arbitration centre, where you and the business have agreed to that."
    )
    COURT = gettext_lazy(
        "You may bring the dispute before the people's court. You need not prove that the business was at fault."
    )
    MINUTES = gettext_lazy("Keep the minutes of the settlement: they are your proof of what was agreed.")
    FILE_RETURNED = gettext_lazy(
        "The act may be an administrative breach: the file goes to %(agency)s within 3 days, which decides about a sanction."
    )
    COMPLAIN = gettext_lazy(
        "You may complain against the decision not to prosecute, to the body that made it or to the procuracy of its level."
    )
    WITNESS = gettext_lazy(
        "The investigating body may invite you. Keep messages, receipts and transfer slips until then."
    )
    BANK = gettext_lazy(
        "For money that was transferred, stay in touch with your bank, and give it the decision if there is one."
    )
    MORE_INFORMATION = gettext_lazy(
        "If you find more (an invoice, a number, a picture), object on this page by %(until)s and say what is new."
    )
    LODGE_AGAIN = gettext_lazy("Later, send a new report and name the number of this case.")
    TURN_TO = gettext_lazy("Please turn to %(agency)s.")
    FOLLOW = gettext_lazy("You follow the other case on this page, under “The case yours was joined to”.")
    CONSUMER_HOTLINE = gettext_lazy("Questions about your rights as a consumer: call 1800.6838, free of charge.")
    POLICE_HOTLINE = gettext_lazy("If it happens again or somebody threatens you, call 113.")


@dataclass(frozen=True)
class Situation:
    """``outcome`` empty: the report was not accepted. ``until``: the window's end in words, empty when it is over or
    there is none. ``agency``: the competent one, with its telephone; empty when nobody was named."""

    outcome: str
    track: str
    until: str = ""
    agency: str = ""
    administrative_breach: bool = False


_O, _S = Outcome, Step
_REDRESS = (_S.TELL_IF_UNKEPT,)
_SETTLED = (_S.MINUTES, _S.TELL_IF_UNKEPT)
_UNPROVEN = (_S.MORE_INFORMATION, _S.LODGE_AGAIN)
BY_OUTCOME: dict[str, tuple[Step, ...]] = {
    "": (_S.OBJECT,),
    _O.COMPENSATED: _REDRESS,
    _O.REPLACED: _REDRESS,
    _O.REFUNDED: _REDRESS,
    _O.REPAIRED: _REDRESS,
    _O.APOLOGY: (_S.OBJECT,),
    _O.SETTLED_NEGOTIATION: _SETTLED,
    _O.SETTLED_MEDIATION: _SETTLED,
    _O.SANCTIONED: (_S.OBJECT, _S.DAMAGES),
    _O.GOODS_SEIZED: (_S.OBJECT, _S.DAMAGES),
    _O.CONTENT_REMOVED: (_S.OBJECT,),
    _O.ACCOUNT_BLOCKED: (_S.OBJECT, _S.BANK),
    _O.PROSECUTION_OPENED: (_S.WITNESS, _S.OBJECT),
    _O.NOT_PROSECUTED: (_S.FILE_RETURNED, _S.COMPLAIN, _S.OBJECT),
    _O.NO_VIOLATION: (_S.OBJECT,),
    _O.INSUFFICIENT_INFORMATION: _UNPROVEN,
    _O.NO_ANSWER_FROM_COMPLAINANT: _UNPROVEN,
    _O.OUTSIDE_COMPETENCE: (_S.TURN_TO, _S.OBJECT),
    _O.DUPLICATE: (_S.FOLLOW,),
}
# A dispute that is not settled goes on before others; a settled one only when it is not kept.
_UNSETTLED = {
    "", _O.APOLOGY, _O.SANCTIONED, _O.CONTENT_REMOVED, _O.NO_VIOLATION, _O.INSUFFICIENT_INFORMATION,
    _O.NO_ANSWER_FROM_COMPLAINANT,
}  # fmt: skip


def steps_for(here: Situation) -> list[Step]:
    """In the order they are read; a step that has nobody or no time to name is left out."""
    steps = list(BY_OUTCOME[here.outcome])
    if here.track == Track.CONSUMER and here.outcome != _O.DUPLICATE:
        steps += [_S.ARBITRATION] if here.outcome in _UNSETTLED else []
        steps += [] if here.outcome == _O.OUTSIDE_COMPETENCE else [_S.COURT]
        steps += [_S.CONSUMER_HOTLINE]
    if here.track == Track.CRIME and here.outcome != _O.DUPLICATE:
        steps += [_S.POLICE_HOTLINE]
    return [step for step in steps if _fits(step, here)]


def _fits(step: Step, here: Situation) -> bool:
    if step is Step.FILE_RETURNED and not here.administrative_breach:
        return False
    text = str(step.value)
    return (bool(here.until) or "%(until)s" not in text) and (bool(here.agency) or "%(agency)s" not in text)


def sentences(here: Situation) -> list[str]:
    return [_sentence(step, here) for step in steps_for(here)]


def _sentence(step: Step, here: Situation) -> str:
    text = str(step.value)
    return text % {"until": here.until, "agency": here.agency} if "%(" in text else text


def named(name: str, phone: str) -> str:
    """An agency as a sentence names it."""
    return _("%(agency)s (telephone %(phone)s)") % {"agency": name, "phone": phone} if phone else name
