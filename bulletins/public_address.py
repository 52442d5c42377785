"""Where the public reads a warning or a bulletin: what a poster's QR and a message lead to. Absolute addresses."""

from django.conf import settings
from django.urls import reverse

from bulletins.models import Audience, BulletinVersion, ItemKind, PublishedItem


def public_address(item: PublishedItem) -> str:
    """Empty where the item was told to communes alone: the public has no page of it."""
    if item.version.bulletin.audience != Audience.PUBLIC:
        return ""
    name = "public:article" if item.kind == ItemKind.KNOWLEDGE else "public:warning"
    return settings.PUBLIC_URL + reverse(name, args=[item.item_id, item.slug])


def public_page_of(version: BulletinVersion) -> str:
    """Of its bulletin: the page shows the version that stands, or that it was withdrawn."""
    return settings.PUBLIC_URL + reverse("public:bulletin", args=[version.bulletin_id])
