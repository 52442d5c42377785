"""Many cases at once: chosen in the queue, asked about, previewed case by case, confirmed, answered case by case."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from casemgr.backoffice import drafts
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.bulk_forms import FORMS, BulkForm
from workflows.errors import CaseNotFound, InvalidInput
from workflows.models import BulkItem
from workflows.selectors.bulk import Prospect, bulk_of, prospects
from workflows.services.bulk import AT_MOST, ask_bulk, carry_on
from workflows.states import MOVE, State

# A request answers within about a second; the relay goes on with what is left.
SECONDS = 1.0


class BulkView(DeskView):
    """``?case=`` once per case. GET asks; POST with ``step`` preview shows what would happen, ``step`` do does it.

    The cases stay in the address, so that signing in again or reloading leads back to the same page.
    """

    def get(self, request: HttpRequest, move: str) -> HttpResponse:
        return self._ask(self._form(move))

    def post(self, request: HttpRequest, move: str) -> HttpResponse:
        form = self._form(move, request.POST)
        if not form.is_valid():
            return self._ask(form, HTTPStatus.BAD_REQUEST)
        if request.POST.get("step") == "preview":
            return self._preview(form)
        if request.POST.get("step") == "do":
            return self._do(form)
        return self._ask(form)

    def _form(self, move: str, data: Any = None) -> BulkForm:
        if move not in FORMS:
            raise CaseNotFound(_("There is no such page, or it is not yours to see."))
        return FORMS[move](data, actor=self.actor)

    def _numbers(self) -> list[str]:
        """Raises InvalidInput for none, or more than `AT_MOST`."""
        numbers = [number.replace("\x00", "").upper() for number in dict.fromkeys(self.request.GET.getlist("case"))]
        if not numbers:
            raise InvalidInput("case", _("No case was chosen. Tick cases in the list, then choose what to do."))
        if len(numbers) > AT_MOST:
            raise InvalidInput("case", _("At most %(n)d cases at a time.") % {"n": AT_MOST})
        return numbers

    def _ask(self, form: BulkForm, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        return self._page(
            "backoffice/board/bulk_ask.html", form, prospects(self.actor, self._numbers(), self._move), status
        )

    def _preview(self, form: BulkForm) -> HttpResponse:
        named = form.named()
        found = prospects(self.actor, self._numbers(), self._move, **named)
        more = {"token": uuid.uuid4(), **named}
        return self._page("backoffice/board/bulk_preview.html", form, found, HTTPStatus.OK, **more)

    def _do(self, form: BulkForm) -> HttpResponse:
        token = _uuid(self.request.POST.get("token", ""))
        if token is None:
            return self._preview(form)
        seen = _seen(self.request.POST.getlist("chosen"))
        known = {p.case.number: p.case.pk for p in prospects(self.actor, list(seen), self._move)}
        cases = [(known[number], version) for number, version in seen.items() if number in known]
        reason = form.cleaned_data.get("reason", "")
        bulk = ask_bulk(by=self.actor, token=token, move=self._move, cases=cases, reason=reason, **form.arguments())
        carry_on(bulk.pk, seconds=SECONDS)
        drafts.sent(self.request, self._draft)
        return redirect("backoffice:bulk-result", token=bulk.token)

    @property
    def _move(self) -> str:
        return str(self.kwargs["move"])

    @property
    def _draft(self) -> str:
        return f"bulk:{self._move}:{self.actor.person.pk}"

    def _page(
        self, template: str, form: BulkForm, found: list[Prospect], status: HTTPStatus, **more: Any
    ) -> HttpResponse:
        possible = [one for one in found if not one.why_not]
        context = {
            "move": MOVE[self._move],
            "form": form,
            "possible": [{"case": one.case, "effect": _effect(one, self._move, more)} for one in possible],
            "impossible": [one for one in found if one.why_not],
            "unknown": sorted({*self._numbers()} - {one.case.number for one in found}),
            "action": self.request.get_full_path(),
            "draft": self._draft,
            "at_most": AT_MOST,
            **more,
        }
        return render(self.request, template, context, status=status)


class BulkResultView(DeskView):
    """What became of each case; it asks again by itself while some wait."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        bulk = bulk_of(self.actor, _uuid(token))
        items = list(bulk.items.select_related("case").order_by("position"))
        waiting = sum(item.result == BulkItem.Result.WAITING for item in items)
        context = {
            "bulk": bulk,
            "move": MOVE[bulk.move],
            "groups": _groups(items),
            "waiting": waiting,
            "done": len(items) - waiting,
            "all": len(items),
            "succeeded": sum(item.result == BulkItem.Result.DONE for item in items),
        }
        return render(request, "backoffice/board/bulk_result.html", context)


def _effect(one: Prospect, move: str, named: dict[str, Any]) -> str:
    """What happens to this case, in a sentence; before the form is filled in, where it stands."""
    case = one.case
    if move == "assign" and "handler" in named:
        words = {"before": case.handler or _("nobody yet"), "after": named["handler"]}
        return _("From %(before)s to %(after)s.") % words
    if move == "refer" and "to" in named:
        words = {"to": named["to"].short_name}
        if case.track not in named["to"].tracks:
            return _("Offered to %(to)s, which is not competent for this track: your reason has to say why.") % words
        return _("Offered to %(to)s; it stays yours until they take it.") % words
    if move == "close":
        return _("From “%(state)s” to “Closed”.") % {"state": State(case.state).label}
    return _("Now with %(name)s.") % {"name": case.handler or _("nobody yet")}


def _groups(items: Sequence[BulkItem]) -> list[dict[str, Any]]:
    """Results with their cases: what needs looking after first, what was done last."""
    order = [BulkItem.Result.FAILED, BulkItem.Result.CHANGED, BulkItem.Result.NOT_ALLOWED, BulkItem.Result.INVALID]
    order += [BulkItem.Result.WAITING, BulkItem.Result.DONE]
    found = [{"result": result, "items": [i for i in items if i.result == result]} for result in order]
    return [group for group in found if group["items"]]


def _seen(chosen: Sequence[str]) -> dict[str, int]:
    """Number → version, of ``NUMBER:VERSION``; what is garbled is passed over."""
    pairs = (text.partition(":") for text in chosen[: AT_MOST + 1])
    return {number: int(v) for number, _colon, v in pairs if v.isdecimal() and len(v) < 10}


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
