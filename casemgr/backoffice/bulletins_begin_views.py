"""Beginning a bulletin; of a period that has one already, only by who was told so."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from bulletins import policy
from bulletins.errors import AlreadyBegun
from bulletins.services import editing
from casemgr.backoffice.bulletins_access import BulletinsView, span_of
from casemgr.backoffice.bulletins_forms import BeginForm
from workflows.errors import InvalidInput


class BeginView(BulletinsView):
    def get(self, request: HttpRequest) -> HttpResponse:
        policy.require_editor(self.actor)
        return self._ask(request, BeginForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = BeginForm(request.POST)
        if not form.is_valid():
            return self._ask(request, form, HTTPStatus.BAD_REQUEST)
        given = form.cleaned_data
        try:
            version = editing.begin_bulletin(
                province=self.province(), span=form.span(), audience=given["audience"], title=given["title"],
                beside=form.beside(), by=self.actor,
            )  # fmt: skip
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self._ask(request, form, HTTPStatus.BAD_REQUEST)
        except AlreadyBegun as error:
            told = {"already": [_described(bulletin) for bulletin in error.bulletins]}
            return self._ask(request, form.knowing(error.bulletins), HTTPStatus.CONFLICT, **told)
        return redirect("backoffice:bulletin", pk=version.pk)

    def _ask(
        self, request: HttpRequest, form: BeginForm, status: HTTPStatus = HTTPStatus.OK, **more: Any
    ) -> HttpResponse:
        return render(request, "backoffice/bulletins/begin.html", {"form": form, **more}, status=status)


def _described(bulletin: Any) -> dict[str, Any]:
    return {"words": span_of(bulletin).words, "bulletin": bulletin, "version": bulletin.versions.all()[0]}
