"""A published bulletin as it is read over commune loudspeakers and on the radio: made of published copies alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bulletins.content import SECTIONS, written_day
from bulletins.models import BulletinVersion, PublishedItem
from bulletins.spoken import breaths, cardinal, sentences, spoken
from bulletins.told_words import names_whom

WORDS_A_MINUTE = 130
# Not for the ear: a barcode is compared by eye, a model's code stands on the goods.
_NOT_READ = frozenset({"Mã vạch", "Kiểu, số lô", "Căn cứ"})
_ORDINALS = ("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười")


@dataclass(frozen=True)
class Announcement:
    """``paragraphs`` of lines; a line is read in one breath."""

    paragraphs: tuple[tuple[str, ...], ...]

    @property
    def words(self) -> int:
        return sum(len(line.split()) for lines in self.paragraphs for line in lines)

    @property
    def seconds(self) -> int:
        return -(-self.words * 60 // WORDS_A_MINUTE)

    @property
    def duration(self) -> str:
        minutes, seconds = divmod(-(-self.seconds // 10) * 10, 60)
        return " ".join([*([f"{minutes} phút"] if minutes else []), *([f"{seconds} giây"] if seconds else [])])


def announcement(
    version: BulletinVersion, items: Sequence[PublishedItem], unnamed: Sequence[PublishedItem] = ()
) -> Announcement:
    """``items``: those of the version that may be read today, in their order; ``unnamed``: copies that name whom the
    bulletin may not name any more."""
    content = version.content or {}
    called = [number for number, _words in content.get("hotlines", ())]
    written = [
        _opening(content, unnamed), _correction(content, unnamed), _figures(content), *_sections(items), _hotlines(content),
        ["Thông báo đến đây là hết. Xin cảm ơn bà con đã lắng nghe."],
    ]  # fmt: skip
    made = (tuple(_lines(texts, called)) for texts in written)
    return Announcement(tuple(lines for lines in made if lines))


def _lines(texts: Iterable[str], called: Iterable[str]) -> Iterator[str]:
    numbers = tuple(called)
    for text in texts:
        for sentence in sentences(spoken(text, numbers=numbers)):
            yield from breaths(sentence)


def _opening(content: Mapping[str, Any], unnamed: Sequence[PublishedItem]) -> list[str]:
    province = content["province"]
    issuer = f"{content['letterhead']['issuer']} {province['title']} {province['name']}"
    subject = content["subject"]
    if names_whom(subject, unnamed):
        subject = f"Bản tin {content['period']['words']}"
    return ["Kính thưa bà con.", f"{issuer} xin thông báo.", subject]


def _correction(content: Mapping[str, Any], unnamed: Sequence[PublishedItem]) -> list[str]:
    changed = content.get("correction")
    if not changed:
        return []
    said = f"Thông báo này thay thế thông báo số {changed['symbol']}."
    if names_whom("\n".join(changed["what_changed"]), unnamed):
        return [said]
    return [f"{said} Nội dung thay đổi như sau", *changed["what_changed"]]


def _figures(content: Mapping[str, Any]) -> list[str]:
    figures = content.get("figures")
    if not figures:
        return []
    received, resolved = figures["received"], figures["resolved"]
    counted = f"cơ quan chức năng đã tiếp nhận {received} lượt phản ánh, đã giải quyết {resolved} vụ việc."
    until = f", tính đến hết ngày {written_day(figures['until'])}" if figures.get("until") else ""
    said = [f"Trong {content['period']['words']}{until}, {counted}"]
    if figures.get("loss"):
        said.append(f"Số tiền người dân báo bị thiệt hại là {figures['loss']} đồng.")
    return said


def _sections(items: Sequence[PublishedItem]) -> Iterator[list[str]]:
    for _code, heading, kinds, _empty in SECTIONS:
        own = [item for item in items if item.kind in kinds]
        for number, item in enumerate(own):
            first = [f"Về nội dung {heading[0].lower()}{heading[1:]}."] if number == 0 else []
            yield [*first, *_item(item.content, number if len(own) > 1 else None)]


def _item(content: Mapping[str, Any], number: int | None) -> list[str]:
    # The decision is read with the business it is about.
    skipped = _NOT_READ | ({"Quyết định"} if content.get("named") else set())
    return [
        *([f"Nội dung thứ {_ordinal(number)}."] if number is not None else []),
        content["title"],
        *(f"{label}: {text}" for label, text in content["lines"] if label not in skipped),
        *content["paragraphs"],
        *_named(content.get("named")),
        *(
            ["Số điện thoại, tài khoản và địa chỉ mạng cụ thể được ghi trong bản tin."]
            if content["identifiers"]
            else []
        ),
    ]


def _named(named: Mapping[str, Any] | None) -> list[str]:
    """Whoever is named on air is heard on air."""
    if not named:
        return []
    reply = ["Phía cơ sở cho biết như sau.", *named["reply"]] if named["reply"] else []
    basis = f" Theo: {named['basis']}" if named["basis"] else ""
    return [f"Cơ sở được nêu tên: {named['business']}.{basis}", *reply]


def _ordinal(number: int) -> str:
    return _ORDINALS[number] if number < len(_ORDINALS) else cardinal(number + 1)


def _hotlines(content: Mapping[str, Any]) -> list[str]:
    """Each number twice: who listens has to find a pen first."""
    said = [
        f"{words}, xin gọi số {number}. Xin nhắc lại, số {number}." for number, words in content.get("hotlines", ())
    ]
    return ["Khi cần tư vấn hoặc phản ánh, bà con gọi các số sau.", *said] if said else []


def as_text(made: Announcement, *, symbol: str) -> bytes:
    """For a text editor of any age: a byte order mark, CR LF. What is in brackets is not read."""
    head = (
        f"[Không đọc phần này. Bản tin {symbol}. Thời gian đọc: khoảng {made.duration}, {made.words} tiếng, "
        f"{WORDS_A_MINUTE} tiếng một phút. Mỗi dòng đọc một hơi. Xem trước tên riêng và chữ viết tắt trước khi đọc.]"
    )
    blocks = [head, *("\n".join(lines) for lines in made.paragraphs)]
    return b"\xef\xbb\xbf" + ("\n\n".join(blocks) + "\n").replace("\n", "\r\n").encode()
