"""What a version says, as plain data: everything the paper and the preview print, and nothing else.

Only here does an item become text for outsiders. What is not named here (sources, who wrote it) cannot get out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from bulletins.defanging import paragraphs, told
from bulletins.item_fields import FIELDS, PRINTED, UNTITLED
from bulletins.models import ItemKind, ItemPhoto, NamedBy, WarningItem
from bulletins.spans import Span

#: Sections in the order of an official bulletin; figures come before them, hotlines and sources after. What an empty one
#: says is of the bulletin: of the period nobody claims that there was nothing.
SECTIONS: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    ("products", "Cảnh báo sản phẩm", (ItemKind.PRODUCT,), "Bản tin này không nêu cảnh báo về sản phẩm."),
    ("scams", "Thủ đoạn lừa đảo và cách nhận biết", (ItemKind.SCAM,), "Bản tin này không nêu thủ đoạn lừa đảo."),
    ("violators", "Cơ sở bị xử phạt", (ItemKind.VIOLATOR,), "Bản tin này không nêu cơ sở bị xử phạt."),
    ("advice", "Khuyến cáo", (ItemKind.ADVICE, ItemKind.KNOWLEDGE), "Bản tin này không nêu khuyến cáo riêng."),
)
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")


def sections(items: Sequence[WarningItem], *, start: int = 1, every: bool = True) -> list[dict[str, Any]]:
    """``start``: how many stand before them. ``every``: also those without content, which say so."""
    made: list[dict[str, Any]] = []
    for code, heading, kinds, empty in SECTIONS:
        own = [item_content(item) for item in items if item.kind in kinds]
        if own or every:
            roman = ROMAN[start + len(made)]
            made.append({"code": code, "roman": roman, "heading": heading, "items": own, "empty": empty})
    return made


def closing_numbers(content: Mapping[str, Any]) -> tuple[str, str]:
    """Of the two sections that stand after those of the items: where to report, and what it is made from."""
    stand_before = len(content["sections"]) + (1 if content["figures"] else 0)
    return ROMAN[stand_before], ROMAN[stand_before + 1]


def item_content(item: WarningItem) -> dict[str, Any]:
    """An item as outsiders read it."""
    lines = _lines(item)
    return {
        "item": item.pk,
        "kind": str(item.kind),
        "title": told(item.title) if item.title != UNTITLED else "(Chưa đặt tiêu đề)",
        "paragraphs": paragraphs(item.text) if "text" in FIELDS[item.kind] else [],
        "lines": [[label, lines[name]] for name, label in PRINTED if lines.get(name)],
        "identifiers": paragraphs(item.identifiers) if "identifiers" in FIELDS[item.kind] else [],
        "named": _named(item),
        "product_group": item.product_group_id or "",
        "scam": item.scam_id or "",
        "photos": [_photo(photo) for photo in item.photos.all()] if item.pk else [],
    }


def _lines(item: WarningItem) -> dict[str, str]:
    own = FIELDS[item.kind]
    lines = {name: told(str(getattr(item, name) or "")) for name, _label in PRINTED if name in own}
    # A barcode identifies goods, not a person: covered, it would be of no use.
    lines["barcode"] = item.barcode if "barcode" in own else ""
    lines["decision"] = _decision(item) if "decision_number" in own else ""
    where = [item.channel.label_vi if item.channel else "", told(item.seller_channel)] if "channel" in own else []
    lines["where"] = ", ".join(filter(None, where))
    if "sanction_amount" in own and item.sanction_amount is not None:
        lines["fine"] = f"{item.sanction_amount:,} đồng".replace(",", ".")
    return lines


def _decision(item: WarningItem) -> str:
    if not item.decision_number:
        return ""
    on = f" ngày {item.decision_date:%d/%m/%Y}" if item.decision_date else ""
    by = f" của {item.decision_issuer}" if item.decision_issuer else ""
    return told(f"{item.decision_number}{on}{by}")


def _named(item: WarningItem) -> dict[str, Any] | None:
    """The business that is named, what allows it, and its reply."""
    if not item.business or "business" not in FIELDS[item.kind]:
        return None
    return {
        "business": told(item.business),
        "basis": _basis(item),
        "asked_on": item.reply_asked_on.isoformat() if item.reply_asked_on else "",
        "reply": paragraphs(item.reply),
    }


def _basis(item: WarningItem) -> str:
    """Empty where nothing is written yet, which a check finds."""
    if item.kind != ItemKind.VIOLATOR and item.named_by != NamedBy.DECISION:
        return told(item.responsibility)
    return f"Quyết định số {_decision(item)}" if item.decision_number else ""


def _photo(photo: ItemPhoto) -> dict[str, Any]:
    return {
        "sha256": photo.sha256, "file": str(photo.file.name), "alt": told(photo.alt), "width": photo.width,
        "height": photo.height,
    }  # fmt: skip


def period_content(span: Span) -> dict[str, str]:
    return {
        "kind": span.kind, "first": span.first.isoformat(), "last": span.last.isoformat(), "words": span.words,
        "before_words": span.before_words,
    }  # fmt: skip


def correction_content(symbol: str, issued_on: date, what_changed: str) -> dict[str, Any]:
    return {"symbol": symbol, "issued_on": issued_on.isoformat(), "what_changed": paragraphs(what_changed)}


def written_day(iso: str) -> str:
    """As an official text writes a day that content keeps."""
    return f"{date.fromisoformat(iso):%d/%m/%Y}"


def texts_of(content: Mapping[str, Any]) -> Iterable[str]:
    """Every text in the content, alternative texts too: what checks look through."""
    for value in content.values() if isinstance(content, Mapping) else content:
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping | list | tuple):
            yield from texts_of(value)  # type: ignore[arg-type]


def canonical(content: Mapping[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
