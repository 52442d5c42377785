"""How a case reads on the page: deadlines, facts, defanged addresses, the timeline's icons."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from complaints.identifiers import defang
from complaints.models import Complainant, Complaint, Evidence, Indicator, IndicatorKind, Scan
from complaints.policy import mask_email, mask_name, mask_phone
from workflows.models import Audience, Case
from workflows.selectors.timeline import Entry
from workflows.states import ENDED, State

SOON = timedelta(hours=24)
_LINKS = (IndicatorKind.URL, IndicatorKind.DOMAIN, IndicatorKind.SHOP)
_ICONS = {
    "case.lodged": ("inbox", ""),
    "case.accepted": ("clipboard-check", ""),
    "case.refused": ("slash-circle", "done"),
    "case.referred": ("arrow-right", ""),
    "case.referral_taken": ("check-lg", ""),
    "case.referral_returned": ("arrow-return-left", ""),
    "case.referral_recalled": ("arrow-return-left", ""),
    "case.referral_overdue": ("hourglass-split", "question"),
    "case.referral_escalated": ("people", "question"),
    "case.referral_reassigned": ("arrow-right", ""),
    "case.phoned": ("telephone", ""),
    "case.passed_on": ("send", ""),
    "case.passing_on_fetched": ("send", ""),
    "case.passing_on_confirmed": ("check-lg", ""),
    "case.assigned": ("person-check", ""),
    "case.question_asked": ("question-circle", "question"),
    "case.answered": ("reply", "answer"),
    "case.supplemented": ("plus-lg", "answer"),
    "case.noted": ("journal-text", ""),
    "case.resolved": ("check-lg", "done"),
    "case.objected": ("exclamation-circle", "question"),
    "case.reopened": ("arrow-clockwise", ""),
    "case.closed": ("lock", "done"),
    "case.withdrawn": ("x-circle", "done"),
    "case.withdrawal_wished": ("x-circle", "question"),
    "case.withdrawal_declined": ("arrow-right", ""),
    "case.settlement_barred": ("slash-circle", ""),
    "case.settlement_unbarred": ("arrow-clockwise", ""),
    "case.settlement_wished": ("people", "question"),
    "case.negotiation_opened": ("people", ""),
    "case.mediation_proposed": ("people", ""),
    "case.mediation_agreed": ("check-lg", "answer"),
    "case.mediation_declined": ("slash-circle", "answer"),
    "case.mediation_opened": ("people", ""),
    "case.settled": ("check-lg", "done"),
    "case.unsettled": ("x-circle", ""),
    "case.settlement_confirmed": ("check-circle", "answer"),
    "case.settlement_unconfirmed": ("exclamation-circle", ""),
    "case.negotiation_reported": ("file-earmark-text", "answer"),
    "case.identity_shown": ("eye", ""),
    "case.evidence_opened": ("paperclip", ""),
    "case.printed": ("printer", ""),
    "case.sent_to_respondent": ("envelope", ""),
    "case.respondent_link_sent": ("envelope", ""),
    "case.respondent_answered": ("reply", "answer"),
    "case.respondent_supplemented": ("plus-lg", "answer"),
    "case.respondent_silent": ("hourglass-split", ""),
    "case.respondent_objected": ("exclamation-circle", "question"),
    "letter.sent": ("send", ""),
    "paper.issued": ("file-earmark-text", ""),
    "case.rated": ("star", "answer"),
    "case.rated_by_business": ("star", ""),
    "case.found": ("search", ""),
    "cooperation.asked": ("people", ""),
    "cooperation.taken": ("check-lg", ""),
    "cooperation.contributed": ("reply", "answer"),
    "cooperation.declined": ("slash-circle", ""),
    "joint_action.started": ("people", ""),
    "joint_action.done": ("check-circle", ""),
    "joint_action.ended": ("file-earmark-text", "done"),
    "clock.warned": ("clock", ""),
    "clock.missed": ("clock", ""),
    "clock.escalated": ("exclamation-triangle", ""),
    "clock.extended": ("clock", ""),
    "clock.moved": ("clock", ""),
}


def due(case: Case, now: datetime) -> dict[str, Any]:
    """For `components/due.html`: at, status, words, and what is due where that is not the agency's own step.
    ``exact``: yesterday, today and tomorrow the hour counts too."""
    if case.due_at is None or case.state in ENDED:
        return {"at": None, "status": "none", "what": "", "words": "", "exact": False}
    status = "overdue" if case.due_at < now else "soon" if case.due_at - now < SOON else "ok"
    what = _WAITS_FOR.get(case.state, lambda: "")()
    if case.state in (State.RESOLVED, State.REFUSED):
        status, what = ("ok" if case.due_at >= now else "none"), _("Objection")
    words = _("%(span)s overdue") if case.due_at < now else _("%(span)s left")
    return {
        "at": case.due_at,
        "status": status,
        "what": what,
        "words": words % {"span": span(case.due_at - now)} if status != "none" else "",
        "exact": abs((localtime(case.due_at).date() - localtime(now).date()).days) <= 1,
    }


def span(length: timedelta) -> str:
    """A length of time in days; below two days in days and hours, below one in hours and minutes."""
    minutes = int(abs(length).total_seconds()) // 60
    days, hours = divmod(minutes // 60, 24)
    parts = [
        ngettext("%(count)s day", "%(count)s days", days) % {"count": days} if days else "",
        ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours} if hours and days < 2 else "",
    ]
    if not days and (minutes % 60 or not hours):
        left = minutes % 60
        parts.append(ngettext("%(count)s minute", "%(count)s minutes", left) % {"count": left})
    return " ".join(filter(None, parts))


_WAITS_FOR = {
    State.AWAITING_COMPLAINANT: lambda: _("Sender's answer"),
    State.REFERRED: lambda: _("Other agency"),
}


def timeline_entries(entries: list[Entry]) -> list[dict[str, Any]]:
    """For `components/timeline.html`, oldest first; a remark that is not for everyone says for whom it is."""
    return [_timeline_entry(entry) for entry in entries]


def _timeline_entry(entry: Entry) -> dict[str, Any]:
    icon, kind = _ICONS.get(entry.kind, ("clock-history", ""))
    audience = ""
    if entry.remark and entry.remark.audience in (Audience.AGENCY, Audience.POLICE):
        kind, audience = "private", str(Audience(entry.remark.audience).label)
    return {
        "at": entry.at,
        "title": entry.sentence,
        "actor": " · ".join(filter(None, [entry.who, audience])),
        "text": entry.remark.text if entry.remark else "",
        "icon": "lock" if audience else icon,
        "kind": kind,
    }


def fact(label: Any, value: Any, hint: str = "") -> dict[str, Any]:
    return {"label": label, "value": value, "hint": hint}


def complaint_facts(complaint: Complaint, *, named: bool) -> list[dict[str, Any]]:
    """What the citizen stated, in the order of the form; what was not stated is left out. Where a ``named`` sender
    lives is not here: it is part of who they are."""
    return [
        fact(_("Category"), complaint.category),
        fact(_("Product or service"), complaint.product),
        fact(_("Product group"), complaint.product_group),
        fact(_("Brand"), complaint.brand),
        fact(_("Price"), money(complaint.price)),
        fact(_("Seller"), complaint.seller_name),
        fact(_("Seller's address"), complaint.seller_address),
        fact(_("Sold through"), complaint.channel),
        fact(_("Loss"), money(complaint.amount)),
        fact(_("Left at"), moment(complaint.money_moved_at)),
        fact(_("Happened on"), day(complaint.occurred_on)),
        fact(_("Received on, before it was entered here"), day(complaint.received_on)),
        fact(_("Ward or commune where the sender lives"), "" if named else home(complaint)),
        fact(_("The sender asks for"), complaint.wish),
        fact(_("Vulnerable person"), complaint.get_vulnerability_display() if complaint.vulnerability else ""),
    ]


def home(complaint: Complaint) -> str:
    """Where the sender lives."""
    return ", ".join(str(part) for part in (complaint.place, complaint.commune) if part)


def money(amount: int | None) -> str:
    return "" if amount is None else f"{amount:,}".replace(",", ".") + " đ"


def day(value: Any) -> str:
    return value.strftime("%d/%m/%Y") if value else ""


def moment(value: datetime | None) -> str:
    return localtime(value).strftime("%H:%M %d/%m/%Y") if value else ""


def indicator_rows(indicators: list[Indicator]) -> list[dict[str, Any]]:
    """Each identifier once, links made harmless; ``hint`` says when it was found in the story."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for found in indicators:
        shown = defang(found.raw) if found.kind in _LINKS and "." in found.raw else found.raw
        hint = ", ".join(filter(None, [found.bank, _("found in the story") if found.from_text else ""]))
        rows.setdefault((found.kind, found.value), fact(capfirst(found.get_kind_display()), shown, hint))
    return list(rows.values())


def masked(complainant: Complainant | None, complaint: Complaint) -> list[dict[str, Any]]:
    """Who complained, as far as it is shown before anyone asks."""
    if complainant is None:
        return []
    return [
        fact(_("Full name"), mask_name(complainant.name)),
        fact(_("Phone"), mask_phone(complainant.phone)),
        fact(_("E-mail"), mask_email(complainant.email)),
        fact(_("Address"), "•••" if complainant.address else ""),
        fact(_("Lives in (ward, commune)"), "•••" if home(complaint) else ""),
    ]


def unmasked(complainant: Complainant | None, complaint: Complaint) -> list[dict[str, Any]]:
    if complainant is None:
        return []
    return [
        fact(_("Full name"), complainant.name),
        fact(_("Phone"), complainant.phone),
        fact(_("E-mail"), complainant.email),
        fact(_("Address"), complainant.address),
        fact(_("Lives in (ward, commune)"), home(complaint)),
        fact(_("May the business be told?"), _("yes") if complainant.may_share_with_business else _("no")),
    ]


def evidence_tile(case: Case, evidence: Evidence) -> dict[str, Any]:
    """For `components/evidence.html`: a file leads to its own page, whatever its state."""
    purposes = {derivative.purpose for derivative in evidence.derivatives.all()}
    scan = getattr(evidence, "scan", None)
    infected = scan is not None and scan.verdict == Scan.Verdict.INFECTED
    place = [case.number, evidence.pk]
    return {
        "url": reverse("backoffice:evidence", args=place),
        "thumbnail_url": reverse("backoffice:evidence-picture", args=[*place, "thumbnail"])
        if "thumbnail" in purposes
        else "",
        "name": evidence.original_name,
        "size": evidence.size,
        "kind": "pdf" if evidence.media_type == "application/pdf" else "image",
        "status": "blocked" if infected else "scanning" if scan is None else "ready",
        "at": evidence.added_at,
        "note": _("sent by the business")
        if evidence.respondent_id
        else _("sent later")
        if evidence.supplement_id
        else "",
        "not_scanned": scan is not None and scan.verdict == Scan.Verdict.NOT_SCANNED,
        "has_preview": "preview" in purposes,
    }
