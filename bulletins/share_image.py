"""The 1200×630 picture that stands for a published warning where its address is shared."""

from __future__ import annotations

import json
import re
import unicodedata

from bulletins.models import ItemKind, PublishedItem
from bulletins.poster import BANDS, WARNS, WHAT_TO_DO, first_photo, issuer_of
from complaints import sandbox
from documents.pdf import RenderError

_WARNS, _ADVISES = (179, 20, 27), (11, 79, 138)
# No typeface for them is drawn with: a picture, a mark that turns the reading direction.
_UNDRAWN = re.compile(r"[^\n\u0020-\u024f\u0300-\u036f\u1e00-\u1eff\u2010-\u2027\u2030-\u203a\u20ab\u2022]")


def share_image(item: PublishedItem) -> bytes:
    """PNG. Equal copies give equal bytes. Raises documents.pdf.RenderError, FileNotFoundError for a photo that is gone."""
    try:
        return sandbox.run("bulletins.share_child", first_photo(item), json.dumps(_words(item)))
    except sandbox.ChildFailed as error:
        raise RenderError(str(error)) from error


def _words(item: PublishedItem) -> dict[str, object]:
    content, frozen = item.content, item.version.content or {}
    what_to_do = [text for label, text in content["lines"] if label == WHAT_TO_DO]
    text = " ".join(what_to_do) or " ".join(content["paragraphs"])
    number = next((number for number, _words in frozen.get("hotlines", ())), "")
    return {
        "band": BANDS[ItemKind(item.kind)].upper(),
        "title": _drawn(content["title"]),
        "text": _drawn(text)[:600],
        "foot": _drawn(f"{issuer_of(frozen)}{' · ' if number else ''}{number}"),
        "colour": _WARNS if item.kind in WARNS else _ADVISES,
    }


def _drawn(text: str) -> str:
    return _UNDRAWN.sub("", unicodedata.normalize("NFC", text))
