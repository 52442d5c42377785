"""The words of messages to subscribers, in Vietnamese, from published copies alone. No word of them names a violator: a
listing comes down after thirty days, and a message that was sent does not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from bulletins.models import BulletinVersion, ItemKind, Mailing, PeriodKind, SubscriptionRequest
from bulletins.public_address import public_page_of
from bulletins.selectors_published import published_items
from bulletins.subscription_links import CONFIRM, STOP, link
from bulletins.told_words import businesses_of, names_whom, words_of
from events.services.sending import Outgoing, stable_id
from workflows.reaching import stop_headers

LANGUAGE = "vi"


def confirmation(asked: SubscriptionRequest) -> Outgoing:
    context = {"link": link(CONFIRM, asked.nonce), "asked": asked}
    subject, text, html = _rendered("subscription", context)
    message_id = stable_id("bulletins.subscription", str(asked.pk))
    return Outgoing(
        "subscription", f"subscription-request:{asked.pk}", message_id, asked.address, text, subject, html=html
    )


def news_of(version: BulletinVersion, news: str) -> dict[str, Any]:
    """What a message says, the same for every subscriber."""
    items = list(published_items().filter(version=version).order_by("position"))
    businesses = businesses_of(version)
    words = words_of(version, businesses)
    return {
        "title": words.title,
        "symbol": str(version.registered or ""),
        "agency": version.bulletin.agency.name,
        "urgent": version.bulletin.period_kind == PeriodKind.URGENT,
        "items": [
            item.title for item in items if item.kind != ItemKind.VIOLATOR and not names_whom(item.title, businesses)
        ],
        "violators": sum(item.kind == ItemKind.VIOLATOR for item in items),
        "what_changed": words.changed.splitlines(),
        "withdrawn": words.withdrawn_reason.splitlines(),
        "news": "withdrawn" if news == Mailing.News.WITHDRAWN else "corrected" if version.is_correction else "new",
        "link": public_page_of(version),
    }


def message(mailing: Mailing, told_news: Mapping[str, Any]) -> Outgoing:
    stop = link(STOP, mailing.subscription.nonce)
    subject, text, html = _rendered("bulletin", {**told_news, "stop": stop})
    message_id = stable_id("bulletins.mailing", str(mailing.pk))
    return Outgoing(
        "bulletin", f"mailing:{mailing.pk}", message_id, mailing.subscription.address, text, subject,
        stop_headers(stop), html,
    )  # fmt: skip


def _rendered(name: str, context: Mapping[str, Any]) -> tuple[str, str, str]:
    with translation.override(LANGUAGE):
        subject = render_to_string(f"mail/{name}_subject.txt", dict(context)).strip()
        text, html = (render_to_string(f"mail/{name}.{kind}", dict(context)).lstrip() for kind in ("txt", "html"))
        return subject, text, html
