"""Vietnamese as it is read aloud: numbers, dates, phone numbers, money and abbreviations in words; no addresses.

Pure. What no rule knows stays as it is written; the reader looks through the text before the microphone is on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial

from agencies.folding import normalise
from bulletins.abbreviations import LETTERS, UNITS, WORDS

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
#: Syllables between two places to breathe.
BREATH = 22
ADDRESS = "địa chỉ mạng ghi trong bản tin"
HIDDEN_NUMBER = "số ghi trong bản tin"
_BILLION = 1_000_000_000
_LONGEST = 15

_WORD = re.compile(r"(?<!\w)(" + "|".join(sorted(map(re.escape, WORDS), key=len, reverse=True)) + r")(?!\w)")
_LINK = re.compile(
    r"\b[a-z][a-z0-9+.\-]*://[^\s<>\"']+|\S+\[@\]\S+|\S+@\S+\.\S+|\S+\[\.\]\S+|\bwww\.\S+", re.IGNORECASE
)
#: No word of a language is so long; the rules below take their time over one.
_ENDLESS = re.compile(r"\S{120,}")
_COVERED = re.compile(r"(?:\b[sS]ố\s+)?(?:\+?\d{1,20}[ .\-]){0,12}[\w+.\-]*•[\w•.\-]*(?: [•\d.\-]*[•\d])*")
_DOCUMENT = re.compile(r"\b(\d{1,6})(?:/(\d{4}))?/([A-ZĐ][A-ZĐ0-9]*(?:[\-–&][A-ZĐ][A-ZĐ0-9]*)*)\b")
_DAY = re.compile(r"(?:\bngày\s+)?\b(\d{1,2})[/.](\d{1,2})[/.](\d{4})\b", re.IGNORECASE)
_DAY_OF_MONTH = re.compile(r"\b(ngày\s+)(\d{1,2})(?:/(\d{1,2})\b)?(?![\d/])", re.IGNORECASE)
_MONTH = re.compile(r"\b(tháng\s+)(\d{1,2})(?:/(\d{4}))?\b", re.IGNORECASE)
_TIME = re.compile(r"\b(\d{1,2})\s?(?:h|g|:|giờ)\s?([0-5]\d)?\b(?!\w)", re.IGNORECASE)
_ROUND_THE_CLOCK = re.compile(r"\b24/(?:7|24)\b")
_PHONE = re.compile(
    r"(?<![\w.,])(?:\+84|0)\d{0,3}(?:[ .\-]?\d{2,4}){2,4}\b|(?<![\w.,])1[89]00(?:[ .\-]?\d{2,4}){1,2}\b"
)
_CALLED = re.compile(r"\b((?:gọi|số|tổng đài|đường dây nóng|điện thoại|đầu số)(?:\s+(?:số|đến|tới|cho))?:?\s+)(\d{3,5})\b(?![.,]\d)",
                     re.IGNORECASE)  # fmt: skip
_NUMBER = r"\d+(?:\.\d{3})*(?:,\d+)?"
_MONEY = re.compile(rf"(?<![\w.,])({_NUMBER})\s*(?:VNĐ|VND|vnđ|đồng|đ|₫)(?!\w)")
_PERCENT = re.compile(rf"(?<![\w.,])({_NUMBER})\s*%")
_RANGE = re.compile(r"(?<=\d)\s*[-–]\s*(?=\d)")
_UNIT = re.compile(rf"(?<![\w.,])({_NUMBER})\s*({'|'.join(map(re.escape, UNITS))})(?!\w)")
_CODE = re.compile(r"\b(?=[A-ZĐ0-9\-]*\d)(?=[A-ZĐ0-9\-]*[A-ZĐ])[A-ZĐ0-9]+(?:-[A-ZĐ0-9]+)*\b")
_CONSONANTS = re.compile(r"\b[BCDĐFGHJKLMNPQRSTVWXZ]{2,5}\b")
_PLAIN = re.compile(rf"(?<![\w.,])({_NUMBER})(?!\w)")
_LEFT_OVER = re.compile(r"\d+")
_SYMBOLS = (("&", " và "), ("+", " cộng "), ("=", " bằng "), ("/", " hoặc "), ("_", " "), ("*", " "), ("#", " "), ("•", " "), ("@", " "),
            ("\u200b", ""))  # fmt: skip
_BREAKS = re.compile(r"\s*;\s*|\s+[–—-]\s+")
_ASIDE = re.compile(r"\s*[(\[]\s*([^()\[\]]*?)\s*[)\]]\s*(?=([.,;:!?]|$))?")
_ENDS = re.compile(r"(?<=[.!?…])\s+")


def cardinal(number: int) -> str:
    """``number`` in words, not below zero."""
    return " ".join(_cardinal(number))


def _cardinal(number: int) -> list[str]:
    if number >= _BILLION:
        above, rest = divmod(number, _BILLION)
        return [*_cardinal(above), "tỷ", *(_groups(rest, led=True) if rest else [])]
    return _groups(number) or [DIGITS[0]]


def _groups(number: int, *, led: bool = False) -> list[str]:
    """Below a billion. ``led``: something was read before, so that the hundreds are named even where they are none."""
    words: list[str] = []
    for size, name in ((1_000_000, "triệu"), (1_000, "nghìn"), (1, "")):
        group, number = divmod(number, size)
        if group:
            words += [*_hundreds(group, led=led or bool(words)), *([name] if name else [])]
    return words


def _hundreds(number: int, *, led: bool) -> list[str]:
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = [DIGITS[hundreds], "trăm"] if hundreds or led else []
    if tens == 0:
        return words + ((["linh"] if words else []) + [DIGITS[ones]] if ones else [])
    if tens == 1:
        return [*words, "mười", *([_after_ten(ones)] if ones else [])]
    return [*words, DIGITS[tens], "mươi", *([_after_tens(ones)] if ones else [])]


def _after_ten(ones: int) -> str:
    return "lăm" if ones == 5 else DIGITS[ones]


def _after_tens(ones: int) -> str:
    return {1: "mốt", 4: "tư", 5: "lăm"}.get(ones, DIGITS[ones])


def digits(text: str) -> str:
    """A phone number digit by digit, with a short stop where it is grouped; nine digits and more in threes."""
    groups = re.findall(r"\d+", text)
    if len(groups) == 1 and len(groups[0]) > 6:
        only = groups[0]
        groups = [only[:4], *(only[at : at + 3] for at in range(4, len(only), 3))]
    return ", ".join(" ".join(DIGITS[int(digit)] for digit in group) for group in groups)


def quantity(text: str) -> str:
    """``1.234,5`` in words; what is longer than any number is read digit by digit."""
    whole, _comma, part = text.replace(".", "").partition(",")
    if len(whole) > _LONGEST or (whole.startswith("0") and len(whole) > 1):
        return digits(whole)
    return cardinal(int(whole)) + (f" phẩy {_decimals(part)}" if part else "")


def _decimals(part: str) -> str:
    return cardinal(int(part)) if len(part) <= 2 and part[0] != "0" else " ".join(DIGITS[int(digit)] for digit in part)


def day_of_month(day: int) -> str:
    return ("mùng " if day <= 10 else "") + cardinal(day)


def month(number: int) -> str:
    return "tư" if number == 4 else cardinal(number)


def spelled(code: str) -> str:
    """Letters by their names, digits one by one."""
    return " ".join(LETTERS.get(sign) or DIGITS[int(sign)] for sign in code if sign in LETTERS or sign.isdigit())


def spoken(text: str, *, numbers: Iterable[str] = ()) -> str:
    """``text`` as it is read. ``numbers``: those that are called, also where no word before them says so (113)."""
    said = _LINK.sub(ADDRESS, _ENDLESS.sub(ADDRESS, normalise(text)))
    said = _COVERED.sub(HIDDEN_NUMBER, said)
    said = _WORD.sub(lambda found: WORDS[found[1]], _documents(said))
    for rule in (_moments, partial(_called, numbers=tuple(numbers)), _amounts, _codes):
        said = rule(said)
    for sign, words in _SYMBOLS:
        said = said.replace(sign, words)
    said = " ".join(said.split())
    return re.sub(r"\s+([.,;:!?…])", r"\1", said)


def _documents(text: str) -> str:
    return _DOCUMENT.sub(
        lambda found: quantity(found[1]) + (f" năm {cardinal(int(found[2]))}" if found[2] else ""), text
    )


def _moments(text: str) -> str:
    text = _ROUND_THE_CLOCK.sub("suốt ngày đêm", text)
    text = _DAY.sub(_day, text)
    text = _DAY_OF_MONTH.sub(_short_day, text)
    text = _MONTH.sub(_month, text)
    return _TIME.sub(_time, text)


def _day(found: re.Match[str]) -> str:
    day, of, year = (int(part) for part in found.groups())
    if not (1 <= day <= 31 and 1 <= of <= 12):
        return found[0]
    return f"ngày {day_of_month(day)} tháng {month(of)} năm {cardinal(year)}"


def _short_day(found: re.Match[str]) -> str:
    day, of = int(found[2]), int(found[3] or 0)
    if not 1 <= day <= 31 or of > 12:
        return found[0]
    return found[1] + day_of_month(day) + (f" tháng {month(of)}" if of else "")


def _month(found: re.Match[str]) -> str:
    of = int(found[2])
    if not 1 <= of <= 12:
        return found[0]
    return found[1] + month(of) + (f" năm {cardinal(int(found[3]))}" if found[3] else "")


def _time(found: re.Match[str]) -> str:
    hour, minutes = int(found[1]), found[2]
    if hour > 24 or (":" in found[0] and not minutes):
        return found[0]
    return f"{cardinal(hour)} giờ" + (f" {cardinal(int(minutes))} phút" if minutes and int(minutes) else "")


def _called(text: str, *, numbers: tuple[str, ...]) -> str:
    for number in sorted(numbers, key=len, reverse=True):
        # Three digits alone could as well be an amount; `_CALLED` knows them by the word before.
        if len(re.sub(r"\D", "", number)) > 3:
            text = re.sub(rf"(?<![\w.,]){re.escape(number)}(?!\w)", lambda found: digits(found[0]), text)
    text = _PHONE.sub(lambda found: digits(found[0]), text)
    return _CALLED.sub(lambda found: found[1] + digits(found[2]), text)


def _amounts(text: str) -> str:
    text = _RANGE.sub(" đến ", text)
    text = _MONEY.sub(lambda found: f"{quantity(found[1])} đồng", text)
    text = _PERCENT.sub(lambda found: f"{quantity(found[1])} phần trăm", text)
    return _UNIT.sub(lambda found: f"{quantity(found[1])} {UNITS[found[2]]}", text)


def _codes(text: str) -> str:
    text = _CODE.sub(lambda found: spelled(found[0]), text)
    text = _CONSONANTS.sub(lambda found: spelled(found[0]), text)
    text = _PLAIN.sub(lambda found: quantity(found[1]), text)
    return _LEFT_OVER.sub(lambda found: quantity(found[0]), text)


def sentences(text: str) -> Iterator[str]:
    """Short sentences, each begun with a capital and ended with a stop: asides between commas, ``;`` and dashes end one."""
    plain = _ASIDE.sub(lambda found: f", {found[1]}" + ("" if found[2] else ", "), text)
    plain = _BREAKS.sub(". ", plain)
    for part in _ENDS.split(plain):
        said = re.sub(r"(?:,\s*)+([.,])", r"\1", part).strip(" ,.;:")
        if said:
            mark = part.strip()[-1] if part.strip()[-1] in "!?" else "."
            yield said[0].upper() + said[1:].rstrip("!?") + mark


def breaths(sentence: str) -> list[str]:
    """A sentence in lines of at most `BREATH` syllables where it has commas to stop at."""
    lines: list[list[str]] = [[]]
    for part in re.split(r"(?<=,)\s+", sentence):
        words = part.split()
        if lines[-1] and len(lines[-1]) + len(words) > BREATH:
            lines.append([])
        lines[-1] += words
    return [" ".join(line) for line in lines]
