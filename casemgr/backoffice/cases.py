"""The case page, its notes, and who complained."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.actors import Member
from casemgr.backoffice import case_business_views, cooperation_presentation, deeds, drafts, outcomes, presentation
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.clocks_views import clock_rows
from casemgr.backoffice.forms import NoteForm, PrintForm, SupplementForm, WritingForm
from casemgr.backoffice.referral_panel import panel
from complaints.models import Origin
from events import clock
from notifications.selectors import watching
from workflows.errors import CaseNotFound, InvalidInput
from workflows.models import Case
from workflows.selectors.casefile import CaseFile, case_file, find_case
from workflows.selectors.queue import receipts
from workflows.services.access import show_identity
from workflows.services.correspondence import add_note, supplement_case
from workflows.states import OPEN, State


class CaseView(DeskView):
    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        try:
            case = find_case(number, self.actor)
        except CaseNotFound:
            if kept := receipts(self.actor).filter(case__number=number.upper()).order_by("-pk").first():
                messages.info(request, _("This case is with another agency now. This is the receipt you keep."))
                return redirect("backoffice:receipt", pk=kept.pk)
            raise
        return case_page(request, case, self.actor)


def back_to(number: str, form: str) -> HttpResponse:
    """The case with this form open: where an address leads that only takes what is sent, after signing in again."""
    return redirect(f"{reverse('backoffice:case', args=[number])}?open={form}#{form}")


class WritingView(DeskView):
    """Words added to a case that move nothing. What cannot be kept is shown again on the case page."""

    form_class: type[WritingForm]
    said: Any

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return back_to(number, self.form_class.name)

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        case = find_case(number, self.actor)
        form = self.form_class(request.POST, actor=self.actor)
        if form.is_valid():
            try:
                self.write(case, **form.cleaned_data)
            except InvalidInput as error:
                form.add_error(error.field, str(error))
            else:
                messages.success(request, str(self.said))
                drafts.sent(request, drafts.draft_name(case, self.actor, form.name))
                return redirect("backoffice:case", number=case.number)
        return case_page(request, case, self.actor, refused=form, status=HTTPStatus.BAD_REQUEST)

    def write(self, case: Case, **words: str) -> None:
        raise NotImplementedError


class NoteView(WritingView):
    form_class = NoteForm
    said = gettext_lazy("The note is written.")

    def write(self, case: Case, **words: str) -> None:
        add_note(case_id=case.pk, by=self.actor, **words)


class SupplementView(WritingView):
    """What the sender added by telephone, by letter or at the counter."""

    form_class = SupplementForm
    said = gettext_lazy("What the sender added is recorded.")

    def write(self, case: Case, **words: str) -> None:
        supplement_case(case_id=case.pk, by=self.actor, text=words["text"])


class IdentityView(DeskView):
    """Shows who complained, and records the look. In place with htmx, on the whole page without."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return redirect(f"{reverse('backoffice:case', args=[number])}#identity")

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        case = find_case(number, self.actor)
        complainant = show_identity(case_id=case.pk, by=self.actor)
        shown: dict[str, Any] = {"identity": presentation.unmasked(complainant, case.complaint), "identity_shown": True}
        if request.headers.get("HX-Request"):
            response = render(request, "backoffice/_identity.html", {"case": case, **shown})
        else:
            response = case_page(request, case, self.actor, **shown)
        response["Cache-Control"] = "no-store"
        return response


def case_page(
    request: HttpRequest,
    case: Case,
    actor: Member,
    *,
    status: int = HTTPStatus.OK,
    refused: WritingForm | None = None,
    **more: Any,
) -> HttpResponse:
    context = {
        **case_context(case, actor),
        "refused": refused,
        "opened": request.GET.get("open", ""),
        "print_form": PrintForm(auto_id="print-%s"),
    }
    file = context["file"]
    context |= {
        "moves": deeds.offered(file.moves, case, actor),
        "idle": _why_nothing_to_do(file, actor),
        "writings": _writings(file, actor, refused),
        "business": case_business_views.panel(case, actor),
        "referral": panel(case, actor, file.offer),
        "watching": watching(actor.person, case.pk),
        "may_pass_on": case.owner_id == actor.agency.pk,
        **cooperation_presentation.case_block(case, actor),
    }
    return render(request, "backoffice/case.html", context | more, status=status)


def case_context(case: Case, actor: Member) -> dict[str, Any]:
    """What the case page shows of the case itself to ``actor``, who may be the reader of a preview."""
    file = case_file(case, actor)
    return {
        "case": case,
        "file": file,
        "complaint": file.complaint,
        "due": presentation.due(case, clock.now()),
        "clocks": clock_rows(case, actor),
        "origin": _origin(case),
        "facts": presentation.complaint_facts(file.complaint, named=file.complainant is not None),
        "indicators": presentation.indicator_rows(file.indicators),
        "accounts": presentation.indicator_rows(file.accounts),
        "loss": presentation.money(file.complaint.amount),
        "moved_before": presentation.span(case.lodged_at - moved) if (moved := file.complaint.money_moved_at) else "",
        "evidence": [presentation.evidence_tile(case, evidence) for evidence in file.evidence],
        "identity": presentation.masked(file.complainant, file.complaint),
        "resolutions": outcomes.resolutions(file),
        **outcomes.proposed(file.proposal, actor),
        "timeline": presentation.timeline_entries(file.timeline),
        "seen": file.timeline[-1].sequence if file.timeline else 0,
    }


def _writings(file: CaseFile, actor: Member, refused: WritingForm | None) -> list[dict[str, Any]]:
    """What `components/move.html` needs for each thing the person may write."""
    offered = [form for form, allowed in ((NoteForm, file.may_note), (SupplementForm, file.may_supplement)) if allowed]
    return [
        {
            "form": refused if isinstance(refused, form) else form(actor=actor),
            "url": reverse(f"backoffice:{form.name}", args=[file.case.number]),
            "draft": drafts.draft_name(file.case, actor, form.name),
        }
        for form in offered
    ]


_ORIGINS: dict[str, Any] = {
    Origin.COUNTER: gettext_lazy("lodged at the counter"),
    Origin.PHONE: gettext_lazy("lodged by phone"),
    Origin.IMPORT: gettext_lazy("imported"),
    Origin.OWN_INITIATIVE: gettext_lazy("found by an officer"),
}


def _origin(case: Case) -> str:
    return str(_ORIGINS.get(case.complaint.origin, ""))


def _why_nothing_to_do(file: CaseFile, actor: Member) -> str:
    """One sentence in place of an empty list of moves."""
    case = file.case
    if file.moves:
        return ""
    if case.state == State.WITHDRAWN:
        return _("The case ended as the sender wished.")
    if case.state not in OPEN:
        return _("The case is finished. A supervisor can open it again.")
    if actor.agency.assisted_intake_only:
        return _("%(agency)s handles this case. You can follow it here.") % {"agency": case.owner}
    if case.handler_id:
        return _("%(handler)s handles this case.") % {"handler": case.handler}
    return _("There is no step for your role now: an intake officer or a supervisor goes on.")
