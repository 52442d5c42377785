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

from bulletins.models import BulletinVersion
from bulletins.selectors_files import report_of_file, version_of_file, withdrawing
from bulletins.told_words import unnamed_of, words_of
from casemgr.public.views.pages import show
from documents.signing import Busy, SignatureReport, verify_pdf
from workflows.selectors.letters import paper_of_file

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
        sha256 = hashlib.sha256(pdf).hexdigest()
        return self._show(request, {"looked": True, "signatures": signatures, **_known(sha256, signatures)})

    def _show(self, request: HttpRequest, context: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
        response = show(request, "public/verify.html", context, section="verify", status=status)
        response["Cache-Control"] = "no-store"
        return response


def _known(sha256: str, signatures: list[SignatureReport]) -> dict[str, Any]:
    """Which of our own papers it is: a bulletin with how it stands, or what is issued without a digital signature."""
    version = version_of_file(sha256)
    if version:
        return {"version": version, **_standing(version)}
    return {} if signatures else {"paper": report_of_file(sha256) or paper_of_file(sha256)}


def _standing(version: BulletinVersion) -> dict[str, str]:
    last = withdrawing(version) or version
    return {"state": last.state, "why": words_of(last, unnamed_of(last)).withdrawn_reason}
