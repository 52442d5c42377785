"""An official paper over the web: the PDF, or a page that waits for it. For every site; who may read is asked before."""

from __future__ import annotations

from http import HTTPStatus

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from workflows.errors import CaseNotFound
from workflows.models import Paper
from workflows.selectors.letters import is_stuck

REFRESH_SECONDS = 3
# Whoever waited is shown a page with a link: a download that starts by itself would leave “being prepared” standing.
WAITED = "waited"


def answer(request: HttpRequest, paper: Paper, *, waiting: str, **context: object) -> HttpResponseBase:
    """``waiting`` is the template of the page shown until the PDF is there: it asks again by itself, by a header that
    needs no script. Its context is ``paper`` and ``stuck``: laying out was given up. Raises CaseNotFound when the file
    is gone."""
    if paper.is_laid_out and WAITED not in request.GET:
        return _download(paper)
    stuck = is_stuck(paper)
    waits = not (paper.is_laid_out or stuck)
    status = HTTPStatus.ACCEPTED if waits else HTTPStatus.OK
    response = render(request, waiting, {"paper": paper, "stuck": stuck, **context}, status=status)
    return _asking_again(response) if waits else response


def _asking_again(response: HttpResponse) -> HttpResponse:
    response["Refresh"] = f"{REFRESH_SECONDS}; url=?{WAITED}=1"
    response["Cache-Control"] = "no-store"
    return response


def _download(paper: Paper) -> FileResponse:
    try:
        file = default_storage.open(str(paper.pdf.name))
    except FileNotFoundError as error:
        raise CaseNotFound(_("The file is missing from the store. Please tell your administrator.")) from error
    response = FileResponse(file, as_attachment=True, filename=file_name(paper), content_type="application/pdf")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "no-store"
    return response


def file_name(paper: Paper) -> str:
    """``05-TB-SCT.pdf``"""
    return paper.symbol.replace("/", "-") + ".pdf"
