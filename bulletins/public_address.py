"""Where the public reads an item: what a poster's QR leads to."""

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from bulletins.models import ItemKind, PublishedItem


def public_address(item: PublishedItem) -> str:
    """Absolute; of the warnings' list where there is no page for one."""
    name = "public:article" if item.kind == ItemKind.KNOWLEDGE else "public:warning"
    try:
        path = reverse(name, args=[item.item_id, item.slug])
    except NoReverseMatch:
        path = "/canh-bao/"
    return f"{settings.PUBLIC_URL}{path}"
