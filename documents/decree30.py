"""How an official document is worded and laid out: Decree 30/2020/NĐ-CP, Appendix I.

Pure: strings and dates in, strings out. Sizes and positions are in
``templates/documents/decree30.css``. The text of official documents is always
Vietnamese, whatever language the reader's screen is in.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

NBSP = "\u00a0"
# Room to write by hand what a draft does not have yet.
BLANK_NUMBER = NBSP * 8
BLANK_DAY = NBSP * 6

#: Names and abbreviations of administrative documents (Appendix III of the decree).
DOCUMENT_TYPES: dict[str, str] = {
    "QĐ": "Quyết định",
    "TB": "Thông báo",
    "HD": "Hướng dẫn",
    "KH": "Kế hoạch",
    "BC": "Báo cáo",
    "BB": "Biên bản",
    "TTr": "Tờ trình",
    "CĐ": "Công điện",
    "GM": "Giấy mời",
    "GGT": "Giấy giới thiệu",
    "PG": "Phiếu gửi",
    "PC": "Phiếu chuyển",
    "PB": "Phiếu báo",
    "CV": "Công văn",
}
#: An official letter: its symbol and its page carry no type name (Appendix I, II.3.b and II.5.a).
LETTER = "CV"

_LEAD_IN = re.compile(r"^(?:v/v|về việc|về)\s+", re.IGNORECASE)
_DEGREES = re.compile(
    r"^\s*(?:(?:GS|PGS|TSKH|TS|ThS|CN|KS|BS|LS|DS|CKI|CKII|NGND|NGƯT|TTND|TTƯT)"
    r"(?:\.\s*|\s+))+",
    re.IGNORECASE,
)


class Urgency(Enum):
    """Urgency marks, with the size of their box in mm (width, height)."""

    FLASH = ("HỎA TỐC", 30, 8)
    IMMEDIATE = ("THƯỢNG KHẨN", 40, 8)
    URGENT = ("KHẨN", 20, 8)

    @property
    def mark(self) -> str:
        return self.value[0]

    @property
    def css_class(self) -> str:
        return f"urgency-{self.name.lower()}"


class Authority(Enum):
    """In whose stead a person signs (Appendix I, II.7.a)."""

    COLLECTIVE = "TM."
    DEPUTY = "KT."
    BY_ORDER = "TL."
    BY_PROXY = "TUQ."
    ACTING = "Q."


def place_and_date(place: str, issued_on: date | None) -> str:
    """``Đồng Tháp, ngày 05 tháng 01 năm 2026``; blanks to fill in when not issued yet.

    Days below 10 and the months 1 and 2 get a zero in front, other months do not.
    """
    if issued_on is None:
        return f"{place}, ngày{BLANK_DAY}tháng{BLANK_DAY}năm{BLANK_DAY}"
    month = f"{issued_on.month:02d}" if issued_on.month <= 2 else str(issued_on.month)
    return f"{place}, ngày {issued_on.day:02d} tháng {month} năm {issued_on.year}"


def document_symbol(type_abbr: str, issuer: str, field_abbr: str = "") -> str:
    """``TB-SCT``: abbreviation of the type and of the issuing body, no spaces. An official letter has the issuer
    and the drafting unit or the field it is about instead: ``SCT-QLTM``."""
    if type_abbr not in DOCUMENT_TYPES:
        raise ValueError(f"unknown document type {type_abbr!r}")
    if not issuer or re.search(r"\s", issuer + field_abbr):
        raise ValueError("the issuer's abbreviation is one word without spaces")
    parts = (issuer, field_abbr) if type_abbr == LETTER else (type_abbr, issuer)
    return "-".join(filter(None, parts))


def document_number(number: int | None, type_abbr: str, issuer: str, field_abbr: str = "") -> str:
    """``Số: 05/TB-SCT``; a draft (``None``) keeps room for the number."""
    if number is not None and number < 1:
        raise ValueError("document numbers start at 1")
    shown = BLANK_NUMBER if number is None else f"{number:02d}"
    return f"Số: {shown}/{document_symbol(type_abbr, issuer, field_abbr)}"


def without_degrees(name: str) -> str:
    """The signatory's name as printed: no academic rank, degree or honorary title."""
    return _DEGREES.sub("", name).strip()


def balanced_lines(text: str, width: int) -> list[str]:
    """Break ``text`` into as few lines of ``width`` characters as it needs, evenly.

    A name in a letterhead then reads ``ỦY BAN NHÂN DÂN / TỈNH ĐỒNG THÁP`` and never
    leaves one word alone. Line breaks in the text are kept.
    """
    given = [line for line in text.splitlines() if line.strip()]
    if len(given) > 1:
        return [line for part in given for line in balanced_lines(part, width)]
    needed = len(_wrap(text, width))
    narrowest = next((size for size in range(1, width) if len(_wrap(text, size)) <= needed), width)
    return _wrap(text, narrowest)


def _wrap(text: str, width: int) -> list[str]:
    # A no-break space holds a name together; textwrap already leaves it alone.
    composed = unicodedata.normalize("NFC", text)
    return textwrap.wrap(composed, width, break_long_words=False, break_on_hyphens=False)


def bare_subject(subject: str) -> str:
    """A summary as it goes on after ``V/v`` or ``Về việc``: without either, its first letter small unless it begins
    an abbreviation."""
    bare = _LEAD_IN.sub("", subject.strip())
    return bare if bare[1:2].isupper() else bare[:1].lower() + bare[1:]


@dataclass(frozen=True)
class Letterhead:
    """Who issues: full names as in the founding decision, and the place for the date."""

    issuer: str
    abbreviation: str
    place: str
    superior: str = ""


@dataclass(frozen=True)
class Signatory:
    """Who signs. ``instead_of`` is the title (or the body, for TM.) signed for.

    ``Signatory("Phó Giám đốc", "Lê Văn An", Authority.DEPUTY, "Giám đốc")`` prints
    ``KT. GIÁM ĐỐC / PHÓ GIÁM ĐỐC``. ``collective`` adds ``TM. …`` above that.
    """

    title: str
    name: str
    authority: Authority | None = None
    instead_of: str = ""
    collective: str = ""

    def __post_init__(self) -> None:
        needs = self.authority not in (None, Authority.ACTING)
        if needs != bool(self.instead_of):
            raise ValueError("instead_of goes with TM., KT., TL. and TUQ., and only with them")

    @property
    def title_lines(self) -> list[str]:
        """Lines above the signature, in capitals."""
        lines = [f"{Authority.COLLECTIVE.value} {self.collective}"] if self.collective else []
        if self.authority and self.instead_of:
            lines.append(f"{self.authority.value} {self.instead_of}")
        acting = f"{Authority.ACTING.value} " if self.authority is Authority.ACTING else ""
        return [line.upper() for line in [*lines, acting + self.title]]

    @property
    def printed_name(self) -> str:
        return without_degrees(self.name)


@dataclass(frozen=True)
class Recipients:
    """``Nơi nhận``: who gets a copy; ``archive`` follows ``Lưu:`` (VT, drafting unit)."""

    entries: tuple[str, ...] = ()
    archive: tuple[str, ...] = ("VT",)

    @property
    def lines(self) -> list[str]:
        entries = [f"- {entry.strip().rstrip(';.')};" for entry in self.entries]
        return [*entries, f"- Lưu: {', '.join(self.archive)}."]


@dataclass(frozen=True)
class OfficialDocument:
    """Everything around the body of a named document (Thông báo, Báo cáo, …) or an official letter.

    ``number`` and ``issued_on`` are ``None`` on a draft. ``grounds`` are the ``Căn cứ``
    lines without final punctuation. ``addressees`` and ``field_abbr`` are a letter's:
    whom it greets (``Kính gửi``), and what its symbol ends with.
    """

    letterhead: Letterhead
    type_abbr: str
    subject: str
    signatory: Signatory
    recipients: Recipients = field(default_factory=Recipients)
    number: int | None = None
    issued_on: date | None = None
    grounds: tuple[str, ...] = ()
    urgency: Urgency | None = None
    draft: bool = False
    addressees: tuple[str, ...] = ()
    field_abbr: str = ""

    @property
    def is_letter(self) -> bool:
        return self.type_abbr == LETTER

    @property
    def type_name(self) -> str:
        return DOCUMENT_TYPES[self.type_abbr]

    @property
    def number_line(self) -> str:
        return document_number(self.number, self.type_abbr, self.letterhead.abbreviation, self.field_abbr)

    @property
    def letter_subject(self) -> str:
        """What stands under a letter's number: ``V/v …``."""
        return f"V/v {bare_subject(self.subject)}"

    @property
    def addressee_lines(self) -> list[str]:
        """``Kính gửi: A`` on one line; several each on their own, with a dash."""
        if len(self.addressees) < 2:
            return [f"Kính gửi: {addressee}" for addressee in self.addressees]
        ends = [";"] * (len(self.addressees) - 1) + ["."]
        listed = [f"- {name.rstrip(';.')}{end}" for name, end in zip(self.addressees, ends, strict=True)]
        return ["Kính gửi:", *listed]

    @property
    def dateline(self) -> str:
        return place_and_date(self.letterhead.place, self.issued_on)

    @property
    def ground_lines(self) -> list[str]:
        """Each ``Căn cứ …`` ends with a semicolon, the last with a full stop."""
        lines = [ground.strip().rstrip(";.") for ground in self.grounds]
        ends = [";"] * (len(lines) - 1) + ["."]
        return [line + end for line, end in zip(lines, ends, strict=False)]

    @property
    def appendix_note(self) -> str:
        """The line under an appendix's title: ``(Kèm theo Thông báo số 05/TB-SCT ngày …)``."""
        number = self.number_line.removeprefix("Số: ")
        day = self.dateline.removeprefix(f"{self.letterhead.place}, ")
        return f"(Kèm theo {self.type_name} số {number} {day} của {self.letterhead.issuer})"
