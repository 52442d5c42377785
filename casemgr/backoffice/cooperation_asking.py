"""Asking another agency for help: a form, then exactly what it will see, then the request."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from casemgr.backoffice import cooperation_presentation as presentation
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.cooperation_forms import AskForm
from complaints import codes
from complaints.models import Evidence, Indicator
from workflows import policy_cooperation as policy
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import Case
from workflows.selectors.casefile import find_case
from workflows.services.cooperation import ask_cooperation


class AskView(DeskView):
    """A form, then exactly what the other agency will see, then the request."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        case = self._case(number)
        form = AskForm(case=case, initial={"key": codes.new_idempotency_key()})
        return self._ask(request, case, form)

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        case = self._case(number)
        form = AskForm(request.POST, case=case)
        if not form.is_valid() or "change" in request.POST:
            return self._ask(request, case, form, HTTPStatus.OK if "change" in request.POST else HTTPStatus.BAD_REQUEST)
        if "confirmed" not in request.POST:
            return self._preview(request, case, form)
        try:
            asked = ask_cooperation(
                case_id=case.pk,
                by=self.actor,
                key=form.cleaned_data["key"],
                request=form.request(),
                shared=form.shared(),
            )
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self._ask(request, case, form, HTTPStatus.BAD_REQUEST)
        messages.success(request, _("%(agency)s is asked now.") % {"agency": asked.target})
        return redirect("backoffice:cooperation", pk=asked.pk)

    def _case(self, number: str) -> Case:
        case = find_case(number, self.actor)
        if not policy.may_ask(self.actor, case):
            raise MoveNotAllowed(_("Only the case's handler or a supervisor asks for help, while the case is open."))
        return case

    def _ask(self, request: HttpRequest, case: Case, form: AskForm, status: int = HTTPStatus.OK) -> HttpResponse:
        return render(request, "backoffice/cooperation/ask.html", {"case": case, "form": form}, status=status)

    def _preview(self, request: HttpRequest, case: Case, form: AskForm) -> HttpResponse:
        asked, shown = form.request(), form.shared()
        about = case.complaint
        context = {
            "case": case,
            "asked": asked,
            "thing": asked.deliverable or asked.other,
            "shared": presentation.shared(
                case,
                shown.summary,
                list(shown.facts),
                list(Indicator.objects.filter(complaint=about, pk__in=shown.indicators)),
                list(Evidence.objects.filter(complaint=about, pk__in=shown.evidence)),
            ),
            "typed": [(name, text) for name in form.fields for text in request.POST.getlist(name)],
        }
        return render(request, "backoffice/cooperation/preview.html", context)
