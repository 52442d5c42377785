"""Taking in and taking out one file at a time, for upload.js and for plain buttons."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from casemgr.public import drafts, files, following
from casemgr.public.steps import STORY
from complaints.models import Draft
from complaints.services.uploads import UploadRefused, add_upload, remove_upload


def _stored(request: HttpRequest, draft: Draft, remove_name: str) -> JsonResponse:
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"error": _("No file came with the request.")}, status=HTTPStatus.BAD_REQUEST)
    try:
        upload = add_upload(draft, file, file.name or "")
    except UploadRefused as refusal:
        return JsonResponse({"error": str(refusal)}, status=HTTPStatus.BAD_REQUEST)
    return JsonResponse(files.described(upload, reverse(remove_name, args=[upload.pk])), status=HTTPStatus.CREATED)


@login_not_required
@never_cache
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    draft, token = drafts.open_or_start(request)
    response = _stored(request, draft, "public:upload-remove")
    drafts.remember(response, token)
    return response


@login_not_required
@never_cache
@require_POST
def remove(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Without JavaScript the whole step comes along: its text is kept too."""
    draft = drafts.find(request)
    if draft and "narrative" in request.POST:
        drafts.keep(draft, STORY.name, drafts.typed_in(request.POST, STORY.field_names))
    if draft:
        remove_upload(draft, upload_id)
    if request.accepts("text/html"):
        return redirect(STORY.url)
    return JsonResponse({"removed": True})


@login_not_required
@never_cache
@require_POST
def upload_supplement(request: HttpRequest) -> HttpResponse:
    case = following.followed(request)
    if case is None:
        return JsonResponse(
            {"error": _("Please type your code again, then add the file.")}, status=HTTPStatus.FORBIDDEN
        )
    return _stored(request, drafts.for_supplement(case.complaint_id), "public:track-upload-remove")


@login_not_required
@never_cache
@require_POST
def remove_supplement(request: HttpRequest, upload_id: int) -> HttpResponse:
    case = following.followed(request)
    if case:
        remove_upload(drafts.for_supplement(case.complaint_id), upload_id)
    if request.accepts("text/html"):
        return redirect("public:report")
    return JsonResponse({"removed": True})
