"""Bulletins as everybody reads them: what stands, what it replaced, what was withdrawn, and the signed file."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Any

import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import content_disposition_header

from bulletins.bulletin_states import State
from bulletins.models import BulletinVersion
from bulletins.selectors_public import (
    bulletins_told,
    ended_copies,
    is_readable,
    may_be_handed_out,
    readable_copies,
    told_versions_of,
)
from bulletins.told_words import period_of, unnamed_copies, unnamed_of, words_of
from casemgr.public.told import FILE_SECONDS, language_of, render_told, told
from casemgr.public.views.warnings import hotlines
from casemgr.public.warning_pages import shown

log = structlog.get_logger(__name__)
MOST_LISTED = 200


@told
def bulletins(_request: HttpRequest) -> HttpResponse:
    return render_told("public/bulletins.html", {"lines": newest(MOST_LISTED)}, section="bulletins")


def newest(count: int) -> list[dict[str, Any]]:
    """Each bulletin as it was told last: its version, the words for its period, its title. Two queries."""
    versions = list(bulletins_told(settings.DEFAULT_PROVINCE)[:count])
    unnamed = unnamed_copies(versions)
    return [
        {"version": one, "period": period_of(one), "title": words_of(one, unnamed[one.bulletin_id]).title}
        for one in versions
    ]


@told
def bulletin(_request: HttpRequest, pk: int) -> HttpResponse:
    """To the version that stands, else the last that did."""
    versions = told_versions_of(settings.DEFAULT_PROVINCE, pk)
    if not versions:
        raise Http404
    return _seen(versions[0], versions)


@told
def bulletin_version(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    version, versions = find(pk, number)
    if version == versions[0]:
        # One address for what stands, so that a link to it lives on through corrections.
        query = "?lang=en" if language_of(request) == "en" else ""
        return HttpResponseRedirect(reverse("public:bulletin", args=[pk]) + query)
    return _seen(version, versions)


def find(pk: int, number: int) -> tuple[BulletinVersion, list[BulletinVersion]]:
    """The version, and all of its bulletin that were told, newest first. Raises Http404."""
    versions = told_versions_of(settings.DEFAULT_PROVINCE, pk)
    for version in versions:
        if version.number == number:
            return version, versions
    raise Http404


def _seen(version: BulletinVersion, versions: list[BulletinVersion]) -> HttpResponse:
    words, readable = words_of(version, unnamed_of(version)), is_readable(version, versions)
    content = (version.content or {}) if readable else {}
    # A version that was replaced ends with its bulletin.
    end = version if readable or version.state == State.WITHDRAWN else versions[0]
    context = {
        "version": version, "period": period_of(version), "words": words, "readable": readable, "end": end,
        "end_reason": words.withdrawn_reason if end is version else words_of(end, unnamed_of(version)).withdrawn_reason,
        "items": [shown(copy) for copy in readable_copies(version)] if readable else [],
        "ended": len(ended_copies(version)), "versions": versions, "content": content,
        "charts": {chart["code"]: chart for chart in content.get("charts") or []},
        "may_be_had": may_be_handed_out(version, versions), "hotlines_here": hotlines(),
    }  # fmt: skip
    return render_told("public/bulletin.html", context, section="bulletins")


@told(seconds=FILE_SECONDS)
def paper(_request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The signed PDF, its bytes compared with what was published."""
    version, versions = find(pk, number)
    if not may_be_handed_out(version, versions):
        return _held_back(version, withdrawn=not is_readable(version, versions))
    try:
        with default_storage.open(str(version.issued.name)) as file:
            data = file.read()
    except FileNotFoundError:
        data = b""
    if hashlib.sha256(data).hexdigest() != version.issued_sha256:
        log.error("a published file is missing or changed", version=version.pk)
        return _held_back(version, status=HTTPStatus.SERVICE_UNAVAILABLE)
    response = HttpResponse(data, content_type="application/pdf")
    name = str(version.registered).removeprefix("Số: ").replace("/", "-")
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.pdf")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _held_back(
    version: BulletinVersion, *, withdrawn: bool = False, status: HTTPStatus = HTTPStatus.GONE
) -> HttpResponse:
    context = {
        "version": version, "withdrawn": withdrawn, "hotlines_here": hotlines(),
        "missing": status == HTTPStatus.SERVICE_UNAVAILABLE,
    }  # fmt: skip
    return render_told("public/bulletin_held_back.html", context, section="bulletins", status=status)


@told(seconds=FILE_SECONDS)
def chart(_request: HttpRequest, pk: int, number: int, code: str) -> HttpResponse:
    """A chart as it was drawn: it is shown as a picture and runs nothing."""
    version, versions = find(pk, number)
    charts = (version.content or {}).get("charts") or [] if is_readable(version, versions) else []
    found = next((one for one in charts if one["code"] == code), None)
    if found is None:
        raise Http404
    response = HttpResponse(found["svg"], content_type="image/svg+xml")
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return response
