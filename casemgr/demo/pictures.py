"""Drawing what a citizen would photograph: a transfer, a receipt, a chat, a label, a parcel. All invented."""

import io
from collections.abc import Callable, Iterable
from functools import cache
from textwrap import wrap
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from agencies.folding import fold

NAMES = {
    "transfer": "chuyen-khoan",
    "receipt": "hoa-don",
    "chat": "tin-nhan",
    "label": "nhan-hang",
    "parcel": "kien-hang",
}
SIZE = (720, 1080)
INK, FAINT, PAPER = "#1d2530", "#6b7685", "#ffffff"
_FONTS = "/usr/share/fonts/truetype"
_FACES = (
    f"{_FONTS}/liberation2/LiberationSans-Regular.ttf",
    f"{_FONTS}/liberation/LiberationSans-Regular.ttf",
    f"{_FONTS}/dejavu/DejaVuSans.ttf",
)


def draw(sort: str, facts: dict[str, Any], number: int) -> bytes:
    """A JPEG of `sort` (a key of `NAMES`) telling the story's facts; the same bytes for the same arguments."""
    sheet = _Sheet(_GROUNDS[sort])
    _DRAWINGS[sort](sheet, facts, number)
    out = io.BytesIO()
    sheet.image.save(out, "JPEG", quality=82)
    return out.getvalue()


class _Sheet:
    """A picture being drawn, from top to bottom. Without a font for Vietnamese, text loses its diacritics."""

    def __init__(self, ground: str) -> None:
        self.image = Image.new("RGB", SIZE, ground)
        self.pen = ImageDraw.Draw(self.image)
        self.y = 70

    def text(self, text: str, size: int = 30, *, colour: str = INK, x: int = 70, width: int = 580) -> None:
        font, plain = _font(size)
        for line in wrap(fold(text) if plain else text, int(width / size * 1.9)):
            self.pen.text((x, self.y), line, font=font, fill=colour)
            self.y += int(size * 1.4)
        self.y += 10

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> None:
        for label, value in pairs:
            self.text(label, 24, colour=FAINT)
            self.text(value or "—", 34)

    def rule(self) -> None:
        self.pen.line((70, self.y, SIZE[0] - 70, self.y), fill=FAINT, width=2)
        self.y += 24

    def bubble(self, text: str, *, mine: bool) -> None:
        top, x = self.y, 250 if mine else 60
        self.y += 18
        self.text(text, 28, x=x + 22, width=370)
        box = (x, top, x + 410, self.y + 6)
        below = self.image.crop(box)
        self.pen.rounded_rectangle(box, 22, fill="#cfe5f5" if mine else PAPER)
        ink = below.convert("L").point([255 if grey < 110 else 0 for grey in range(256)])
        self.image.paste(INK, box[:2], ink)
        self.y += 34


@cache
def _font(size: int) -> tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, bool]:
    for face in _FACES:
        try:
            font = ImageFont.truetype(face, size)
        except OSError:
            continue
        if _draws_vietnamese(font):
            return font, False
    return ImageFont.load_default(size), True


def _draws_vietnamese(font: ImageFont.FreeTypeFont) -> bool:
    """Version 1 of the Liberation fonts draws boxes."""
    return bytes(font.getmask("ễ")) != bytes(font.getmask("\U0010ffff"))


def _money(amount: int | None) -> str:
    return f"{amount or 0:,}".replace(",", ".") + " đ"


def _transfer(sheet: _Sheet, facts: dict[str, Any], number: int) -> None:
    seller = facts.get("seller", {})
    sheet.pen.ellipse((300, 70, 420, 190), fill="#1f7a4d")
    sheet.pen.line((332, 132, 354, 154, 392, 106), fill=PAPER, width=10)
    sheet.y = 225
    sheet.text("Chuyển tiền thành công", 40)
    sheet.text(_money((facts.get("amount") or facts.get("price") or 0) // number), 56)
    sheet.rule()
    sheet.pairs(
        [
            ("Đến tài khoản", seller.get("bank", ["", ""])[1]),
            ("Người nhận", "NGUOI NHAN (MAU)"),
            ("Nội dung", f"Thanh toan {fold(facts.get('product', ''))}"[:60]),
            ("Mã giao dịch", f"MAU{number:03d}000"),
        ]
    )
    sheet.text("Ảnh vẽ minh họa, không phải giao dịch thật", 22, colour=FAINT)


def _receipt(sheet: _Sheet, facts: dict[str, Any], number: int) -> None:
    seller = facts.get("seller", {})
    sheet.text(seller.get("name", "Cửa hàng").upper(), 38)
    sheet.text(seller.get("address", ""), 24, colour=FAINT)
    sheet.rule()
    sheet.text("HÓA ĐƠN BÁN LẺ", 44)
    sheet.pairs(
        [
            ("Mặt hàng", facts.get("product", "")),
            ("Nhãn hiệu", facts.get("brand", "")),
            ("Thành tiền", _money(facts.get("price"))),
            ("Điện thoại", seller.get("phone", "")),
        ]
    )
    sheet.rule()
    sheet.text(f"Số: MAU-{number:04d}. Ảnh vẽ minh họa.", 22, colour=FAINT)


def _chat(sheet: _Sheet, facts: dict[str, Any], number: int) -> None:
    sheet.text(facts.get("seller", {}).get("name", "Người bán"), 36)
    sheet.rule()
    for mine, said in _talk(facts):
        sheet.bubble(said, mine=mine)
    sheet.text("Đã xem", 22, colour=FAINT, x=560)
    sheet.text("Ảnh vẽ minh họa", 22, colour=FAINT)


def _talk(facts: dict[str, Any]) -> list[tuple[bool, str]]:
    """Who says what: True for the citizen."""
    paid = _money(facts.get("amount") or facts.get("price"))
    if facts["kind"] == "crime" and facts.get("category") != "FRAUD_DEPOSIT":
        return [
            (False, "Anh/chị làm đúng hướng dẫn, tuyệt đối không nói với ai"),
            (False, f"Chuyển {paid} để xác minh, mười phút sau được hoàn lại"),
            (True, "Sao chưa thấy gì hết vậy?"),
            (True, "Trả lời tôi đi, sao lại chặn?"),
        ]
    product = facts.get("product") or "như trong bài đăng"
    if facts["kind"] == "violation":
        return [
            (True, f"Cho hỏi {product} có giấy tờ, số công bố không?"),
            (False, "Hàng công ty bao chất lượng nha, chốt đơn sớm kẻo hết"),
            (True, "Vậy gửi hình giấy tờ được không?"),
            (False, "Mua thì mua, không mua thì thôi"),
        ]
    return [
        (True, f"Còn hàng không shop: {product}?"),
        (False, "Dạ còn, mình chuyển khoản trước giúp em, em gửi liền trong ngày ạ"),
        (True, f"Mình chuyển {paid} rồi nha"),
        (True, "Shop ơi, sao chưa thấy hàng? Sao gọi không được?"),
    ]


def _label(sheet: _Sheet, facts: dict[str, Any], number: int) -> None:
    sheet.pen.rectangle((50, 50, 670, 900), fill=PAPER, outline=INK, width=4)
    sheet.y = 100
    sheet.text((facts.get("brand") or "Không nhãn hiệu").upper(), 54, x=90, width=540)
    sheet.text(facts.get("product", ""), 34, x=90, width=540)
    for label in ("Nơi sản xuất: (để trống)", "Số lô: (bị cạo)", "HSD: in đè, không đọc được"):
        sheet.text(label, 28, x=90, width=540)
    for bar in range(44):
        if (bar * 7 + number) % 3:
            sheet.pen.rectangle((90 + bar * 12, 690, 96 + bar * 12, 830), fill=INK)
    sheet.y = 930
    sheet.text("Ảnh vẽ minh họa", 22, colour=FAINT)


def _parcel(sheet: _Sheet, facts: dict[str, Any], number: int) -> None:
    sheet.pen.rectangle((80, 260, 640, 800), fill="#b98a56", outline="#7a5730", width=6)
    sheet.pen.rectangle((320, 260, 400, 800), fill="#d8b98c")
    sheet.pen.rectangle((130, 480, 470, 700), fill=PAPER)
    sheet.text("Kiện hàng lúc nhận", 40)
    sheet.y = 500
    sheet.text(facts.get("seller", {}).get("name", ""), 28, x=150, width=300)
    sheet.text(f"COD {_money(facts.get('price'))}", 28, x=150, width=300)
    sheet.y = 850
    sheet.text("Ảnh vẽ minh họa", 22, colour=FAINT)


_DRAWINGS: dict[str, Callable[[_Sheet, dict[str, Any], int], None]] = {
    "transfer": _transfer,
    "receipt": _receipt,
    "chat": _chat,
    "label": _label,
    "parcel": _parcel,
}
_GROUNDS = {"transfer": "#f3f6f4", "receipt": "#fbf8ee", "chat": "#e9edf1", "label": "#d9d4c7", "parcel": "#cfd2d6"}
