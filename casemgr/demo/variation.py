"""Endless plausible complaints: the stories told by other people, elsewhere, about other sellers."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from casemgr.demo import SOURCE
from casemgr.demo.content import Story
from casemgr.demo.playing import lodgement
from complaints import codes
from complaints.lodgement import Lodgement, Person
from complaints.models import IndicatorKind

_OPENINGS = (
    "Kính gửi cơ quan chức năng.", "Xin chào anh chị.", "Tôi xin phản ánh sự việc như sau.", "Cho em hỏi với ạ.",
    "Nhờ cơ quan xem giúp.", "Tôi rất bức xúc.", "", "",
)  # fmt: skip
_ENDINGS = (
    "Mong được trả lời sớm.", "Tôi có giữ tin nhắn và chứng từ.", "Xin cảm ơn.", "Đề nghị xử lý dứt điểm.",
    "Tôi chịu trách nhiệm về lời kể này.", "Ai gặp rồi xin cảnh giác.", "", "",
)  # fmt: skip
_SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương")
_MIDDLES = ("Thị", "Văn", "Minh", "Ngọc", "Thanh", "Hoàng", "Kim", "Quốc", "Gia", "Thúy")
_GIVEN = (
    "An",
    "Bình",
    "Châu",
    "Dung",
    "Hạnh",
    "Khang",
    "Lan",
    "My",
    "Nam",
    "Oanh",
    "Phúc",
    "Quân",
    "Sơn",
    "Trang",
    "Yến",
)
_PLACES = (
    "chợ đầu mối",
    "khu dân cư mới",
    "ấp 3",
    "khóm 2",
    "cạnh trường học",
    "gần bến phà",
    "ngã tư cầu sắt",
    "tuyến lộ 30",
)
_SELLERS = 20_000
_PHONE_BASE, _ACCOUNT_BASE = 900_100_000, 10_000_000


def vary(stories: Sequence[Story], number: int, at: datetime) -> Lodgement:
    """The `number`-th variation, lodged `at`: the same number tells the same at every loading."""
    chance = random.Random(number)  # nosec B311
    said = lodgement(chance.choice(stories), at)
    seller = int(_SELLERS * chance.random() ** 3)
    occurred = at.date() - timedelta(days=chance.randrange(40))
    amount = said.amount and max(10_000, int(said.amount * chance.uniform(0.2, 3) // 1000) * 1000)
    return replace(
        said,
        narrative=_narrative(said.narrative, occurred, chance),
        idempotency_key=codes.derived_idempotency_key(SOURCE, "variation", str(number)),
        origin="web",
        amount=amount,
        seller_name=f"{said.seller_name} {seller}".strip(),
        occurred_on=occurred,
        money_moved_at=None,
        commune=chance.choice(stories).facts["commune"],
        source_id=f"variation-{number}",
        received_by=None,
        received_at_agency=None,
        identifiers=_identifiers(said, seller),
        person=Person() if said.is_anonymous else _person(chance),
    )


def _narrative(text: str, occurred: date, chance: random.Random) -> str:
    first, *rest = text.split(". ")
    kept = [sentence for sentence in rest if chance.random() < 0.8]
    story = ". ".join([first, *kept])
    story += "" if story.endswith((".", "!", "?")) else "."
    where = f"Chuyện xảy ra ở {chance.choice(_PLACES)}, hôm {occurred:%d/%m}."
    return " ".join(part for part in (chance.choice(_OPENINGS), story, where, chance.choice(_ENDINGS)) if part)


def _identifiers(said: Lodgement, seller: int) -> tuple[tuple[str, str], ...]:
    given: dict[str, Any] = dict(said.identifiers)
    if IndicatorKind.PHONE in given:
        given[IndicatorKind.PHONE] = f"0{_PHONE_BASE + seller}"
    if IndicatorKind.BANK_ACCOUNT in given:
        given[IndicatorKind.BANK_ACCOUNT] = f"00{_ACCOUNT_BASE + seller}"
    if IndicatorKind.URL in given:
        given[IndicatorKind.URL] = f"https://gian-hang-{seller}.example/"
    return tuple((str(kind), value) for kind, value in given.items())


def _person(chance: random.Random) -> Person:
    name = " ".join(chance.choice(part) for part in (_SURNAMES, _MIDDLES, _GIVEN))
    return Person(name=name, phone=f"0{900_200_000 + chance.randrange(99_999):09}")
