"""The fields of the query language, under the names people give them, in Vietnamese and in English."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .text import fold_in_place


class Takes(StrEnum):
    """How a field's value is read."""

    IDENTIFIER = "identifier"
    TEXT = "text"
    CHOICE = "choice"
    DAYS = "days"
    AMOUNT = "amount"


@dataclass(frozen=True)
class Field:
    """``target``: the kinds of identifier, the section of the index, the filter or the number that it asks of.
    ``names``: the first is the one shown, in Vietnamese and in English."""

    takes: Takes
    target: tuple[str, ...]
    names: tuple[str, ...]

    @property
    def shown(self) -> tuple[str, str]:
        """(Vietnamese, English)"""
        return self.names[0], self.names[-1]


FIELDS: tuple[Field, ...] = (
    Field(Takes.IDENTIFIER, ("phone",), (
        "sđt", "số điện thoại", "điện thoại", "số đt", "đt", "di động", "tel", "mobile", "phone number", "phone",
    )),
    Field(Takes.IDENTIFIER, ("bank_account",), (
        "stk", "số tài khoản", "tài khoản", "số tk", "tk", "bank account", "account number", "account",
    )),
    Field(Takes.IDENTIFIER, ("tax_code",), ("mst", "mã số thuế", "mã thuế", "tax code", "tax")),
    Field(Takes.IDENTIFIER, ("url", "domain", "shop"), (
        "web", "trang", "trang web", "đường dẫn", "liên kết", "tên miền", "link", "url", "domain", "website",
    )),
    Field(Takes.IDENTIFIER, ("barcode",), ("mã vạch", "mv", "barcode")),
    Field(Takes.TEXT, ("in_product",), ("sp", "sản phẩm", "hàng", "hàng hóa", "mặt hàng", "product")),
    Field(Takes.TEXT, ("in_brand",), ("nhãn hiệu", "thương hiệu", "nhãn hàng", "hiệu", "brand")),
    Field(Takes.TEXT, ("in_seller",), ("người bán", "nb", "bên bán", "cửa hàng", "shop", "seller")),
    Field(Takes.TEXT, ("in_note",), ("ghi chú", "notes", "note")),
    Field(Takes.TEXT, ("in_file",), ("tệp", "tập tin", "đính kèm", "attachment", "file")),
    Field(Takes.CHOICE, ("state",), ("tình trạng", "trạng thái", "tt", "status", "state")),
    Field(Takes.CHOICE, ("track",), ("luồng", "track")),
    Field(Takes.CHOICE, ("owner",), ("cơ quan", "cq", "cơ quan phụ trách", "cơ quan xử lý", "đơn vị", "agency")),
    Field(Takes.CHOICE, ("commune",), ("xã", "phường", "đặc khu", "ward", "commune")),
    Field(Takes.DAYS, ("on",), ("ngày", "date")),
    Field(Takes.DAYS, ("since",), ("từ", "từ ngày", "kể từ", "from", "since")),
    Field(Takes.DAYS, ("until",), ("đến", "đến ngày", "đến hết", "tới ngày", "to", "until")),
    Field(Takes.AMOUNT, ("amount",), ("số tiền", "tiền", "thiệt hại", "giá trị", "trị giá", "amount")),
)  # fmt: skip


def _by_name() -> Mapping[str, Field]:
    return {fold_in_place(name): field for field in FIELDS for name in field.names}


BY_NAME = _by_name()
# The second as keyboards of other languages write it.
COLONS = ":："
# ``-sp:`` and ``sp :``; what stands before it must be a blank or nothing, so that https:// is no field.
NAMED = re.compile(
    rf"(?<!\S)(?P<not>-?)(?P<name>{'|'.join(sorted(map(re.escape, BY_NAME), key=len, reverse=True))}) ?[{COLONS}] ?(?=\S)"
)
