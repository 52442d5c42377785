"""Which fields each kind of item has, and what must be in them; as it is asked and as it is printed."""

from __future__ import annotations

from bulletins.models import ItemKind

# Stands until an editor writes a title: a form shows it as empty, it is not saved, and a check finds it.
UNTITLED = "Cảnh báo mới"
_NAMED = ("business", "named_by", "responsibility", "reply_asked_on", "reply")
_DECISION = ("decision_number", "decision_date", "decision_issuer", "act")

FIELDS: dict[str, tuple[str, ...]] = {
    ItemKind.PRODUCT: (
        "title", "product", "brand", "model_or_lot", "barcode", "origin", "product_group", "channel", "seller_channel",
        "text", "risk", "how_to_recognise", "what_to_do", "identifiers", *_NAMED, *_DECISION,
    ),
    ItemKind.SCAM: (
        "title", "scam", "channel", "how_it_goes", "how_to_recognise", "what_to_do", "identifiers", "text", *_NAMED,
        *_DECISION,
    ),
    ItemKind.VIOLATOR: (
        "title", "business", *_DECISION, "area", "sanction_amount", "text", "reply_asked_on", "reply",
    ),
    ItemKind.ADVICE: ("title", "text", "product_group"),
    ItemKind.KNOWLEDGE: ("title", "text", "legal_source", "product_group", "scam"),
}  # fmt: skip
REQUIRED: dict[str, tuple[str, ...]] = {
    ItemKind.PRODUCT: ("title", "product"),
    ItemKind.SCAM: ("title", "how_it_goes"),
    ItemKind.VIOLATOR: ("title", "business", *_DECISION),
    ItemKind.ADVICE: ("title", "text"),
    ItemKind.KNOWLEDGE: ("title", "text"),
}

#: How a field is called in print, in the order it is printed; what has no line of its own is not here.
PRINTED: tuple[tuple[str, str], ...] = (
    ("product", "Sản phẩm"),
    ("brand", "Nhãn hiệu"),
    ("model_or_lot", "Kiểu, số lô"),
    ("barcode", "Mã vạch"),
    ("origin", "Xuất xứ ghi trên hàng"),
    ("where", "Nơi bán"),
    ("decision", "Quyết định"),
    ("act", "Hành vi"),
    ("area", "Địa bàn"),
    ("fine", "Mức phạt"),
    ("risk", "Nguy cơ"),
    ("how_it_goes", "Cách thức"),
    ("how_to_recognise", "Dấu hiệu nhận biết"),
    ("what_to_do", "Người tiêu dùng cần"),
    ("legal_source", "Căn cứ"),
)
