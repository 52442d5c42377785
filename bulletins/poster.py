"""A published warning on one A4 page, to be hung up: what it is, what to do, whom to call, a QR to the public page.

Texts that do not fit are set smaller step by step, then shortened, and the page says so: it is always one page.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import segno
from django.core.files.storage import default_storage

from bulletins.models import ItemKind, PublishedItem
from bulletins.public_address import public_address
from documents.pdf import Limits, RenderTooLarge, render_pdf

TEMPLATE, STYLES = "bulletins/poster.html", ("bulletins/poster.css",)
ONE_PAGE = Limits(pages=1)
BANDS = {
    ItemKind.PRODUCT: "Cảnh báo sản phẩm", ItemKind.SCAM: "Cảnh báo lừa đảo", ItemKind.VIOLATOR: "Cơ sở bị xử phạt",
    ItemKind.ADVICE: "Khuyến cáo", ItemKind.KNOWLEDGE: "Pháp luật cần biết",
}  # fmt: skip
#: What warns is told apart from what advises, by colour and by word.
WARNS = (ItemKind.PRODUCT, ItemKind.SCAM, ItemKind.VIOLATOR)
WHAT_TO_DO = "Người tiêu dùng cần"
_LONG = ("Nguy cơ", "Cách thức", "Dấu hiệu nhận biết")
# The codes of a lot or a shop are read on the public page; a poster is read in passing.
_LEFT_OUT = ("Căn cứ",)


@dataclass(frozen=True)
class Step:
    """``size`` in points; a text gets ``letters``, a photo ``photo`` millimetres of height; at most ``texts`` texts."""

    size: int
    letters: int
    photo: int
    texts: int

    @property
    def room(self) -> int:
        """More letters than this fit no page of this size, whatever they are."""
        return 540_000 // self.size**2


STEPS = (
    Step(24, 900, 90, 8), Step(20, 900, 85, 8), Step(17, 900, 75, 8), Step(14, 700, 60, 8), Step(12, 450, 45, 6),
    Step(10, 300, 30, 4), Step(10, 200, 0, 4), Step(10, 70, 0, 2),
)  # fmt: skip


def poster(item: PublishedItem) -> bytes:
    """The PDF of the first step that fits one page. Equal copies give equal bytes. Raises documents.pdf.RenderError,
    FileNotFoundError for a photo that is gone."""
    *larger, last = STEPS
    for step in larger:
        context = poster_context(item, step)
        if _letters(context) <= step.room:
            with contextlib.suppress(RenderTooLarge):
                return _rendered(item, step, context)
    return _rendered(item, last, poster_context(item, last))


def _letters(context: Mapping[str, Any]) -> int:
    """How many letters' room it takes: a text at least a line, the title three times its letters, a photo its height."""
    told = [*context["facts"], *context["texts"], *((context["named"] or {}).items())]
    texts = [*(text for _label, text in told), *context["what_to_do"]]
    step: Step = context["step"]
    photo = step.room * step.photo // 190 if context["photo"] else 0
    return sum(len(text) + 40 for text in texts) + 3 * len(context["title"]) + photo


def _rendered(item: PublishedItem, step: Step, context: Mapping[str, Any]) -> bytes:
    photo = first_photo(item) if step.photo else b""
    address = public_address(item)
    assets = ({"qr.svg": qr_svg(address)} if address else {}) | ({"photo.jpg": photo} if photo else {})
    return render_pdf(
        TEMPLATE, context, title=f"{BANDS[ItemKind(item.kind)]}: {item.title}", as_of=item.published_at, assets=assets,
        stylesheets=STYLES, limits=ONE_PAGE,
    )  # fmt: skip


def poster_context(item: PublishedItem, step: Step) -> dict[str, Any]:
    content, frozen = item.content, item.version.content or {}
    shorten, shorten_fact, shorten_deed = (
        Shortening(letters) for letters in (step.letters, max(60, step.letters // 4), step.letters * 2)
    )
    lines = [(label, text) for label, text in content["lines"] if label not in _LEFT_OUT]
    what_to_do = [shorten_deed(text) for label, text in lines if label == WHAT_TO_DO]
    texts = [("", text) for text in content["paragraphs"]] + [(label, text) for label, text in lines if label in _LONG]
    told = [(label, shorten(text)) for label, text in texts[: step.texts]]
    return {
        "band": BANDS[ItemKind(item.kind)],
        "warns": item.kind in WARNS,
        "title": shorten_deed(content["title"]),
        "facts": [(label, shorten_fact(text)) for label, text in lines if label not in (WHAT_TO_DO, *_LONG)],
        "texts": told,
        "what_to_do": what_to_do,
        "named": _named(content.get("named"), shorten),
        "photo": content["photos"][0]["alt"] if content["photos"] and step.photo else "",
        "hotlines": [(number, Shortening(64)(words)) for number, words in frozen.get("hotlines", ())][:4],
        "issuer": issuer_of(frozen),
        "published_at": item.published_at,
        "address": public_address(item),
        "step": step,
        "shortened": any(one.happened for one in (shorten, shorten_fact, shorten_deed)) or len(texts) > step.texts,
    }


def _named(named: Mapping[str, Any] | None, shorten: Shortening) -> dict[str, str] | None:
    """Also on a poster: what allows the name, and what the business says."""
    if not named:
        return None
    reply = shorten(" ".join(named["reply"])) if named["reply"] else ""
    return {"business": shorten(named["business"]), "basis": shorten(named["basis"]), "reply": reply}


class Shortening:
    """Cuts at a word within ``letters``; remembers whether it had to."""

    def __init__(self, letters: int) -> None:
        self.letters, self.happened = letters, False

    def __call__(self, text: str) -> str:
        if len(text) <= self.letters:
            return text
        self.happened = True
        head = text[: self.letters - 1]
        if not text[len(head)].isspace() and " " in head[len(head) // 2 :]:
            head = head.rpartition(" ")[0]
        return head.rstrip(" ,.;:") + "…"


def issuer_of(content: Mapping[str, Any]) -> str:
    province = content["province"]
    return f"{content['letterhead']['issuer']} {province['title']} {province['name']}"


def first_photo(item: PublishedItem) -> bytes:
    """Empty without one."""
    if not item.content["photos"]:
        return b""
    with default_storage.open(item.content["photos"][0]["file"]) as file:
        return bytes(file.read())


def qr_svg(address: str) -> bytes:
    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False, mask=4).save(
        drawn, kind="svg", border=2, scale=8, xmldecl=False, dark="#000000", light="#ffffff"
    )
    return drawn.getvalue()
