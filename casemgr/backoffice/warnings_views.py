"""Writing a warning, and choosing its photos with boxes over what must not be seen."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bulletins import policy, selectors
from bulletins.content import item_content
from bulletins.errors import StaleBulletin
from bulletins.models import ItemKind, ItemPhoto, WarningItem
from bulletins.services import editing, items, photos, sources
from casemgr.backoffice import drafts
from casemgr.backoffice.bulletins_access import BulletinsView
from casemgr.backoffice.bulletins_forms import ItemForm
from casemgr.backoffice.bulletins_views import number_in
from casemgr.backoffice.evidence import open_stored, sealed
from workflows.errors import InvalidInput
from workflows.models import Case


class NewWarningView(BulletinsView):
    """A warning by hand, for the bulletin it is written from."""

    def get(self, request: HttpRequest, version: int, kind: str) -> HttpResponse:
        self._find(version, kind)
        return self._ask(request, version, kind, ItemForm(kind=kind))

    def post(self, request: HttpRequest, version: int, kind: str) -> HttpResponse:
        found = self._find(version, kind)
        form = ItemForm(request.POST, kind=kind)
        if not form.is_valid():
            return self._ask(request, version, kind, form, HTTPStatus.BAD_REQUEST)
        try:
            item = items.write_item(province=found.bulletin.province, kind=kind, given=form.given(), by=self.actor)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self._ask(request, version, kind, form, HTTPStatus.BAD_REQUEST)
        editing.add_item(version_id=version, item_id=item.pk, revision=None, by=self.actor)
        drafts.sent(request, self._draft(version, kind))
        return redirect("backoffice:bulletin", pk=version)

    def _draft(self, version: int, kind: str) -> str:
        return f"warning:{version}:{kind}:{self.actor.person.pk}"

    def _find(self, version: int, kind: str) -> Any:
        if kind not in ItemKind.values:
            raise Http404
        policy.require_editor(self.actor)
        return selectors.find_version(version, self.actor)

    def _ask(
        self, request: HttpRequest, version: int, kind: str, form: ItemForm, status: HTTPStatus = HTTPStatus.OK
    ) -> HttpResponse:
        context = {"form": form, "kind": ItemKind(kind), "version_pk": version, "draft": self._draft(version, kind)}
        return render(request, "backoffice/bulletins/warning.html", context, status=status)


class WarningView(BulletinsView):
    """A warning, opened from the bulletin ``version``."""

    def get(self, request: HttpRequest, version: int, pk: int) -> HttpResponse:
        item = selectors.find_item(pk, self.actor)
        return self._show(request, version, item, ItemForm(kind=item.kind, item=item))

    def post(self, request: HttpRequest, version: int, pk: int) -> HttpResponse:
        item = selectors.find_item(pk, self.actor)
        if request.POST.get("do") == "remove_source":
            return self._without_source(request, version, item)
        form = ItemForm(request.POST, kind=item.kind)
        if not form.is_valid():
            return self._show(request, version, item, form, HTTPStatus.BAD_REQUEST)
        try:
            items.edit_item(item_id=pk, revision=form.cleaned_data["revision"] or 0, given=form.given(), by=self.actor)
        except InvalidInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self._show(request, version, item, form, HTTPStatus.BAD_REQUEST)
        except StaleBulletin as error:
            now = selectors.find_item(pk, self.actor)
            data = {**request.POST.dict(), "revision": str(now.revision)}
            fresh = ItemForm(data, kind=item.kind)
            return self._show(request, version, now, fresh, HTTPStatus.CONFLICT, stale=str(error))
        drafts.sent(request, self._draft(item))
        messages.success(request, _("Saved."))
        return redirect("backoffice:bulletin", pk=version)

    def _without_source(self, request: HttpRequest, version: int, item: WarningItem) -> HttpResponse:
        try:
            sources.remove_source(item_id=item.pk, case_id=number_in(request, "case"), by=self.actor)
        except InvalidInput as error:
            form = ItemForm(kind=item.kind, item=item)
            return self._show(request, version, item, form, HTTPStatus.BAD_REQUEST, refused=str(error))
        return redirect("backoffice:warning", version=version, pk=item.pk)

    def _draft(self, item: WarningItem) -> str:
        return f"warning:{item.pk}:{self.actor.person.pk}"

    def _show(
        self, request: HttpRequest, version: int, item: WarningItem, form: ItemForm, status: HTTPStatus = HTTPStatus.OK,
        **more: Any,
    ) -> HttpResponse:  # fmt: skip
        placed = list(item.photos.all())
        cases = item.sources.exclude(case=None)
        seen = Case.objects.visible_to(self.actor).filter(pk__in=cases.values("case"))
        context = {
            **more, "form": form, "kind": ItemKind(item.kind), "item": item, "version_pk": version, "photos": placed,
            "pictures": photos.cleared_pictures(item, self.actor), "sources": cases.count(), "seen": seen,
            "draft": self._draft(item), "content": item_content(item), "placed": {photo.evidence_id for photo in placed},
        }  # fmt: skip
        return render(request, "backoffice/bulletins/warning.html", context, status=status)


class PictureView(BulletinsView):
    """A cleared picture, uncovered: for the editor who places the boxes."""

    def get(self, request: HttpRequest, pk: int, evidence: int) -> FileResponse:
        picture = photos.find_picture(selectors.find_item(pk, self.actor), evidence, self.actor)
        return sealed(FileResponse(open_stored(picture), content_type=picture.media_type))


class PhotoView(BulletinsView):
    """The covered copy, as it is published."""

    def get(self, request: HttpRequest, pk: int, photo: int) -> FileResponse:
        found = selectors.find_item(pk, self.actor).photos.filter(pk=photo).first()
        if found is None:
            raise Http404
        return sealed(FileResponse(found.file.open("rb"), content_type="image/jpeg"))


class BoxesView(BulletinsView):
    """Boxes over a picture, drawn with the mouse or typed: without script, and for the keyboard, they are numbers."""

    def get(self, request: HttpRequest, version: int, pk: int, evidence: int) -> HttpResponse:
        item = selectors.find_item(pk, self.actor)
        placed = item.photos.filter(evidence=evidence).first()
        typed = (
            {"boxes": placed.boxes, "alt": placed.alt, "nothing": placed.nothing_to_hide} if placed else {"boxes": []}
        )
        return self._show(request, version, item, evidence, typed, placed)

    def post(self, request: HttpRequest, version: int, pk: int, evidence: int) -> HttpResponse:
        item = selectors.find_item(pk, self.actor)
        placed = item.photos.filter(evidence=evidence).first()
        if request.POST.get("do") == "remove" and placed:
            photos.remove_photo(item_id=pk, photo_id=placed.pk, by=self.actor)
            return redirect("backoffice:warning", version=version, pk=pk)
        alt, nothing = request.POST.get("alt", ""), bool(request.POST.get("nothing"))
        boxes = request.POST.get("boxes", "")
        try:
            photos.place_photo(
                item_id=pk,
                evidence_id=evidence,
                boxes=photos.parse_boxes(boxes),
                nothing_to_hide=nothing,
                alt=alt,
                by=self.actor,
            )
        except InvalidInput as error:
            typed = {"boxes": boxes, "alt": alt, "nothing": nothing, "error": str(error), "field": error.field}
            return self._show(request, version, item, evidence, typed, placed, HTTPStatus.BAD_REQUEST)
        messages.success(request, _("The covered copy is with the warning."))
        return redirect("backoffice:warning", version=version, pk=pk)

    def _show(
        self, request: HttpRequest, version: int, item: WarningItem, evidence: int, typed: dict[str, Any],
        placed: ItemPhoto | None, status: HTTPStatus = HTTPStatus.OK,
    ) -> HttpResponse:  # fmt: skip
        photos.find_picture(item, evidence, self.actor)
        context = {"item": item, "version_pk": version, "evidence": evidence, "typed": typed, "placed": placed}
        return render(request, "backoffice/bulletins/boxes.html", context, status=status)


def _lines(boxes: list[list[int]]) -> str:
    return "\n".join(" ".join(map(str, box)) for box in boxes)
