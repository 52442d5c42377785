"""Whom to call, as a bulletin prints it: the province's own rows, else the national ones."""

from __future__ import annotations

from agencies.models import Province
from bulletins.models import Hotline

# What every province prints until it has rows of its own.
NATIONAL = (
    ("1800.6838", "Tổng đài tư vấn, hỗ trợ người tiêu dùng, miễn phí"),
    ("113", "Công an"),
    ("156", "Phản ánh cuộc gọi lừa đảo"),
    ("5656", "Phản ánh tin nhắn lừa đảo"),
)


def hotlines_of(province: Province) -> list[list[str]]:
    """Number and words each."""
    own = list(Hotline.objects.filter(province=province).order_by("position", "pk").values_list("number", "words"))
    return [list(line) for line in own or NATIONAL]
