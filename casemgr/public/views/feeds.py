"""Feeds of warnings and of bulletins: Atom (RFC 4287) and JSON Feed 1.1.

An entry's id is the item's or the bulletin's, whatever it is called and however often it is corrected: a correction
comes as an update of what a reader has already.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from agencies.models import Province
from bulletins.bulletin_states import State
from bulletins.models import PublishedItem
from bulletins.selectors_public import current_items, told_mark
from casemgr.public.told import told
from casemgr.public.views.bulletins import newest
from casemgr.public.warning_pages import WARNINGS, shown

ENTRIES = 50
BEGUN = 2026


@dataclass(frozen=True)
class Entry:
    """``path`` within the site; ``key`` makes the id."""

    key: str
    path: str
    title: str
    text: str
    published: datetime
    updated: datetime
    tags: tuple[str, ...]

    @property
    def id(self) -> str:
        """A tag URI (RFC 4151)."""
        return f"tag:{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'},{BEGUN}:{self.key}"

    @property
    def url(self) -> str:
        return settings.PUBLIC_URL + self.path


def _warnings() -> list[Entry]:
    copies = list(current_items(settings.DEFAULT_PROVINCE).filter(kind__in=WARNINGS)[:ENTRIES])
    first = _first_told(copies)
    return [_warning(copy, first[copy.item_id]) for copy in copies]


def _first_told(copies: Iterable[PublishedItem]) -> dict[int, datetime]:
    rows = PublishedItem.objects.filter(item__in=[copy.item_id for copy in copies]).order_by("-published_at")
    return dict(rows.values_list("item", "published_at"))


def _warning(copy: PublishedItem, first: datetime) -> Entry:
    one = shown(copy)
    said = [*copy.content["paragraphs"], *(f"{label}: {text}" for _name, label, text in one.long)]
    facts = [f"{fact['label']}: {fact['value']}" for fact in one.facts]
    return Entry(
        f"canh-bao/{copy.item_id}", one.address, copy.content["title"], "\n".join([*said, *facts]), first,
        copy.published_at, (copy.kind,),
    )  # fmt: skip


def _bulletins() -> list[Entry]:
    return [_bulletin(line) for line in newest(ENTRIES)]


def _bulletin(line: dict[str, Any]) -> Entry:
    version = line["version"]
    withdrawn = version.state == State.WITHDRAWN
    title = _("Withdrawn: %(title)s") % {"title": line["title"]} if withdrawn else line["title"]
    on = version.issued_on.strftime("%d/%m/%Y")
    text = f"{version.registered}, {on}. {version.bulletin.agency.name}. {line['period'].capitalize()}."
    return Entry(
        f"ban-tin/{version.bulletin_id}", reverse("public:bulletin", args=[version.bulletin_id]), title, text,
        version.published_at, version.ended_at or version.published_at, (version.bulletin.period_kind,),
    )  # fmt: skip


def _title(of: str) -> str:
    province = Province.objects.filter(pk=settings.DEFAULT_PROVINCE).first()
    return f"{of}, {province.title} {province.name}" if province else of


def _atom(title: str, page: str, own: str, entries: list[Entry]) -> HttpResponse:
    feed = Atom1Feed(
        title=_title(title), link=settings.PUBLIC_URL + reverse(page), description="", language="vi",
        feed_url=settings.PUBLIC_URL + reverse(own), author_name=_("Consumer protection and fraud reports"),
    )  # fmt: skip
    for entry in entries:
        feed.add_item(
            title=entry.title, link=entry.url, description=entry.text, unique_id=entry.id, pubdate=entry.published,
            updateddate=entry.updated, categories=entry.tags,
        )  # fmt: skip
    if not entries:
        # A feed without entries was changed when the day began, not whenever somebody asks.
        feed.latest_post_date = lambda: told_mark(settings.DEFAULT_PROVINCE).at  # type: ignore[method-assign]
    return HttpResponse(feed.writeString("utf-8"), content_type=Atom1Feed.content_type)


def _json(title: str, page: str, own: str, entries: list[Entry]) -> HttpResponse:
    data = {
        "version": "https://jsonfeed.org/version/1.1", "title": _title(title), "language": "vi",
        "home_page_url": settings.PUBLIC_URL + reverse(page), "feed_url": settings.PUBLIC_URL + reverse(own),
        "authors": [{"name": _("Consumer protection and fraud reports")}],
        "items": [
            {
                "id": entry.id, "url": entry.url, "title": entry.title, "content_text": entry.text,
                "date_published": entry.published.isoformat(), "date_modified": entry.updated.isoformat(),
                "tags": list(entry.tags), "language": "vi",
            }
            for entry in entries
        ],
    }  # fmt: skip
    kind = "application/feed+json; charset=utf-8"
    response = JsonResponse(data, json_dumps_params={"ensure_ascii": False}, content_type=kind)
    response["Access-Control-Allow-Origin"] = "*"
    return response


@told
def warnings_atom(_request: HttpRequest) -> HttpResponse:
    return _atom(_("Warnings"), "public:warnings", "public:warnings-atom", _warnings())


@told
def warnings_json(_request: HttpRequest) -> HttpResponse:
    return _json(_("Warnings"), "public:warnings", "public:warnings-json", _warnings())


@told
def bulletins_atom(_request: HttpRequest) -> HttpResponse:
    return _atom(_("Bulletins"), "public:bulletins", "public:bulletins-atom", _bulletins())


@told
def bulletins_json(_request: HttpRequest) -> HttpResponse:
    return _json(_("Bulletins"), "public:bulletins", "public:bulletins-json", _bulletins())
