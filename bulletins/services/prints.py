"""Posters and share images, made once and kept: when a bulletin is published, or when one is asked for that is not there.

The name of a file is a digest of all that goes into it, so that what is found is what would be made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from bulletins.content import canonical
from bulletins.models import BulletinVersion, PublishedItem
from bulletins.poster import poster
from bulletins.public_address import public_address
from bulletins.selectors_press import items_to_carry
from bulletins.share_image import share_image

FOLDER = "bulletin-prints"
#: Counted up when the layout changes: what was kept is then made anew.
LAYOUT = 1
MAKERS: dict[str, Callable[[PublishedItem], bytes]] = {"pdf": poster, "png": share_image}


def print_of(item: PublishedItem, ending: str) -> bytes:
    """The poster (``pdf``) or the share image (``png``). Raises documents.pdf.RenderError, FileNotFoundError for a photo
    that is gone."""
    name = _name(item, ending)
    if default_storage.exists(name):
        with default_storage.open(name) as file:
            return bytes(file.read())
    made = MAKERS[ending](item)
    kept = default_storage.save(name, ContentFile(made))
    if kept != name:  # Somebody was faster with the same bytes.
        default_storage.delete(kept)
    return made


def make_prints(version_id: int) -> None:
    """Again harmless: what is kept is read."""
    version = BulletinVersion.objects.select_related("bulletin").get(pk=version_id)
    for item in items_to_carry(version):
        for ending in MAKERS:
            print_of(item, ending)


def _name(item: PublishedItem, ending: str) -> str:
    frozen = item.version.content or {}
    said = canonical({
        "content": item.content, "hotlines": frozen.get("hotlines"), "letterhead": frozen.get("letterhead"),
        "province": frozen.get("province"), "address": public_address(item), "at": item.published_at.isoformat(),
        "layout": LAYOUT,
    })  # fmt: skip
    return f"{FOLDER}/{hashlib.sha256(said.encode()).hexdigest()}.{ending}"
