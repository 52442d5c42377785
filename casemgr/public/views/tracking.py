"""Following a report: the code, the report's page, and what the citizen may do there."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from agencies.actors import Citizen
from casemgr.public import cost, drafts, files, following, standing
from casemgr.public.forms import CodeForm, WordsForm
from casemgr.public.messages_shown import messages_shown
from casemgr.public.rating import rating_of
from casemgr.public.views.pages import SeeOther, show
from complaints.models import Draft
from complaints.selectors import find_by_code
from complaints.services.recording import UploadGone
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.models import Case
from workflows.selectors.answers import answer_of
from workflows.selectors.letters import papers_of
from workflows.selectors.news import mark_for_citizen
from workflows.selectors.respondents import business_answer
from workflows.services.conclusion import object_to_outcome, withdraw_case
from workflows.services.correspondence import answer_question, supplement_case

_NO_SUCH_CODE = gettext_lazy("No report has this code. Please compare it with your receipt, group by group.")
_TOO_SOON = gettext_lazy(
    "Many wrong codes are being tried right now, so every try has to wait a little. Please count to ten, then press the button again."
)


@method_decorator([login_not_required, never_cache], name="dispatch")
class Track(View):
    """The code goes in by POST only. Every well-formed code that is unknown gets the same answer."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.ask(CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CodeForm(request.POST)
        if not form.is_valid():
            return self.ask(form)
        if cost.is_demanded() and not self._payment().is_enough():
            form.add_error(None, str(_TOO_SOON))
            return self.ask(form)
        complaint_id = find_by_code(form.cleaned_data["code"])
        if complaint_id is None:
            cost.count_failure()
            form.add_error("code", str(_NO_SUCH_CODE))
            return self.ask(form)
        response = redirect("public:report")
        following.remember(response, complaint_id)
        return response

    def _payment(self) -> cost.Payment:
        return cost.Payment(self.request.POST.get("altcha", ""), self.request.POST.get("ticket", ""))

    def ask(self, form: CodeForm) -> HttpResponse:
        return ask_for_code(self.request, form)


def ask_for_code(request: HttpRequest, form: CodeForm | None = None, **context: Any) -> HttpResponse:
    demanded = cost.is_demanded()
    context |= {"form": form or CodeForm(), "has_price": demanded, "ticket": cost.new_token() if demanded else ""}
    return show(request, "public/track.html", context, section="track")


@login_not_required
@never_cache
@require_safe
def challenge(request: HttpRequest) -> JsonResponse:
    return JsonResponse(cost.challenge())


@login_not_required
@never_cache
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    response = redirect("public:track")
    following.forget(response)
    return response


def report_page(
    request: HttpRequest, case: Case, status: HTTPStatus = HTTPStatus.OK, **wrong: forms.Form | str | list[str]
) -> HttpResponse:
    """The report; ``wrong`` replaces one action's empty form by the one that was sent, or names a problem."""
    mark = mark_for_citizen(case)  # before anything else is read: what comes meanwhile is new
    happened, rating = following.history(case), rating_of(case)
    context: dict[str, Any] = {
        "case": case,
        "mark": mark,
        "standing": standing.standing(case),
        "history": happened,
        "answer": answer_of(case),
        "followed": following.followed_history(case),
        "business_answer": business_answer(case),
        "offers": following.offers(case),
        "rating": rating,
        "rating_form": rating.form(),
        "draft_name": following.draft_name(case),
        "answer_form": WordsForm("answer"),
        "supplement_form": WordsForm("supplement"),
        "objection_form": WordsForm("objection"),
        "uploads": files.listed(drafts.supplement_of(case.complaint_id), "public:track-upload-remove"),
        "messages_to": messages_shown(case.complaint_id),
        "papers": papers_of(case, Citizen(case.complaint_id)),
        "sent_facts": following.facts_sent(case.complaint),
        "sent_files": list(
            case.complaint.evidence.filter(supplement=None, respondent=None).values_list("original_name", flat=True)
        ),
        **files.limits(),
        **wrong,
    }
    response = show(request, "public/report.html", context, section="track", status=status)
    following.remember(response, case.complaint_id)
    return response


@method_decorator([login_not_required, never_cache], name="dispatch")
class ReportView(View):
    """A page of the followed report. Without the cookie the code is asked for again, and typed text is handed back."""

    case: Case

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        case = following.followed(request)
        if case is None:
            typed = "\n\n".join(str(value) for name, value in request.POST.items() if name.endswith("-text") and value)
            return ask_for_code(request, closed=True, typed=typed[: drafts.LONGEST_VALUE])
        self.case = case
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]


class Report(ReportView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return report_page(request, self.case, **self._mistaken(request.GET.get("loi", "")))

    def _mistaken(self, name: str) -> dict[str, Any]:
        """The form that was sent with a mistake, with what was typed and what is wrong with it."""
        waiting = drafts.supplement_of(self.case.complaint_id) if name in WordsForm.LABELS else None
        typed = waiting.data.get(name) if waiting else None
        if waiting is None or typed is None:
            return {}
        refused = list(waiting.data.get(drafts.REFUSED_FILES, {}).values())
        return {f"{name}_form": WordsForm(name, typed), "file_errors": refused}


class Say(ReportView):
    """One thing the citizen says. Subclasses name the form and do it."""

    name = ""
    done = gettext_lazy("Thank you. Your words were received.")
    takes_files = False

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("public:report")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = WordsForm(self.name, request.POST)
        refused = self._take_files() if self.takes_files else []
        if not form.is_valid() or refused:
            return self._back_to_correct(refused)
        try:
            self.act(form.cleaned_data["text"])
        except InvalidInput as problem:
            form.add_error("text", str(problem))
            return self._again(form)
        except UploadGone:
            form.add_error(None, _("A file was removed in another window. Please look at the list and send again."))
            return self._again(form)
        except (MoveNotAllowed, CaseNotFound) as problem:
            return report_page(
                request, self._fresh(), HTTPStatus.FORBIDDEN, problem=str(problem), unsent=form.cleaned_data["text"]
            )
        if (waiting := drafts.supplement_of(self.case.complaint_id)) and self.name in waiting.data:
            drafts.drop(waiting, self.name)
        messages.success(request, str(self.done))
        response = redirect("public:report")
        following.remember(response, self.case.complaint_id)
        return response

    def act(self, text: str) -> None:
        raise NotImplementedError

    def _take_files(self) -> list[str]:
        given = self.request.FILES.getlist("files")
        return files.take(drafts.for_supplement(self.case.complaint_id), given) if given else []

    def _back_to_correct(self, refused: list[str]) -> HttpResponse:
        """The report by GET, where going back and reloading work; what was typed waits beside the files."""
        draft = drafts.for_supplement(self.case.complaint_id)
        drafts.keep(draft, self.name, drafts.typed_in(self.request.POST, [f"{self.name}-text"]))
        drafts.keep(draft, drafts.REFUSED_FILES, dict(enumerate(refused)))
        return SeeOther(reverse("public:report", query={"loi": self.name}))

    def _again(self, form: WordsForm) -> HttpResponse:
        shown: dict[str, Any] = {f"{self.name}_form": form}
        return report_page(self.request, self.case, **shown)

    def _fresh(self) -> Case:
        return Case.objects.select_related("complaint", "owner__kind", "offered_to").get(pk=self.case.pk)

    @property
    def citizen(self) -> Citizen:
        return Citizen(self.case.complaint_id)


class Answer(Say):
    name, takes_files = "answer", True

    @transaction.atomic
    def act(self, text: str) -> None:
        answer_question(case_id=self.case.pk, by=self.citizen, version=None, answer=text)
        if files.listed(drafts.supplement_of(self.case.complaint_id)):
            _supplement(self.case, _("Files sent with the answer."))


class AddInformation(Say):
    name, takes_files = "supplement", True

    def act(self, text: str) -> None:
        _supplement(self.case, text)


class Objection(Say):
    name = "objection"
    done = gettext_lazy("Your objection was received. The report is open again.")

    def act(self, text: str) -> None:
        object_to_outcome(case_id=self.case.pk, by=self.citizen, reason=text)


@transaction.atomic
def _supplement(case: Case, text: str) -> None:
    """The text and every file waiting for it; the row lock keeps a file still being sent for the next time."""
    waiting = drafts.supplement_of(case.complaint_id)
    locked = Draft.objects.select_for_update().filter(pk=waiting.pk).first() if waiting else None
    uploads = tuple(locked.uploads.values_list("pk", flat=True)) if locked else ()
    supplement_case(case_id=case.pk, by=Citizen(case.complaint_id), text=text, uploads=uploads)
    if locked:
        locked.delete()


class Withdraw(ReportView):
    """Asked on a page of its own, with what follows from it in words."""

    def get(self, request: HttpRequest, form: WordsForm | None = None) -> HttpResponse:
        if not following.offers(self.case).withdraw:
            return redirect("public:report")
        context = {
            "form": form or WordsForm("withdrawal"),
            "consequences": standing.withdrawal_consequences(self.case),
            "action": reverse("public:withdraw"),
            "cancel_url": reverse("public:report"),
        }
        return show(request, "public/withdraw.html", context, section="track")

    def post(self, request: HttpRequest) -> HttpResponse:
        form = WordsForm("withdrawal", request.POST)
        if not form.is_valid():
            return self.get(request, form)
        try:
            withdraw_case(case_id=self.case.pk, by=Citizen(self.case.complaint_id), reason=form.cleaned_data["text"])
        except MoveNotAllowed as problem:
            return report_page(request, self.case, HTTPStatus.FORBIDDEN, problem=str(problem))
        messages.success(request, _("Your wish to withdraw was received."))
        return redirect("public:report")
