"""The time limits of a case on its page, and their extension by a supervisor."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agencies.actors import Member
from casemgr.backoffice import presentation
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.clocks_forms import ExtendForm
from events import clock
from workflows.clocks import timetable
from workflows.errors import InvalidInput, MoveNotAllowed, StaleCase
from workflows.models import Case, Clock, ExtensionRule
from workflows.selectors.casefile import find_case
from workflows.selectors.clocks import RunningClock, running_clocks
from workflows.services.extending import extend_clock


def clock_rows(case: Case, actor: Member) -> list[dict[str, Any]]:
    """What `backoffice/clocks/_running.html` shows of each clock."""
    if actor.agency.assisted_intake_only:
        return []
    return [_row(case, found) for found in running_clocks(case, actor)]


def _row(case: Case, found: RunningClock) -> dict[str, Any]:
    row = found.row
    times = ngettext("extended once", "extended %(count)s times", row.extended) % {"count": row.extended}
    return {
        "label": row.label,
        "at": row.due_at,
        "status": "paused" if row.paused_at else "overdue" if found.late else "ok",
        "words": "" if row.paused_at else _words(found),
        "basis": row.rule.legal_basis,
        "extended": times if row.extended else "",
        "extend_url": reverse("backoffice:clock-extend", args=[case.number, row.obligation]) if found.step else "",
    }


def _words(found: RunningClock) -> str:
    words = _("%(span)s overdue") if found.late else _("%(span)s left")
    return words % {"span": presentation.span(found.row.due_at - clock.now())}


class ExtendView(DeskView):
    """GET asks, POST extends by the law's next step."""

    def get(self, request: HttpRequest, number: str, obligation: str) -> HttpResponse:
        case = find_case(number, self.actor)
        return self._ask(request, case, obligation, ExtendForm(case=case, actor=self.actor))

    def post(self, request: HttpRequest, number: str, obligation: str) -> HttpResponse:
        case = find_case(number, self.actor)
        form, status = ExtendForm(request.POST, case=case, actor=self.actor), HTTPStatus.BAD_REQUEST
        try:
            if form.is_valid():
                extend_clock(case_id=case.pk, by=self.actor, obligation=obligation, **form.arguments())
                messages.success(request, _extended(case))
                return redirect("backoffice:case", number=case.number)
        except InvalidInput as error:
            form.add_error(error.field, str(error))
        except StaleCase as error:
            form, status = self._fresh(request, case, str(error)), HTTPStatus.CONFLICT
        return self._ask(request, case, obligation, form, status)

    def _fresh(self, request: HttpRequest, case: Case, message: str) -> ExtendForm:
        """At the present version, with what was typed."""
        typed = {"reason": request.POST.get("reason", ""), "version": case.version}
        form = ExtendForm(typed, case=case, actor=self.actor)
        form.add_error(None, message)
        return form

    def _ask(
        self, request: HttpRequest, case: Case, obligation: str, form: ExtendForm, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        found = next((f for f in running_clocks(case, self.actor) if f.row.obligation == obligation and f.step), None)
        if found is None or found.step is None:
            raise MoveNotAllowed(_("The law allows no further extension of this time limit, or not by you."))
        context = {
            "case": case,
            "due": presentation.due(case, clock.now()),
            "form": form,
            "clock": _row(case, found),
            "consequences": _consequences(case, found.row, found.step),
        }
        return render(request, "backoffice/clocks/extend.html", context, status=status)


def _extended(case: Case) -> str:
    if not case.has_sender:
        return _("The time limit is extended.")
    return _("The time limit is extended; the sender sees it on the tracking page.")


def _consequences(case: Case, row: Clock, step: ExtensionRule) -> list[str]:
    end = timetable(case.province_id).extended(row, row.due_at, step, row.rule, case.owner_id)
    new_end = _("The new end: %(when)s.") % {"when": presentation.moment(end)}
    amount = {"amount": step.amount, "unit": step.get_unit_display()}
    length = (
        _("The limit becomes %(amount)s %(unit)s in all.") if step.in_all else _("The limit becomes %(amount)s %(unit)s longer.")
    )  # fmt: skip
    asked = {"amount": step.ask_before_amount, "unit": step.get_ask_before_unit_display()}
    late = [_("It is asked for at least %(amount)s %(unit)s before the end.") % asked] if step.ask_before_amount else []
    return [length % amount, new_end, *late, _("Legal basis: %(basis)s.") % {"basis": step.legal_basis.rstrip(".")}]
