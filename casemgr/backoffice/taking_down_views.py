"""Taking a published warning down before its time: a photo that was badly covered, a decision that was annulled."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bulletins import policy, selectors
from bulletins.services import publishing
from casemgr.backoffice.bulletins_access import BulletinsView, tabs
from casemgr.backoffice.bulletins_forms import TakeDownForm
from workflows.errors import InvalidInput


class TakeDownView(BulletinsView):
    def get(self, request: HttpRequest, version: int, pk: int) -> HttpResponse:
        return self._ask(request, version, pk, TakeDownForm())

    def post(self, request: HttpRequest, version: int, pk: int) -> HttpResponse:
        selectors.find_told_item(selectors.find_version(version, self.actor), pk)
        form = TakeDownForm(request.POST)
        if not form.is_valid():
            return self._ask(request, version, pk, form, HTTPStatus.BAD_REQUEST)
        try:
            publishing.take_down(item_id=pk, reason=form.cleaned_data["reason"], by=self.actor)
        except InvalidInput as error:
            form.add_error("reason", str(error))
            return self._ask(request, version, pk, form, HTTPStatus.BAD_REQUEST)
        messages.success(request, _("It was taken down."))
        return redirect("backoffice:bulletin", pk=version)

    def _ask(
        self, request: HttpRequest, version: int, pk: int, form: TakeDownForm, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        policy.require_taking_down(self.actor)
        of = selectors.find_version(version, self.actor)
        consequences = [
            _("No page, photo, poster or feed shows it any more, in any version of any bulletin."),
            _("The signed PDFs that hold it are no longer handed out."),
            _("It does not come back."),
        ]
        context = {**tabs(of), "form": form, "item": selectors.find_told_item(of, pk), "consequences": consequences}
        return render(request, "backoffice/bulletins/take_down.html", context, status=status)
