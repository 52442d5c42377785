"""Following a report: a short-lived cookie that names it, and what may be said and done about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from agencies.actors import Citizen
from complaints.models import Complaint, Evidence, Kind
from events import clock
from workflows import policy
from workflows.models import Case, RemarkKind
from workflows.selectors.duplicates import followed_timeline
from workflows.selectors.timeline import Entry, public_timeline
from workflows.states import State

COOKIE, COOKIE_PATH = "following", "/tra-cuu/"
LIFETIME_SECONDS = 30 * 60
_SALT = "casemgr.public.following"
_LOOK = {
    "case.lodged": "send",
    "case.question_asked": "question-circle",
    "case.answered": "reply",
    "case.supplemented": "paperclip",
    "case.resolved": "check-lg",
    "case.refused": "slash-circle",
    "case.objected": "reply",
    "case.closed": "check-circle",
    "case.withdrawn": "arrow-return-left",
    "case.withdrawal_wished": "arrow-return-left",
    "case.withdrawal_declined": "arrow-right",
    "case.referred": "arrow-right",
    "case.referral_taken": "building",
    "case.assigned": "person-check",
    "case.accepted": "clipboard-check",
    "case.settlement_wished": "people",
    "case.negotiation_opened": "people",
    "case.mediation_proposed": "people",
    "case.mediation_opened": "people",
    "case.settled": "check-lg",
    "case.unsettled": "x-circle",
    "case.sent_to_respondent": "envelope",
    "case.respondent_answered": "reply",
    "case.respondent_supplemented": "paperclip",
    "case.respondent_silent": "hourglass-split",
    "case.respondent_objected": "reply",
    "letter.sent": "send",
    "paper.issued": "file-earmark-text",
    "case.rated": "star",
    "case.joined": "copy",
    "case.primary_resolved": "check-circle",
    "case.complainant_reminded": "question-circle",
    "case.waiting_given_up": "arrow-right",
    "case.messages_stopped": "envelope",
    "case.messages_resumed": "envelope",
    "case.address_confirmed": "envelope",
}
_KIND = {
    "case.question_asked": "question",
    "case.answered": "answer",
    "case.resolved": "done",
    "case.settled": "done",
    "letter.sent": "question",
    "case.primary_resolved": "done",
}


def remember(response: HttpResponse, complaint_id: int) -> None:
    """Open the report on this browser for half an hour; every page of it starts the half hour anew."""
    response.set_cookie(
        COOKIE,
        signing.dumps(complaint_id, salt=_SALT),
        max_age=LIFETIME_SECONDS,
        path=COOKIE_PATH,
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=COOKIE_PATH, samesite="Strict")


def followed(request: HttpRequest) -> Case | None:
    """The case of the report this browser follows."""
    try:
        complaint_id = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=LIFETIME_SECONDS)
    except signing.BadSignature:
        return None
    cases = Case.objects.visible_to(Citizen(complaint_id))
    return cases.select_related("complaint", "owner__kind", "offered_to").first()


def draft_name(case: Case) -> str:
    """A name for what the browser keeps of unsent words: tells this report's from another's, and nothing else."""
    return salted_hmac(_SALT, str(case.complaint_id)).hexdigest()[:12]


def facts_sent(complaint: Complaint) -> list[dict[str, Any]]:
    """What the citizen stated beside the story, as it was given: nothing that tells who they are."""
    stated = {
        _("The scammer") if complaint.kind == Kind.CRIME else _("Seller"): complaint.seller_name,
        _("Product or service"): complaint.product,
        _("Price"): _money(complaint.price),
        _("Happened on"): complaint.occurred_on.strftime("%d/%m/%Y") if complaint.occurred_on else "",
        _("Loss"): _money(complaint.amount),
    }
    return [{"label": label, "value": value} for label, value in stated.items() if value]


def _money(amount: int | None) -> str:
    return "" if amount is None else f"{amount:,} đ".replace(",", ".")


@dataclass(frozen=True)
class Offers:
    """What the citizen may do now."""

    answer: bool
    supplement: bool
    object: bool
    withdraw: bool


def offers(case: Case) -> Offers:
    citizen = Citizen(case.complaint_id)
    moves = {move.name for move in policy.moves_for(citizen, case)}
    until = case.objection_until
    # A supervisor may close early: that takes nothing from the sender.
    window_open = until >= clock.now() if until else case.state != State.CLOSED
    return Offers(
        answer="answer" in moves,
        supplement=policy.may_supplement(citizen, case) and "answer" not in moves,
        object="object" in moves and window_open,
        withdraw="withdraw" in moves,
    )


@dataclass(frozen=True)
class History:
    """``entries`` for components/timeline.html; ``question`` still open, if any.

    ``is_reopened``: an answer was objected to or taken back, and no new one was given.
    ``wishes_to_withdraw``: asked for, and not decided yet.
    """

    entries: list[dict[str, Any]]
    question: Entry | None
    is_reopened: bool
    wishes_to_withdraw: bool


def history(case: Case) -> History:
    """What happened, with the citizen's own additions beside the moments they were made."""
    entries = public_timeline(case)
    supplements = iter(case.complaint.supplements.prefetch_related("evidence"))
    shown = []
    for entry in entries:
        text = entry.remark.text if entry.remark else ""
        if entry.kind == "case.supplemented" and (added := next(supplements, None)):
            text = "\n".join([added.text, *_file_names(added.evidence.all())])
        shown.append(
            {
                "at": entry.at,
                "title": entry.sentence,
                "text": text,
                "icon": _LOOK.get(entry.kind, "clock-history"),
                "kind": _KIND.get(entry.kind, ""),
            }
        )
    question = _last(entries, RemarkKind.QUESTION) if case.state == State.AWAITING_COMPLAINANT else None
    kinds = [entry.kind for entry in entries]
    return History(
        shown,
        question,
        is_reopened=_stands(kinds, _OPENED_AGAIN, until=_CONCLUDED),
        wishes_to_withdraw=_stands(kinds, {"case.withdrawal_wished"}, until=_CONCLUDED | {"case.withdrawal_declined"}),
    )


_OPENED_AGAIN = {"case.objected", "case.reopened"}
_CONCLUDED = {"case.resolved", "case.settled", "case.refused", "case.closed", "case.withdrawn", "case.joined"}


def followed_history(case: Case) -> list[dict[str, Any]]:
    """Of the case that this one is a duplicate of, what its citizen may read."""
    if case.duplicate_of_id is None:
        return []
    entries = followed_timeline(case)
    return [
        {"at": entry.at, "title": entry.sentence, "icon": _LOOK.get(entry.kind, "clock-history")} for entry in entries
    ]


def _stands(kinds: Sequence[str], made: AbstractSet[str], *, until: AbstractSet[str]) -> bool:
    """Whether the last of the events that make or end something made it."""
    last = next((kind for kind in reversed(kinds) if kind in made | until), "")
    return last in made


def _file_names(evidence: Iterable[Evidence]) -> list[str]:
    return [_("File: %(name)s") % {"name": file.original_name} for file in evidence]


def _last(entries: Sequence[Entry], kind: RemarkKind) -> Entry | None:
    return next((e for e in reversed(entries) if e.remark and e.remark.kind == kind), None)
