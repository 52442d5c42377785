"""The list of bulletins, and writing one: its words, its items in their order, its figures, a live preview."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bulletins import policy, selectors
from bulletins.bulletin_states import TOLD, State
from bulletins.errors import BulletinNotFound, StaleBulletin
from bulletins.models import BulletinVersion, ItemKind, SourceKind
from bulletins.proposing import scam_item, violator_item
from bulletins.rendering import render_content, version_content
from bulletins.selectors_press import coverage_of_bulletin
from bulletins.services import checking, editing, items
from casemgr.backoffice import drafts
from casemgr.backoffice.bulletins_access import BulletinsView, is_waiting, may_approve, moves_for, span_of, tabs
from casemgr.backoffice.bulletins_forms import VersionForm
from casemgr.backoffice.bulletins_obstacles import obstacles_kept
from casemgr.backoffice.evidence import sealed
from casemgr.backoffice.subscriber_facts import subscriber_facts
from documents.pdf import RenderError
from events import clock
from search.saved import narrowing_of
from search.selectors import find_cases
from search.selectors_saved import find_saved_search, saved_searches
from workflows.errors import CaseNotFound, InvalidInput
from workflows.selectors.casefile import find_case

log = structlog.get_logger(__name__)
SHOWN = 30
MOST_SOURCES = 200


class BulletinListView(BulletinsView):
    def get(self, request: HttpRequest) -> HttpResponse:
        bulletins = list(selectors.bulletins_of(self.actor)[:SHOWN])
        for bulletin in bulletins:
            bulletin.words = span_of(bulletin).words  # type: ignore[attr-defined]
        context = {
            "bulletins": bulletins,
            "may_edit": policy.may_edit(self.actor),
            "subscribers": subscriber_facts(self.actor.agency),
        }
        return render(request, "backoffice/bulletins/list.html", context)


class BulletinView(BulletinsView):
    """One version: written here while it is a draft, looked at afterwards."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = selectors.find_version(pk, self.actor)
        return self._show(request, version, VersionForm(version=version))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = selectors.find_version(pk, self.actor)
        form = VersionForm(request.POST, version=version)
        if not form.is_valid():
            return self._show(request, version, form, HTTPStatus.BAD_REQUEST)
        try:
            editing.edit_version(
                version_id=pk, revision=form.cleaned_data["revision"], given=form.texts(), by=self.actor
            )
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self._show(request, version, form, HTTPStatus.BAD_REQUEST)
        except StaleBulletin as error:
            return self._stale(request, form, error)
        drafts.sent(request, self._draft(version))
        messages.success(request, _("Saved."))
        return redirect("backoffice:bulletin", pk=pk)

    def _draft(self, version: BulletinVersion) -> str:
        return f"bulletin:{version.pk}:{self.actor.person.pk}"

    def _stale(self, request: HttpRequest, form: VersionForm, error: StaleBulletin) -> HttpResponse:
        """What was typed, at the present revision, beside what the colleague left."""
        version = selectors.find_version(error.now.pk, self.actor)
        data = {**form.data.dict(), "revision": str(version.revision)}  # type: ignore[attr-defined]
        fresh = VersionForm(data, version=version)
        return self._show(request, version, fresh, HTTPStatus.CONFLICT, stale=str(error))

    def _show(
        self, request: HttpRequest, version: BulletinVersion, form: VersionForm, status: HTTPStatus = HTTPStatus.OK,
        **more: Any,
    ) -> HttpResponse:  # fmt: skip
        editable = version.state == State.DRAFTING and policy.may_edit(self.actor)
        own = selectors.items_in(version)
        context: dict[str, Any] = {
            **tabs(version), **more, "form": form, "editable": editable, "items": own, "moves": moves_for(self, version),
            "content": version.content or preview_content(version, own), "draft": self._draft(version),
            "versions": version.bulletin.versions.order_by("-number"),
            "may_approve": may_approve(self, version),
            "may_correct": version.state == State.PUBLISHED and policy.may_edit(self.actor),
            "obstacles": obstacles_kept(version), "is_waiting": is_waiting(version),
        }  # fmt: skip
        if editable:
            context |= self._offers(version)
        if version.state in TOLD:
            context |= {
                "is_told": True, "coverage": coverage_of_bulletin(version, self.actor),
                "told_items": selectors.told_items(version), "may_take_down": policy.may_take_down(self.actor),
            }  # fmt: skip
        return render(request, "backoffice/bulletins/bulletin.html", context, status=status)

    def _offers(self, version: BulletinVersion) -> dict[str, Any]:
        """What could be taken in: warnings written before, and drafts of what agencies found."""
        province, span = version.bulletin.province, span_of(version.bulletin)
        return {
            "loose": selectors.loose_items(version, self.actor),
            "findings": selectors.findings(province, span),
            "scams": selectors.scams_of(version.figures) if version.figures else [],
            "sanctions": selectors.sanctions(province, span),
            "searches": saved_searches(self.actor).filter(is_watchlist=False),
            "kinds": ItemKind,
            "kinds_from_cases": items.FROM_CASES,
        }


def preview_content(version: BulletinVersion, own: list[Any]) -> dict[str, Any]:
    return version_content(version, own, checking.correction_of(version))


class PreviewView(BulletinsView):
    """The bulletin as a page, with what is typed and not yet saved."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = selectors.find_version(pk, self.actor)
        form = VersionForm(request.POST, version=version)
        form.is_valid()
        for name, value in form.cleaned_data.items():
            if name != "revision":
                setattr(version, name, value)
        content = preview_content(version, selectors.items_in(version))
        return render(request, "backoffice/bulletins/_preview.html", {"content": content, "version": version})


class ItemsView(BulletinsView):
    """``do``: add, remove, up, down (with ``item``), or draft (with ``source`` and ``key``)."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        do, given = request.POST.get("do", ""), number_in(request, "item")
        asked: dict[str, Any] = {"version_id": pk, "revision": number_in(request, "revision") or None, "by": self.actor}
        if do == "draft":
            return self._draft(request, pk, asked)
        if do == "add":
            editing.add_item(item_id=given, **asked)
        elif do == "remove":
            editing.remove_item(item_id=given, **asked)
        elif do in ("up", "down"):
            editing.move_item(item_id=given, up=do == "up", **asked)
        else:
            raise Http404
        return redirect("backoffice:bulletin", pk=pk)

    def _draft(self, request: HttpRequest, pk: int, asked: dict[str, Any]) -> HttpResponse:
        version = selectors.find_version(pk, self.actor)
        policy.require_editor(self.actor)
        try:
            item = self._drafted(version, request.POST.get("source", ""), request.POST.get("key", "").strip())
        except CaseNotFound as error:
            messages.error(request, str(error))
            return redirect("backoffice:bulletin", pk=pk)
        editing.add_item(item_id=item.pk, **asked)
        return redirect("backoffice:warning", pk=item.pk, version=pk)

    def _drafted(self, version: BulletinVersion, source: str, key: str) -> Any:
        """A warning drafted from what is named. Raises CaseNotFound, BulletinNotFound."""
        province, span = version.bulletin.province, span_of(version.bulletin)
        keep: dict[str, Any] = {"province": province, "by": self.actor}
        if source == SourceKind.CASE:
            return items.draft_from_case(case=find_case(key, self.actor), by=self.actor)
        if source == SourceKind.SEARCH:
            return self._of_search(province, number_in(self.request, "key"))
        if source == "finding":
            return items.draft_from_finding(finding=_chosen(selectors.findings(province, span), key), **keep)
        if source == "sanction":
            decided = _chosen(selectors.sanctions(province, span), key)
            return items.keep_proposed(item=violator_item(decided), cases=[decided.case], **keep)
        if source == "scam":
            scam = next(
                (one for one in selectors.scams_of(version.figures or {"scams": []}) if one["code"] == key), None
            )
            if scam is None:
                raise BulletinNotFound(_("There is no such warning, or it is not yours to see."))
            return items.keep_proposed(item=scam_item(scam), cases=[], **keep)
        return items.draft_advice(**keep)

    def _of_search(self, province: Any, search_id: int) -> Any:
        """From the cases a saved search finds for this person now, at most `MOST_SOURCES`. Raises CaseNotFound."""
        saved = find_saved_search(search_id, self.actor)
        found = find_cases(self.actor, saved.text, narrowing=narrowing_of(saved), limit=MOST_SOURCES)
        return items.draft_from_cases(
            kind=SourceKind.SEARCH, reference=saved.pk, cases=[hit.case.pk for hit in found.hits], province=province,
            by=self.actor, item_kind=self.request.POST.get("kind", ""),
        )  # fmt: skip


def _chosen(offers: list[Any], key: str) -> Any:
    found = next((offer for offer in offers if offer.key == key), None)
    if found is None:
        raise BulletinNotFound(_("There is no such warning, or it is not yours to see."))
    return found


def number_in(request: HttpRequest, name: str) -> int:
    """0, which is nothing's number, for what is missing or garbled."""
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


class FiguresView(BulletinsView):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        editing.compute_figures(version_id=pk, revision=number_in(request, "revision") or None, by=self.actor)
        messages.success(request, _("The figures were computed anew; the charts follow in a moment."))
        return redirect("backoffice:bulletin", pk=pk)


class ChartView(BulletinsView):
    """One chart as SVG, drawn already: it is shown as a picture and runs nothing."""

    def get(self, request: HttpRequest, pk: int, code: str) -> HttpResponse:
        charts = selectors.find_version(pk, self.actor).charts or []
        chart = next((one for one in charts if one["code"] == code), None)
        if chart is None:
            raise Http404
        response = HttpResponse(chart["svg"], content_type="image/svg+xml")
        response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
        return response


class VersionPhotoView(BulletinsView):
    """A covered photo the version prints, by its digest."""

    def get(self, request: HttpRequest, pk: int, sha256: str) -> FileResponse:
        version = selectors.find_version(pk, self.actor)
        content = version.content or preview_content(version, selectors.items_in(version))
        told = [photo for section in content["sections"] for item in section["items"] for photo in item["photos"]]
        photo = next((one for one in told if one["sha256"] == sha256), None)
        if photo is None or not default_storage.exists(photo["file"]):
            raise Http404
        return sealed(FileResponse(default_storage.open(photo["file"]), content_type="image/jpeg"))


class DraftPdfView(BulletinsView):
    """The PDF as it would be, without number, marked as a draft."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        version = selectors.find_version(pk, self.actor)
        content = preview_content(version, selectors.items_in(version))
        try:
            made = render_content(content, number=None, issued_on=None, as_of=clock.now())
        except (RenderError, FileNotFoundError) as error:
            log.error("preview failed", version=pk, error=type(error).__name__)
            messages.error(request, _("The PDF could not be made. Please try again, or tell your administrator."))
            return redirect("backoffice:bulletin", pk=pk)
        return as_pdf(made.pdf, "thong-bao-du-thao.pdf")


def as_pdf(pdf: bytes, name: str) -> HttpResponse:
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
