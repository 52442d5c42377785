"""Letters to the citizen: choosing a template, writing, previewing, sending; and the official papers of a case."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from casemgr import papers
from casemgr.backoffice import drafts, presentation
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.letters_forms import LetterForm, empty_form
from documents.pdf import RenderError
from events import clock
from events.registry import KINDS
from workflows import policy
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed, StaleCase
from workflows.models import Case, Letter, LetterKind, LetterTemplateVersion
from workflows.placeholders import LABELS
from workflows.selectors import letters
from workflows.selectors.casefile import find_case
from workflows.selectors.timeline import case_timeline
from workflows.services.letter_drafts import draft_letter
from workflows.services.letters import PAPER_TEMPLATE, Written, check_written, paper_content, send_letter, whole_text
from workflows.services.papers import preview_paper

log = structlog.get_logger(__name__)


class LettersView(DeskView):
    """What was sent and issued, and what may be written."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        case = find_case(number, self.actor)
        may_write = policy.may_write_letter(self.actor, case)
        context = {
            "case": case,
            "due": presentation.due(case, clock.now()),
            "may_write": may_write,
            "groups": _by_kind(letters.templates_for(self.actor)) if may_write else [],
            "letters": letters.letters_of(case, self.actor),
            "papers": letters.papers_of(case, self.actor),
            "reachable": letters.has_mail_address(case),
        }
        return render(request, "backoffice/letters/letters.html", context)


def _by_kind(templates: list[Any]) -> list[dict[str, Any]]:
    groups = [(kind, [row for row in templates if row.kind == kind]) for kind in LetterKind]
    return [{"label": kind.label, "templates": rows} for kind, rows in groups if rows]


class WriteView(DeskView):
    """Everything by POST: filling in the sender's name is a look at the identity, and a letter belongs in no address.

    ``do``: fill (a template chosen), preview, pdf, edit (back from the preview), send.
    """

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return redirect("backoffice:letters", number=number)

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        self.case = find_case(number, self.actor)
        if not policy.may_write_letter(self.actor, self.case):
            raise MoveNotAllowed(
                _("Letters are written by the intake officers, handlers and supervisors of the agency responsible.")
            )
        if request.POST.get("do") == "fill":
            return self._fill(request)
        return self._written(request)

    def _fill(self, request: HttpRequest) -> HttpResponse:
        made_from = letters.find_version(_number(request, "template"), self.actor)
        draft = draft_letter(self.case, made_from, self.actor)
        signatory = letters.last_signatory(self.actor) if made_from.template.kind == LetterKind.OFFICIAL else {}
        form = empty_form(self.case, made_from, draft, signatory)
        missing = [str(LABELS[name]) for name in draft.missing]
        return self._ask(request, made_from, form, missing=missing)

    def _written(self, request: HttpRequest) -> HttpResponse:
        made_from = _made_from(request, self.actor.agency.pk)
        form = LetterForm(request.POST, kind=made_from.template.kind)
        do = request.POST.get("do", "")
        if do == "edit" or not form.is_valid():
            status = HTTPStatus.OK if do == "edit" else HTTPStatus.BAD_REQUEST
            return self._ask(request, made_from, form, status=status)
        try:
            return self._do(request, do, made_from, form)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
        except StaleCase as error:
            return self._stale(request, made_from, form, error)
        return self._ask(request, made_from, form, status=HTTPStatus.BAD_REQUEST)

    def _do(self, request: HttpRequest, do: str, made_from: LetterTemplateVersion, form: LetterForm) -> HttpResponse:
        if do == "send":
            return self._send(request, made_from, form)
        if form.cleaned_data["version"] != self.case.version:
            raise StaleCase(
                _("Someone changed this case while you were on the page."), self.case, form.cleaned_data["version"]
            )
        written = check_written(made_from.template.kind, form.written())
        if do == "pdf" and made_from.template.kind == LetterKind.OFFICIAL:
            return self._pdf(request, made_from, form)
        context: dict[str, Any] = {
            "shown": [self._shown(written)],
            "reachable": letters.has_mail_address(self.case),
            "names_sender": letters.names_sender(self.case, whole_text(written), written.addressee),
        }
        return self._show(request, "backoffice/letters/preview.html", made_from, form, **context)

    def _shown(self, written: Written) -> dict[str, Any]:
        """The entry of the sender's timeline, in the sender's words."""
        with translation.override(self.case.complaint.language):
            title = str(KINDS["letter.sent"].public) % {"who": self.actor.agency.name}
        return {"at": clock.now(), "title": title, "text": whole_text(written), "icon": "send"}

    def _send(self, request: HttpRequest, made_from: LetterTemplateVersion, form: LetterForm) -> HttpResponse:
        given = form.cleaned_data
        send_letter(
            case_id=self.case.pk, by=self.actor, version=given["version"], made_from=made_from,
            language=given["language"], written=form.written(), key=given["key"],
        )  # fmt: skip
        messages.success(request, _("The letter is on the sender's page."))
        drafts.sent(request, self._draft(made_from))
        return redirect("backoffice:letters", number=self.case.number)

    def _draft(self, made_from: LetterTemplateVersion) -> str:
        return drafts.draft_name(self.case, self.actor, f"letter-{made_from.template_id}")

    def _pdf(self, request: HttpRequest, made_from: LetterTemplateVersion, form: LetterForm) -> HttpResponse:
        document_type = made_from.template.document_type
        content = paper_content(document_type, check_written(made_from.template.kind, form.written()))
        try:
            pdf = preview_paper(
                template=PAPER_TEMPLATE, content=content, agency=self.actor.agency, document_type=document_type,
                place=self.case.province.name,
            )  # fmt: skip
        except RenderError as error:
            log.error("preview failed", case=self.case.pk, error=type(error).__name__)
            form.add_error(None, _("The PDF could not be made. Please try again, or tell your administrator."))
            return self._ask(request, made_from, form, status=HTTPStatus.SERVICE_UNAVAILABLE)
        response = HttpResponse(pdf, content_type="application/pdf")
        response["Content-Disposition"] = f'attachment; filename="{self.case.number}-du-thao.pdf"'
        response["Cache-Control"] = "no-store"
        return response

    def _stale(
        self, request: HttpRequest, made_from: LetterTemplateVersion, form: LetterForm, error: StaleCase
    ) -> HttpResponse:
        """The person's own text, at the present version, and what changed since."""
        case = self.case = find_case(self.case.number, self.actor)
        data = {**form.data.dict(), "version": str(case.version)}  # type: ignore[attr-defined]
        changes = presentation.timeline_entries(case_timeline(case, self.actor, since_version=error.seen))
        fresh = LetterForm(data, kind=made_from.template.kind)
        return self._ask(request, made_from, fresh, status=HTTPStatus.CONFLICT, changes=changes, stale=True)

    def _ask(
        self, request: HttpRequest, made_from: LetterTemplateVersion, form: LetterForm,
        status: HTTPStatus = HTTPStatus.OK, **context: Any,
    ) -> HttpResponse:  # fmt: skip
        context |= {"draft": self._draft(made_from)}
        return self._show(request, "backoffice/letters/write.html", made_from, form, status, **context)

    def _show(
        self, request: HttpRequest, page: str, made_from: LetterTemplateVersion, form: LetterForm,
        status: HTTPStatus = HTTPStatus.OK, **context: Any,
    ) -> HttpResponse:  # fmt: skip
        shared = {
            "case": self.case,
            "due": presentation.due(self.case, clock.now()),
            "made_from": made_from,
            "template": made_from.template,
            "form": form,
            "official": made_from.template.kind == LetterKind.OFFICIAL,
        }
        response = render(request, page, shared | context, status=status)
        # It may hold the sender's name.
        response["Cache-Control"] = "no-store"
        return response


def _number(request: HttpRequest, name: str) -> int:
    """0, which is nothing's number, for what is missing or garbled."""
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _made_from(request: HttpRequest, agency_id: int) -> LetterTemplateVersion:
    """An older version too: the template may have changed while the letter was written."""
    found = (
        LetterTemplateVersion.objects.filter(pk=_number(request, "made_from"), template__agency=agency_id)
        .select_related("template")
        .first()
    )
    if found is None:
        raise CaseNotFound(_("There is no such template in your agency."))
    return found


class LetterView(DeskView):
    """A letter that was sent, as the citizen reads it, and what it was made from."""

    def get(self, request: HttpRequest, number: str, letter: int) -> HttpResponse:
        case = find_case(number, self.actor)
        found: Letter | None = next((row for row in letters.letters_of(case, self.actor) if row.pk == letter), None)
        if found is None:
            raise CaseNotFound(_("There is no such case, or it is not yours to see."))
        context = {
            "case": case,
            "due": presentation.due(case, clock.now()),
            "letter": found,
            "own": found.agency_id == self.actor.agency.pk,
            "reachable": letters.has_mail_address(case),
        }
        return render(request, "backoffice/letters/letter.html", context)


class PaperView(DeskView):
    """An official paper's PDF. By its own number, not under the case: the issuer keeps it when the case is gone."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        paper = letters.find_paper(pk, self.actor)
        visible = Case.objects.visible_to(self.actor).filter(pk=paper.case_id).exists()
        return papers.answer(request, paper, waiting="backoffice/letters/paper.html", has_case=visible)
