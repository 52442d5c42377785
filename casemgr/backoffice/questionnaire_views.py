"""A unit's questionnaire: filled in, sent, read and sent back."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bulletins.models_reports import Answer, Questionnaire
from bulletins.policy_reports import may_lead, may_send
from bulletins.report_errors import InvalidAnswers, StaleReport
from bulletins.report_periods import Span
from bulletins.selectors_reports import find_questionnaire
from bulletins.services.report_access import may_fill
from bulletins.services.report_filling import compute_anew, save_answers
from bulletins.services.report_reviewing import return_questionnaire
from casemgr.backoffice import drafts
from casemgr.backoffice.report_access import ReportPage
from casemgr.backoffice.report_forms import AnswersForm, ReturnForm
from casemgr.backoffice.report_presentation import rows_of, said_otherwise, stale_since, standing
from events import clock
from workflows.errors import InvalidInput


class QuestionnairePage(ReportPage):
    """``answers`` in the order of the questions."""

    def load(self, pk: int) -> tuple[Questionnaire, list[Answer]]:
        questionnaire = find_questionnaire(pk, self.actor)
        return questionnaire, list(
            questionnaire.answers.select_related("question").order_by("question__position", "pk")
        )

    def draft(self, questionnaire: Questionnaire) -> str:
        return f"report:{questionnaire.pk}:{self.actor.person.pk}"

    def show(
        self, request: HttpRequest, questionnaire: Questionnaire, answers: list[Answer], form: AnswersForm,
        status: HTTPStatus = HTTPStatus.OK, **more: Any,
    ) -> HttpResponse:  # fmt: skip
        report = questionnaire.report
        fills = may_fill(self.actor, questionnaire) and report.is_open and not questionnaire.is_submitted
        rows = rows_of(form, answers, more.pop("meanwhile", None))
        context = {
            "questionnaire": questionnaire, "report": report, "span": Span(report.first, report.last), "form": form,
            "figures": [row for row in rows if row["question"].is_figure],
            "tellings": [row for row in rows if not row["question"].is_figure],
            "figures_of": stale_since(answers, clock.now()), "fills": fills, "sends": fills and may_send(self.actor),
            "standing": standing(questionnaire, clock.now()),
            "returns": list(questionnaire.returns.select_related("returned_by")),
            "leads": may_lead(self.actor),
            "return_form": self._return_form(questionnaire), "draft": self.draft(questionnaire),
        }  # fmt: skip
        return render(request, "backoffice/reports/questionnaire.html", context | more, status=status)

    def _return_form(self, questionnaire: Questionnaire) -> ReturnForm | None:
        if may_lead(self.actor) and questionnaire.is_submitted and questionnaire.report.is_open:
            return ReturnForm(initial={"version": questionnaire.version})
        return None


class QuestionnaireView(QuestionnairePage):
    """POST ``do``: ``save`` keeps a draft, ``compute`` takes the cases' figures anew, ``send`` reports."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        questionnaire, answers = self.load(pk)
        form = AnswersForm(answers=answers, version=questionnaire.version)
        return self.show(request, questionnaire, answers, form)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        questionnaire, answers = self.load(pk)
        form = AnswersForm(request.POST, answers=answers, version=questionnaire.version)
        if not form.is_valid():
            form.mark_the_rest(sending=request.POST.get("do") == "send")
            return self.show(request, questionnaire, answers, form, HTTPStatus.BAD_REQUEST)
        try:
            self._do(request, questionnaire, form)
        except StaleReport as error:
            return self._stale(request, pk, str(error))
        except InvalidAnswers as error:
            form.mark(error.fields)
            return self.show(request, questionnaire, answers, form, HTTPStatus.BAD_REQUEST)
        drafts.sent(request, self.draft(questionnaire))
        return redirect("backoffice:questionnaire", pk=pk)

    def _do(self, request: HttpRequest, questionnaire: Questionnaire, form: AnswersForm) -> None:
        do = request.POST.get("do", "save")
        saved = save_answers(
            questionnaire_id=questionnaire.pk, by=self.actor, version=form.cleaned_data["version"], given=form.given(),
            send=do == "send",
        )  # fmt: skip
        if do == "compute":
            compute_anew(questionnaire_id=saved.pk, by=self.actor, version=saved.version)
            messages.success(request, _("Saved; the figures of the cases are as of now."))
        elif do == "send":
            messages.success(request, _("Your report was sent. It is locked now."))
        else:
            messages.success(request, _("Saved. Nothing is sent yet."))

    def _stale(self, request: HttpRequest, pk: int, sentence: str) -> HttpResponse:
        """What was typed stays, with the version that is saved now and what it says otherwise."""
        questionnaire, answers = self.load(pk)
        data = request.POST.copy()
        data["version"] = str(questionnaire.version)
        form = AnswersForm(data, answers=answers, version=questionnaire.version)
        form.is_valid()
        return self.show(
            request, questionnaire, answers, form, HTTPStatus.CONFLICT, stale=sentence,
            meanwhile=said_otherwise(answers, form),
        )  # fmt: skip


class ReturnView(QuestionnairePage):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A refusal stays at this address; reloaded, it is the page it was asked from."""
        return redirect("backoffice:questionnaire", pk=find_questionnaire(pk, self.actor).pk)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        questionnaire, answers = self.load(pk)
        form = ReturnForm(request.POST)
        if form.is_valid():
            said = form.cleaned_data
            try:
                return_questionnaire(questionnaire_id=pk, by=self.actor, version=said["version"], reason=said["reason"])
            except InvalidInput as error:
                form.add_error(error.field, str(error))
            else:
                messages.success(request, _("Sent back. The unit is told and can correct it."))
                return redirect("backoffice:report", pk=questionnaire.report_id)
        unbound = AnswersForm(answers=answers, version=questionnaire.version)
        return self.show(request, questionnaire, answers, unbound, HTTPStatus.BAD_REQUEST, return_form=form)
