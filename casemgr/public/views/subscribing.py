"""Bulletins by e-mail: asked for, confirmed from the mailbox, ended with one click. No page ever shows an address that
is known, or says whether one is."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from agencies.models import Province
from bulletins.models import MOST_WAITING
from bulletins.services import subscribing
from casemgr.public import cost
from casemgr.public.subscribe_form import SubscribeForm
from casemgr.public.views.pages import SeeOther, show

_TOO_SOON = _("Many people subscribe right now, so every request has to wait a little. Please count to ten, then press the button again.")  # fmt: skip


@method_decorator([login_not_required, never_cache], name="dispatch")
class Subscribe(View):
    """Every well-formed address gets the same answer, whether it is known or not."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._ask(SubscribeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = SubscribeForm(request.POST)
        if not form.is_valid():
            return self._ask(form)
        payment = cost.Payment(request.POST.get("altcha", ""), request.POST.get("ticket", ""))
        if cost.is_demanded(cost.SUBSCRIPTIONS) and not payment.is_enough():
            form.add_error(None, str(_TOO_SOON))
            return self._ask(form)
        cost.count(cost.SUBSCRIPTIONS)
        province = get_object_or_404(Province, pk=settings.DEFAULT_PROVINCE)
        subscribing.ask(province=province, **form.cleaned_data)
        return SeeOther(reverse("public:subscribe-sent"))

    def _ask(self, form: SubscribeForm) -> HttpResponse:
        demanded = cost.is_demanded(cost.SUBSCRIPTIONS)
        context = {
            "form": form, "has_price": demanded, "ticket": cost.new_token() if demanded else "", **_limits(),
        }  # fmt: skip
        return show(self.request, "public/subscribe.html", context)


def _limits() -> dict[str, int]:
    hours = int(subscribing.VALID.total_seconds() // 3600)
    return {"hours": hours, "most": MOST_WAITING, "days": subscribing.SET_ASIDE_KEPT.days}


@login_not_required
@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    return show(request, "public/subscribe_sent.html", _limits())


@method_decorator([login_not_required, never_cache], name="dispatch")
class Confirm(View):
    """Asks; a POST confirms. Looking does nothing: programs look at every link in a mail."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        asked = subscribing.waiting(token)
        if asked is None:
            return self._gone()
        return show(request, "public/subscribe_confirm.html", {"asked": asked, "token": token})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        if not subscribing.confirm(token):
            return self._gone()
        return show(request, "public/subscribe_confirm.html", {"done": True})

    def _gone(self) -> HttpResponse:
        return show(self.request, "public/subscribe_confirm.html", {"gone": True}, status=HTTPStatus.GONE)


# A mail program posts without a cookie (RFC 8058): what admits it is the token in the address.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_page(request: HttpRequest, token: str) -> HttpResponse:
    """Asks; a POST ends the messages. A token nobody has, or has any more, gets the answer of one that was stopped."""
    if request.method == "POST":
        subscribing.stop(token)
    context = {"token": token, "subscribed": subscribing.is_subscribed(token)}
    return show(request, "public/subscribe_stop.html", context)
