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
    Field(Takes.IDENTIFIER, ("phone",), ("sđt", "sdt", "điện thoại", "dt", "tel", "phone")),
    Field(Takes.IDENTIFIER, ("bank_account",), ("stk", "số tài khoản", "tài khoản", "account")),
    Field(Takes.IDENTIFIER, ("tax_code",), ("mst", "mã số thuế", "tax")),
    Field(Takes.IDENTIFIER, ("url", "domain", "shop"), ("web", "trang", "link", "website")),
    Field(Takes.IDENTIFIER, ("barcode",), ("mã vạch", "mv", "barcode")),
    Field(Takes.TEXT, ("in_product",), ("sp", "sản phẩm", "hàng", "product")),
    Field(Takes.TEXT, ("in_brand",), ("nhãn hiệu", "thương hiệu", "hiệu", "brand")),
    Field(Takes.TEXT, ("in_seller",), ("người bán", "nb", "bên bán", "seller")),
    Field(Takes.TEXT, ("in_note",), ("ghi chú", "note")),
    Field(Takes.TEXT, ("in_file",), ("tệp", "file")),
    Field(Takes.CHOICE, ("state",), ("tình trạng", "trạng thái", "tt", "state")),
    Field(Takes.CHOICE, ("track",), ("luồng", "track")),
    Field(Takes.CHOICE, ("owner",), ("cơ quan", "cq", "agency")),
    Field(Takes.CHOICE, ("commune",), ("xã", "phường", "commune")),
    Field(Takes.DAYS, ("on",), ("ngày", "date")),
    Field(Takes.DAYS, ("since",), ("từ", "từ ngày", "from", "since")),
    Field(Takes.DAYS, ("until",), ("đến", "đến ngày", "to", "until")),
    Field(Takes.AMOUNT, ("amount",), ("số tiền", "tiền", "amount")),
)


def _by_name() -> Mapping[str, Field]:
    return {fold_in_place(name): field for field in FIELDS for name in field.names}


BY_NAME = _by_name()
# ``-sp:`` and ``sp :``; what stands before it must be a blank or nothing, so that https:// is no field.
NAMED = re.compile(
    rf"(?<!\S)(?P<not>-?)(?P<name>{'|'.join(sorted(map(re.escape, BY_NAME), key=len, reverse=True))}) ?: ?(?=\S)"
)
