"""Assisted intake: one page for an officer with someone at the counter or on the phone."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from agencies.actors import Member
from casemgr.backoffice import assisted
from casemgr.backoffice.access import DeskView, requires_desk
from casemgr.backoffice.assisted_forms import AssistedForm
from casemgr.backoffice.similar_views import listed
from casemgr.public import drafts, files, receipts
from casemgr.public.choices import banks
from complaints import codes
from complaints.models import Draft
from complaints.services.recording import UploadGone
from complaints.services.uploads import UploadRefused, add_upload, remove_upload
from workflows.errors import KeyReused
from workflows.models import Case
from workflows.routing import NoRoute

log = structlog.get_logger(__name__)


class AssistedView(DeskView):
    """GET an empty form; POST lodges it and answers with the receipt, so that the code is in no address."""

    def get(self, request: HttpRequest) -> HttpResponse:
        key = codes.new_idempotency_key()
        return _form_page(request, AssistedForm(initial={"key": key}), assisted.files_token(key))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AssistedForm(_typed(request))
        token = assisted.files_token(request.POST.get("key", ""))
        draft = assisted.draft_of(token, self.actor.person.pk)
        refused = files.take(draft, request.FILES.getlist("files"))
        if not form.is_valid() or refused:
            return _form_page(request, form, token, draft, file_errors=refused, status=HTTPStatus.BAD_REQUEST)
        if not form.cleaned_data["warned"] and (doubts := assisted.warnings(form)):
            similar = listed(assisted.similar(form, self.actor))
            return _form_page(request, form, token, draft, doubts=doubts, similar=similar)
        try:
            receipt = assisted.lodge(form, draft, self.actor)
        except NoRoute as gap:
            log.error("no route", province=str(gap))
            form.add_error(
                None,
                _(
                    "No routing rule of the province fits, so nothing was lodged. Tell your administrator; keep this page open."
                ),
            )
        except KeyReused:
            return _form_anew(request, form)
        except UploadGone:
            form.add_error(None, _("A file is no longer there. Check the files below, then send again."))
        else:
            return _receipt_page(request, receipt, self.actor)
        return _form_page(request, form, token, draft, status=HTTPStatus.CONFLICT)


class AssistedSimilarView(DeskView):
    """POST what is typed so far: cases like it, and nothing is lodged. Without JavaScript the whole form comes along, and
    is shown again as typed."""

    def post(self, request: HttpRequest) -> HttpResponse:
        similar = listed(assisted.similar(AssistedForm(_typed(request)), self.actor))
        if request.headers.get("HX-Request"):
            return render(request, "backoffice/similar.html", similar | {"new_window": True})
        token = assisted.files_token(request.POST.get("key", ""))
        draft = assisted.draft_of(token, self.actor.person.pk)
        refused = files.take(draft, request.FILES.getlist("files"))
        form = AssistedForm(initial=_typed(request))
        return _form_page(request, form, token, draft, file_errors=refused, similar=similar)


def _typed(request: HttpRequest) -> dict[str, str]:
    return drafts.typed_in(request.POST, list(AssistedForm.base_fields))


def _form_page(
    request: HttpRequest, form: AssistedForm, token: str, draft: Draft | None = None, *, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "form": form,
        "banks": banks(),
        "upload_url": reverse("backoffice:assisted-upload", args=[token]),
        "uploads": _listed(draft, token),
        **files.limits(),
        **more,
    }
    response = render(request, "backoffice/assisted.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _form_anew(request: HttpRequest, lodged: AssistedForm) -> HttpResponse:
    """The form was lodged before and then changed: a new form holds what was typed, and nothing is sent."""
    key = codes.new_idempotency_key()
    form = AssistedForm({**lodged.data, "key": key})
    form.add_error(
        None,
        _("This form was lodged before with other content. What you see now is a new form: send it only if it is a new report."),
    )  # fmt: skip
    return _form_page(request, form, assisted.files_token(key), status=HTTPStatus.CONFLICT)


def _receipt_page(request: HttpRequest, receipt: Any, actor: Member) -> HttpResponse:
    case = Case.objects.visible_to(actor).filter(pk=receipt.case_id).first()
    context = receipts.context(receipt) | {"visible_case": case, "repeated": receipt.repeated}
    response = render(request, "backoffice/assisted_receipt.html", context)
    response["Cache-Control"] = "no-store"
    return response


def _listed(draft: Draft | None, token: str) -> list[dict[str, Any]]:
    uploads = draft.uploads.all() if draft else ()
    return [files.described(upload, _remove_url(token, upload.pk)) for upload in uploads]


def _remove_url(token: str, upload_id: int) -> str:
    return reverse("backoffice:assisted-upload-remove", args=[token, upload_id])


@never_cache
@require_POST
@requires_desk
def upload(request: HttpRequest, actor: Member, token: str) -> HttpResponse:
    """One file, for upload.js."""
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"error": _("No file came with the request.")}, status=HTTPStatus.BAD_REQUEST)
    try:
        stored = add_upload(assisted.draft_of(token, actor.person.pk), file, file.name or "")
    except UploadRefused as refusal:
        return JsonResponse({"error": str(refusal)}, status=HTTPStatus.BAD_REQUEST)
    return JsonResponse(files.described(stored, _remove_url(token, stored.pk)), status=HTTPStatus.CREATED)


@never_cache
@require_POST
@requires_desk
def remove(request: HttpRequest, actor: Member, token: str, upload_id: int) -> HttpResponse:
    """Take a file out. Without JavaScript the whole form comes along, and is shown again as typed."""
    draft = assisted.draft_of(token, actor.person.pk)
    remove_upload(draft, upload_id)
    if not request.accepts("text/html"):
        return JsonResponse({"removed": True})
    return _form_page(request, AssistedForm(initial=_typed(request)), token, draft)
