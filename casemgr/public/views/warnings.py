"""Warnings and legal knowledge as everybody reads them, and their photos."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from csp.decorators import csp_replace
from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.clickjacking import xframe_options_exempt

from agencies.models import Province
from bulletins.hotlines import hotlines_of
from bulletins.models import ItemKind
from bulletins.selectors_public import (
    copies_with_photo,
    copy_before,
    current_items,
    ended_item,
)
from bulletins.told_words import unnamed_of, words_of
from casemgr.public.told import FILE_SECONDS, render_told, told
from casemgr.public.warning_pages import WARNINGS, Asked, address_of, choices, listed, shown

EMBEDDED = 5
MOST_EMBEDDED = 20


@told
def warnings(request: HttpRequest) -> HttpResponse:
    return _list(request, WARNINGS, "public/warnings.html", "public:warnings")


@told
def knowledge(request: HttpRequest) -> HttpResponse:
    return _list(request, (ItemKind.KNOWLEDGE,), "public/knowledge.html", "public:knowledge")


def _list(request: HttpRequest, kinds: tuple[str, ...], template: str, name: str) -> HttpResponse:
    path, asked = reverse(name), Asked.of(request.GET, kinds)
    page = listed(asked, path, "en" if get_language() == "en" else "")
    context = {
        "asked": asked, "page": page, "items": [shown(copy) for copy in page.items], "choices": choices(kinds), "path": path,
        "embedded": settings.PUBLIC_URL + reverse("public:warnings-embedded"),
    }  # fmt: skip
    return render_told(template, context, section=name.partition(":")[2])


@told
def warning(request: HttpRequest, item: int, slug: str = "") -> HttpResponse:
    return _page(request, item, slug)


@told
def article(request: HttpRequest, item: int, slug: str = "") -> HttpResponse:
    return _page(request, item, slug)


def _page(request: HttpRequest, item: int, slug: str) -> HttpResponse:
    """A copy's own address is the only one: any other of the item leads there."""
    copy = current_items(settings.DEFAULT_PROVINCE).filter(item=item).first()
    if copy is None:
        return _ended(item)
    address = address_of(copy)
    if request.path != address:
        query = request.GET.urlencode()
        return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
    before = copy_before(copy)
    context = {
        "one": shown(copy), "version": copy.version, "hotlines_here": hotlines(), "before": before,
        "changed": words_of(copy.version, unnamed_of(copy.version)).changed if before else "",
    }  # fmt: skip
    section = "knowledge" if copy.kind == ItemKind.KNOWLEDGE else "warnings"
    return render_told("public/warning.html", context, section=section)


def _ended(item: int) -> HttpResponse:
    ended = ended_item(settings.DEFAULT_PROVINCE, item)
    if ended is None:
        raise Http404
    return render_told(
        "public/warning_ended.html", {"ended": ended, "hotlines_here": hotlines()}, status=HTTPStatus.GONE
    )


def hotlines() -> list[dict[str, str]]:
    """As the component takes them."""
    province = Province.objects.filter(pk=settings.DEFAULT_PROVINCE).first()
    rows = hotlines_of(province) if province else []
    return [{"number": number, "name": words, "dial": _dial(number)} for number, words in rows]


def _dial(number: str) -> str:
    return "".join(letter for letter in number if letter.isdigit() or letter == "+")


@told(seconds=FILE_SECONDS)
def photo(_request: HttpRequest, item: int, sha256: str) -> HttpResponse:
    """A photo as it was covered and published, while a page may show it."""
    for copy in copies_with_photo(settings.DEFAULT_PROVINCE, item):
        for one in copy.content["photos"]:
            if one["sha256"] == sha256:
                return HttpResponse(_file(one["file"]), content_type="image/jpeg")
    raise Http404


def _file(name: str) -> bytes:
    try:
        with default_storage.open(name) as file:
            data: bytes = file.read()
    except FileNotFoundError:
        raise Http404 from None
    return data


@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@told
def embedded(request: HttpRequest) -> HttpResponse:
    """The newest warnings as a piece of another page: the only page here that may be framed."""
    wanted = request.GET.get("so", "")
    size = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 4 else EMBEDDED
    asked = Asked.of(request.GET, WARNINGS)
    rows = asked.rows()[: max(1, min(size, MOST_EMBEDDED))]
    context: dict[str, Any] = {"items": [shown(copy) for copy in rows]}
    return render_told("public/warnings_embedded.html", context)
