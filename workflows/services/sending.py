"""Sending a complaint, and later its result, to the business: what it sees is chosen, previewed and frozen."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.folding import fold
from complaints.models import Complainant, ComplaintRespondent, Derivative, RespondentContact
from events import clock
from workflows import policy
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import Case, Purpose
from workflows.services.links import SentLink, make_link
from workflows.services.moving import begin, clean_text, finish, record
from workflows.states import Outcome, State

_SHORTEST_ADDRESS = 8


@dataclass(frozen=True)
class Sharing:
    """What the handler chose to show. ``pictures``: ids of derivatives of the complaint's evidence; ``price`` in VND;
    ``with_identity``: the sender's name too, where the sender agreed."""

    story: str
    wish: str = ""
    product: str = ""
    price: int | None = None
    occurred_on: date | None = None
    pictures: tuple[int, ...] = ()
    with_identity: bool = False


def frozen(case: Case, sharing: Sharing) -> dict[str, Any]:
    """What the business will see, as plain data: the preview and the link draw the same. Raises InvalidInput where the
    sender could be known by it without having agreed."""
    complainant = Complainant.objects.filter(complaint=case.complaint_id).first()
    may_name = complainant is not None and complainant.may_share_with_business
    if sharing.with_identity and not may_name:
        raise InvalidInput("with_identity", _("The sender did not agree that the business learns who complains."))
    texts = {
        "story": clean_text(sharing.story, "story"),
        "wish": sharing.wish.strip(),
        "product": sharing.product.strip(),
    }
    if complainant and not sharing.with_identity:
        _refuse_identity(texts, complainant)
    return {
        **texts,
        "number": case.number,
        "agency": case.owner.name,
        "price": sharing.price,
        "occurred_on": sharing.occurred_on.isoformat() if sharing.occurred_on else "",
        "pictures": _pictures(case, sharing.pictures),
        "sender": complainant.name if complainant and sharing.with_identity else "",
    }


def _refuse_identity(texts: dict[str, str], complainant: Complainant) -> None:
    for field, text in texts.items():
        if found := identity_in(text, complainant):
            raise InvalidInput(
                field, _("This text gives the sender away: “%(found)s”. Take it out.") % {"found": found}
            )


def identity_in(text: str, complainant: Complainant) -> str:
    """What of the sender's name, telephone, e-mail or address stands in the text, however it is spelled; or nothing."""
    folded, digits = fold(text), re.sub(r"\D", "", text)
    name = " ".join(fold(complainant.name).split())
    if name and re.search(rf"\b{re.escape(name)}\b", " ".join(folded.split())) and _tells(name, text, complainant.name):
        return complainant.name
    phone = re.sub(r"\D", "", complainant.phone)[-9:]
    if len(phone) == 9 and phone in digits:
        return complainant.phone
    if complainant.email and complainant.email.lower() in text.lower():
        return complainant.email
    address = fold(complainant.address)
    return complainant.address if len(address) >= _SHORTEST_ADDRESS and address in folded else ""


def _tells(name: str, text: str, written: str) -> bool:
    """One syllable without its marks is any word: such a name counts only as it is written."""
    return " " in name or re.search(rf"\b{re.escape(written)}\b", text) is not None


def without_identity(text: str, complainant: Complainant | None) -> str:
    """A first proposal for the handler: what the sender is called and reached by, left out where it is spelled alike."""
    if complainant is None:
        return text
    for told in filter(None, (complainant.name, complainant.phone, complainant.email, complainant.address)):
        text = re.sub(re.escape(told), "[…]", text, flags=re.IGNORECASE)
    return text


def _pictures(case: Case, chosen: tuple[int, ...]) -> list[int]:
    """Pictures made anew of the evidence, never the files themselves: those may tell place, time and device."""
    own = shareable(case)
    found = sorted(own.filter(pk__in=chosen).values_list("pk", flat=True))
    if set(found) != set(chosen):
        raise InvalidInput("pictures", _("One of the pictures is no longer there. Choose again."))
    return found


def shareable(case: Case) -> QuerySet[Derivative]:
    """What the citizen sent, as pictures made anew; counter-evidence of a business is not passed on to another."""
    return Derivative.objects.filter(
        evidence__complaint=case.complaint_id, evidence__respondent=None, purpose=Derivative.Purpose.PREVIEW
    )


@transaction.atomic
def send_to_respondent(
    *,
    case_id: int,
    by: Member,
    version: int,
    contact_id: int,
    sharing: Sharing,
    code_contact_id: int | None = None,
) -> Case:
    """Freeze what is shown, make the link and let the business's time run. The secret goes out by the outbox; it is
    not returned: nobody at the desk needs it. Raises InvalidInput."""
    case = begin(case_id, "send_to_respondent", by, version)
    contact = contact_of(case, contact_id, "contact")
    code_contact = contact_of(case, code_contact_id, "code_contact") if code_contact_id else contact
    shown = frozen(case, sharing)
    case.send_to_respondent()
    finish(case, "case.sent_to_respondent", by=by, respondent=contact.respondent_id)
    make_link(
        case,
        purpose=Purpose.ANSWER,
        contact=contact,
        code_contact=code_contact,
        by=by,
        shown=shown,
        answer_by=case.due_at,
        awaited=True,
    )
    return case


def contact_of(case: Case, contact_id: int, field: str) -> RespondentContact:
    """A contact of a business that was named on this case."""
    named = ComplaintRespondent.objects.filter(complaint=case.complaint_id).values("respondent")
    contact = RespondentContact.objects.filter(pk=contact_id, respondent__in=named).first()
    if contact is None:
        raise InvalidInput(field, _("Choose an address of a business named on this case."))
    return contact


@transaction.atomic
def tell_result(
    *, case_id: int, by: Member, contact_id: int, text: str, code_contact_id: int | None = None
) -> SentLink:
    """The business reads the result by a link of its own and may object while the window is open."""
    case = Case.objects.visible_to(by).select_related("owner").locked(case_id)
    if not policy.may_deal_with_respondent(by, case):
        raise MoveNotAllowed(_("Only the handler of the case and a supervisor deal with the business."))
    if case.state not in (State.RESOLVED, State.CLOSED):
        raise MoveNotAllowed(_("There is no result to tell yet."))
    contact = contact_of(case, contact_id, "contact")
    words = clean_text(text, "text")
    complainant = Complainant.objects.filter(complaint=case.complaint_id).first()
    if complainant and not complainant.may_share_with_business:
        _refuse_identity({"text": words}, complainant)
    shown = {
        "number": case.number,
        "agency": case.owner.name,
        "outcome": str(Outcome(case.outcome).value) if case.outcome else "",
        "text": words,
        "told_at": clock.now().isoformat(),
    }
    code_contact = contact_of(case, code_contact_id, "code_contact") if code_contact_id else contact
    sent = make_link(case, purpose=Purpose.RESULT, contact=contact, code_contact=code_contact, by=by, shown=shown)
    record(case, "case.result_told", by=by, link=sent.link.pk)
    return sent
