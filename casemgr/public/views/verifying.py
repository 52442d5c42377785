"""Who signed a PDF, when, and whether it is intact: for anybody who was handed a bulletin."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View

from bulletins.selectors_files import version_of_file
from bulletins.told_words import unnamed_of, words_of
from casemgr.public.views.pages import show
from documents.signing import Busy, verify_pdf

LARGEST = 20 * 1024 * 1024


@method_decorator(login_not_required, name="dispatch")
class VerifyPage(View):
    """The file is looked at and not kept."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(request, {})

    def post(self, request: HttpRequest) -> HttpResponse:
        file = request.FILES.get("file")
        if file is None:
            return self._show(request, {"error": _("Choose a PDF file first.")}, HTTPStatus.BAD_REQUEST)
        if (file.size or 0) > LARGEST:
            return self._show(request, {"error": _("The file is larger than 20 MB.")}, HTTPStatus.BAD_REQUEST)
        pdf = file.read()
        try:
            signatures = verify_pdf(pdf)
        except Busy:
            sentence = _("Many files are being looked at just now. Please try again in a minute.")
            return self._show(request, {"error": sentence}, HTTPStatus.SERVICE_UNAVAILABLE)
        if signatures is None:
            return self._show(request, {"error": _("This is no PDF that can be read.")}, HTTPStatus.BAD_REQUEST)
        version = version_of_file(hashlib.sha256(pdf).hexdigest())
        why = words_of(version, unnamed_of(version)).withdrawn_reason if version else ""
        return self._show(request, {"looked": True, "signatures": signatures, "version": version, "why": why})

    def _show(self, request: HttpRequest, context: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        response = show(request, "public/verify.html", context, section="verify", status=status)
        response["Cache-Control"] = "no-store"
        return response
