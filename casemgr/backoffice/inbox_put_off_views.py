"""Putting a notification off, muting and following a case."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from agencies.actors import Member
from casemgr.backoffice.access import requires_desk
from casemgr.backoffice.inbox_rows import rows_of
from casemgr.backoffice.inbox_views import SignedIn, own_or_404
from casemgr.public.fields import ClockTime, instant
from casemgr.rooms.forms import ComingDay
from events import clock
from notifications.services import marking, watching
from workflows.deadlines import HANOI
from workflows.errors import InvalidInput
from workflows.selectors.casefile import find_case

MORNING = time(8)
HOURS, TOMORROW, MONDAY, OTHER = "hours", "tomorrow", "monday", "other"


def moment_of(choice: str, now: datetime) -> datetime:
    """The moment a ready choice means, in Hanoi."""
    here = now.astimezone(HANOI)
    if choice == HOURS:
        return here + timedelta(hours=3)
    days = 1 if choice == TOMORROW else 7 - here.weekday()
    return datetime.combine(here.date() + timedelta(days=days), MORNING, HANOI)


class PutOffForm(forms.Form):
    """Until when a notification is put off; the service says which moments will do."""

    use_required_attribute = False

    until = forms.ChoiceField(
        label=gettext_lazy("Show it again"),
        choices=[
            (HOURS, gettext_lazy("in three hours")),
            (TOMORROW, gettext_lazy("tomorrow at 8:00")),
            (MONDAY, gettext_lazy("next Monday at 8:00")),
            (OTHER, gettext_lazy("at another time, written below")),
        ],
        initial=TOMORROW,
        widget=forms.RadioSelect,
    )
    day = ComingDay(label=gettext_lazy("Day"), required=False, help_text=gettext_lazy("Day/month/year."))
    at = ClockTime(label=gettext_lazy("Time"), required=False, help_text=gettext_lazy("For example 14:30."))

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("until") == OTHER:
            for name in ("day", "at"):
                if said.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Write the day and the time."))
        return said

    def moment(self) -> datetime:
        said = self.cleaned_data
        return instant(said["day"], said["at"]) if said["until"] == OTHER else moment_of(said["until"], clock.now())


@require_http_methods(["GET", "POST"])
def put_off(request: SignedIn, pk: int) -> HttpResponse:
    """Asked on a page of its own; what was typed comes back with what is wrong with it."""
    notification = own_or_404(request, pk)
    form = PutOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            until = form.moment()
            marking.put_off(notification, until)
        except InvalidInput as error:
            form.add_error(error.field, str(error))
        else:
            shown = timezone.localtime(until, HANOI).strftime("%H:%M %d/%m/%Y")
            messages.success(request, _("Put off until %(at)s.") % {"at": shown})
            return redirect("backoffice:inbox")
    status = HTTPStatus.BAD_REQUEST if form.errors else HTTPStatus.OK
    (row,) = rows_of(request.user, [notification])
    return render(request, "backoffice/inbox_put_off.html", {"form": form, "row": row}, status=status)


@require_POST
def take_up(request: SignedIn, pk: int) -> HttpResponse:
    marking.take_up(own_or_404(request, pk))
    return redirect("backoffice:inbox")


@require_POST
@requires_desk
def mute(request: HttpRequest, actor: Member, number: str) -> HttpResponse:
    case = find_case(number, actor)
    watching.mute_case(case_id=case.pk, by=actor)
    told = _("You hear no more of case %(number)s. What is urgent, or compulsory in your agency, comes all the same.")
    messages.success(request, told % {"number": case.number})
    return redirect("backoffice:inbox") if "inbox" in request.POST else redirect("backoffice:case", number=case.number)


@require_POST
@requires_desk
def follow(request: HttpRequest, actor: Member, number: str) -> HttpResponse:
    case = find_case(number, actor)
    watching.follow_case(case_id=case.pk, by=actor)
    told = _("You follow case %(number)s: you are told what concerns your agency, as long as you may see the case.")
    messages.success(request, told % {"number": case.number})
    return redirect("backoffice:case", number=case.number)


@require_POST
def end_follow(request: SignedIn, pk: int) -> HttpResponse:
    watching.end_follow(follow_id=pk, person=request.user)
    messages.success(request, _("You follow this case no more."))
    return _back(request)


@require_POST
def end_mute(request: SignedIn, pk: int) -> HttpResponse:
    watching.end_mute(mute_id=pk, person=request.user)
    messages.success(request, _("You hear of this case again."))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the case it was done on; else to the settings, where cases stand that may be seen no more."""
    number = request.POST.get("case", "")[:20]
    return redirect("backoffice:case", number=number) if number else redirect("backoffice:notice-settings")
