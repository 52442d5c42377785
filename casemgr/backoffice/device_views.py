"""“My devices”: browsers that are woken although no page is open, and the worker that runs in them."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from casemgr.backoffice.browser_names import name_of
from casemgr.backoffice.notice_views import MemberView
from notifications.selectors import own_devices
from notifications.services.devices import MOST, allow_device, remove_device
from notifications.web_push import Subscription, public_key
from workflows.errors import InvalidInput

WORKER = "casemgr/js/push-worker.js"


class DevicesView(MemberView):
    """GET the list; POST what the browser at hand says of itself adds it."""

    def get(self, request: HttpRequest, error: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
        ours = public_key()
        rows = [(device, device.server_key == ours) for device in own_devices(self.actor.person)[: 2 * MOST]]
        context = {"devices": rows, "public_key": ours, "error": error}
        return render(request, "backoffice/devices.html", context, status=status)

    def post(self, request: HttpRequest) -> HttpResponse:
        said = Subscription(*(request.POST.get(name, "").replace("\x00", "") for name in ("endpoint", "key", "auth")))
        try:
            allow_device(by=self.actor, subscription=said, label=name_of(request.headers.get("User-Agent", "")))
        except InvalidInput as refused:
            return self.get(request, str(refused), HTTPStatus.BAD_REQUEST)
        messages.success(request, _("This device takes push messages now. Choose below what comes to it."))
        return redirect("backoffice:notice-settings")


class EndDeviceView(MemberView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return redirect("backoffice:notice-devices")

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not remove_device(by=self.actor, device_id=pk):
            raise Http404
        messages.success(request, _("Nothing is pushed to this device any more."))
        return redirect("backoffice:notice-devices")


@login_not_required
@require_GET
def push_worker(request: HttpRequest) -> HttpResponse:
    """Under one address for all builds, and over the pages it opens: a browser keeps a worker by its address, and lets it
    reach no further than its folder. It holds nothing of anybody, and is asked for when nobody is signed in too."""
    script = (settings.BASE_DIR / "static" / WORKER).read_bytes()
    return HttpResponse(script, content_type="text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})
