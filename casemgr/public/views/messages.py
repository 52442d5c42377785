"""The messages about a report: ended by one click, wanted again, and the address they go to."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from agencies.actors import Citizen
from casemgr.public import following
from casemgr.public.views.pages import show
from casemgr.public.views.tracking import ReportView
from workflows.models import Case
from workflows.reaching import complaint_of, is_stopped
from workflows.services.mail_stops import confirm_own_address, resume_messages, stop_messages


# A mail program posts without a cookie (RFC 8058): what admits it is the signed token in the address.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mail_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Asks; a POST ends the messages. Looking does nothing: programs look at every link in a mail."""
    citizen = _citizen(token)
    if request.method == "POST":
        stop_messages(by=citizen)
    return _page(request, token, citizen)


@login_not_required
@never_cache
@require_POST
def mail_resume(request: HttpRequest, token: str) -> HttpResponse:
    citizen = _citizen(token)
    resume_messages(by=citizen)
    return redirect("public:mail-stop", token=token)


def _citizen(token: str) -> Citizen:
    complaint_id = complaint_of(token)
    if complaint_id is None or not Case.objects.visible_to(Citizen(complaint_id)).exists():
        raise Http404
    return Citizen(complaint_id)


def _page(request: HttpRequest, token: str, citizen: Citizen) -> HttpResponse:
    context = {"token": token, "stopped": is_stopped(citizen.complaint_id or 0)}
    return show(request, "public/mail_stop.html", context, section="track", status=HTTPStatus.OK)


class Messages(ReportView):
    """The same from the report's own page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("public:report")

    def post(self, request: HttpRequest) -> HttpResponse:
        citizen = Citizen(self.case.complaint_id)
        match request.POST.get("do"):
            case "stop":
                stop_messages(by=citizen)
                messages.success(request, _("You get no more messages about this report."))
            case "resume":
                resume_messages(by=citizen)
                messages.success(request, _("You get messages about this report again."))
            case "confirm":
                confirm_own_address(by=citizen)
                messages.success(request, _("We write to this address again."))
        response = redirect("public:report")
        following.remember(response, self.case.complaint_id)
        return response
