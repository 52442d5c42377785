"""What is published, as press, broadcasters and loudspeakers take it; and what they record of having carried it.

Open to them and to those who issue bulletins. Nothing here reads a case.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bulletins import policy
from bulletins.announcement import announcement, as_text
from bulletins.bulletin_states import State
from bulletins.models import BulletinVersion, PublishedItem
from bulletins.selectors_press import (
    coverage_of,
    find_handed,
    find_item_to_carry,
    handed_versions,
    items_to_carry,
    may_take_pdf,
)
from bulletins.services.coverage import record_coverage, strike_coverage
from bulletins.services.prints import print_of
from bulletins.told_words import unnamed_copies, unnamed_of, words_of
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.bulletins_views import as_pdf
from casemgr.backoffice.press_forms import CoverageForm
from documents.pdf import RenderError
from workflows.errors import InvalidInput

log = structlog.get_logger(__name__)
SHOWN = 30


class PressView(DeskView):
    def admits(self, actor: object) -> bool:
        return policy.may_hand_over(actor)  # type: ignore[arg-type]

    def refuse(self, request: HttpRequest) -> HttpResponse:
        raise PermissionDenied


class HandedListView(PressView):
    def get(self, request: HttpRequest) -> HttpResponse:
        versions = list(handed_versions(self.actor)[:SHOWN])
        unnamed = unnamed_copies(versions)
        lines = [{"version": one, "title": words_of(one, unnamed[one.bulletin_id]).title} for one in versions]
        return render(request, "backoffice/press/list.html", {"lines": lines})


class HandedView(PressView):
    """One bulletin: its files, and the form for what was carried."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self._show(request, find_handed(pk, self.actor), CoverageForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        version, form = find_handed(pk, self.actor), CoverageForm(request.POST)
        if not form.is_valid():
            return self._show(request, version, form, HTTPStatus.BAD_REQUEST)
        try:
            record_coverage(version_id=pk, given=form.given(), by=self.actor)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self._show(request, version, form, HTTPStatus.BAD_REQUEST)
        messages.success(request, _("Recorded. Thank you."))
        return redirect("backoffice:press-bulletin", pk=pk)

    def _show(
        self, request: HttpRequest, version: BulletinVersion, form: CoverageForm, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        items, unnamed = items_to_carry(version), unnamed_of(version)
        context: dict[str, Any] = {
            "title": words_of(version, unnamed).title,
            "version": version, "form": form, "items": items, "symbol": symbol_of(version),
            "stands": version.state == State.PUBLISHED, "may_take_pdf": may_take_pdf(version),
            "spoken": announcement(version, items, unnamed) if version.state == State.PUBLISHED else None,
            "coverage": coverage_of(version, self.actor), "own": self.actor.agency.pk,
        }  # fmt: skip
        return render(request, "backoffice/press/bulletin.html", context, status=status)


def symbol_of(version: BulletinVersion) -> str:
    return str(version.registered).removeprefix("Số: ") if version.registered else ""


def as_file(body: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-cache"
    return response


class PdfView(PressView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = find_handed(pk, self.actor)
        if not may_take_pdf(version):
            raise Http404
        with default_storage.open(str(version.issued.name)) as opened:
            return as_pdf(opened.read(), f"thong-bao-{pk}.pdf")


class AnnouncementView(PressView):
    """The whole bulletin to be read aloud."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = find_handed(pk, self.actor)
        if version.state != State.PUBLISHED:
            raise Http404
        return _spoken(version, items_to_carry(version), f"loa-phat-thanh-{pk}.txt")


class ItemAnnouncementView(PressView):
    """One warning to be read aloud, without the figures of the bulletin it stood in."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        item = find_item_to_carry(pk, self.actor)
        version = item.version
        version.content = {**(version.content or {}), "figures": None, "subject": item.title, "correction": None}
        return _spoken(version, [item], f"loa-phat-thanh-{item.slug[:60]}.txt")


def _spoken(version: BulletinVersion, items: list[PublishedItem], name: str) -> HttpResponse:
    text = as_text(announcement(version, items, unnamed_of(version)), symbol=symbol_of(version))
    return as_file(text, name, "text/plain; charset=utf-8")


class PrintView(PressView):
    """A poster or share image; made when the bulletin was published, or now."""

    ending = ""
    kind = ""
    name = ""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        item = find_item_to_carry(pk, self.actor)
        try:
            made = print_of(item, self.ending)
        except (RenderError, FileNotFoundError) as error:
            log.error("no print", item=item.pk, error=type(error).__name__)
            messages.error(request, _("The file could not be made. Please try again, or tell your administrator."))
            return redirect("backoffice:press-bulletin", pk=item.version_id)
        return as_file(made, f"{self.name}-{item.slug[:60]}.{self.ending}", self.kind)


class PosterView(PrintView):
    ending, kind, name = "pdf", "application/pdf", "to-treo"


class ShareImageView(PrintView):
    ending, kind, name = "png", "image/png", "anh-chia-se"


class StrikeView(PressView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        struck = strike_coverage(coverage_id=pk, by=self.actor)
        messages.success(request, _("The record was struck."))
        return redirect("backoffice:press-bulletin", pk=struck.version_id)
