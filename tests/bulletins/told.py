"""Published copies without a database: as much of a version as the press's texts and pictures are made from."""

from datetime import UTC, date, datetime

from bulletins.content import item_content
from bulletins.models import Bulletin, BulletinVersion, PublishedItem, WarningItem
from bulletins.rendering import composed
from bulletins.services.publishing import slug_of
from bulletins.spans import Span

AT = datetime(2026, 11, 3, 5, tzinfo=UTC)
SPAN = Span.of_month("2026-10")
HEAD = {
    "subject": "Cảnh báo người tiêu dùng tháng 10/2026",
    "signatory": {"title": "Giám đốc", "name": "Nguyễn Văn Ký"},
    "letterhead": {
        "issuer": "Sở Công Thương", "abbreviation": "SCT", "place": "Đồng Tháp", "superior": "Ủy ban nhân dân tỉnh Đồng Tháp",
    },
}  # fmt: skip
HOTLINES = [["1800.6838", "Tổng đài tư vấn, hỗ trợ người tiêu dùng, miễn phí"], ["113", "Công an"]]


class Place:
    """As much of a province as the content asks for."""

    pk, name, title = "82", "Đồng Tháp", "tỉnh"


def version(items=(), figures=None) -> BulletinVersion:
    """Hotlines as given above; `bulletins.rendering.hotlines_of` would ask the database."""
    from unittest.mock import patch

    with patch("bulletins.rendering.hotlines_of", lambda _province: HOTLINES):
        content = composed(HEAD, {"figures": figures}, SPAN, list(items), Place())
    return BulletinVersion(bulletin=Bulletin(), number=1, content=content, published_at=AT, issued_on=date(2026, 11, 3))


def copy(kind="product", **fields) -> PublishedItem:
    item = WarningItem(kind=kind, **({"title": "Kem Trắng Da", "product": "Kem", "what_to_do": "Ngừng dùng."} | fields))
    told = item_content(item)
    return PublishedItem(
        kind=kind, item_id=7, title=told["title"], slug=slug_of(told["title"]), content=told, version=version(),
        published_at=AT,
    )  # fmt: skip
