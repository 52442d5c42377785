"""The duty roster: who is told first of what comes in, and when."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.duty import may_plan_duty, shifts_of
from agencies.services.duty import DutyRefused, end_duty, plan_duty
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.duty_forms import DutyForm
from events import clock

SHOWN = 200


class DutyView(DeskView):
    """GET the roster, for everybody who handles cases; POST one turn more, for supervisors."""

    def get(self, request: HttpRequest, form: DutyForm | None = None) -> HttpResponse:
        now = clock.now()
        rows = list(shifts_of(self.actor, now)[: SHOWN + 1])
        may_plan = may_plan_duty(self.actor)
        context = {
            "now_on_duty": [row for row in rows if row.starts_at <= now],
            "coming": [row for row in rows[:SHOWN] if row.starts_at > now],
            "is_cut": len(rows) > SHOWN,
            "form": (form or DutyForm(actor=self.actor)) if may_plan else None,
            "may_plan": may_plan,
        }
        status = HTTPStatus.BAD_REQUEST if form is not None else HTTPStatus.OK
        return render(request, "backoffice/duty.html", context, status=status)

    def post(self, request: HttpRequest) -> HttpResponse:
        if not may_plan_duty(self.actor):
            raise PermissionDenied
        form = DutyForm(request.POST, actor=self.actor)
        if not form.is_valid():
            return self.get(request, form)
        place = form.place()
        try:
            made = plan_duty(by=self.actor, agency=place.agency, person=place.person, periods=form.periods())  # type: ignore[arg-type]
        except DutyRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else "who", str(refused))
            return self.get(request, form)
        text = ngettext("%(n)d turn of duty is on the roster.", "%(n)d turns of duty are on the roster.", len(made))
        messages.success(request, text % {"n": len(made)})
        return redirect("backoffice:duty")


class EndDutyView(DeskView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect("backoffice:duty")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not may_plan_duty(self.actor):
            raise PermissionDenied
        if not end_duty(by=self.actor, shift_id=pk):
            raise Http404
        messages.success(request, _("Taken off the roster."))
        return redirect("backoffice:duty")
