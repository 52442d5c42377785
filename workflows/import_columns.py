"""Which column of a register says what: known by its heading, folded, in Vietnamese and English."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.folding import fold, normalise
from complaints.tables import Row, TableRefused

NARRATIVE, SOURCE_ID, IGNORED = "narrative", "source_id", "-"
LONGEST_HEADING = 200


@dataclass(frozen=True)
class Target:
    """What a column may say; ``names``: how registers head it, folded."""

    code: str
    label: object
    names: tuple[str, ...]


def _target(code: str, label: object, names: str) -> Target:
    return Target(code, label, tuple(name.strip() for name in names.split(",")))


TARGETS = (
    _target(NARRATIVE, gettext_lazy("Story"),
            "noi dung, noi dung don, noi dung vu viec, noi dung khieu nai, noi dung phan anh, noi dung to giac, dien bien, mo ta, "
            "tom tat, tom tat noi dung, noi dung su viec, su viec, narrative, text, story, description, content, complaint"),
    _target(SOURCE_ID, gettext_lazy("Number in the register"),
            "so ho so, ma ho so, ma vu viec, so vu viec, ma don, so don, ma phan anh, ma khieu nai, so van ban den, so vao so, "
            "so thu ly, source id, id, case number, reference, file number"),
    _target("kind", gettext_lazy("Kind"), "loai, loai don, loai vu viec, loai phan anh, hinh thuc don, kind, type"),
    _target("category", gettext_lazy("Subject"),
            "danh muc, linh vuc, chu de, hanh vi, hanh vi vi pham, nhom hanh vi, category, subject, topic"),
    _target("product_group", gettext_lazy("Product group"), "nhom hang, nhom hang hoa, nhom san pham, loai hang, nganh hang, product group"),
    _target("channel", gettext_lazy("Sales channel"),
            "kenh, kenh ban, kenh ban hang, kenh mua, noi mua, mua qua, san thuong mai, channel, sales channel"),
    _target("occurred_on", gettext_lazy("Happened on"),
            "ngay xay ra, thoi gian xay ra, ngay mua, ngay mua hang, thoi diem xay ra, ngay vi pham, occurred on, date of incident, "
            "purchase date, ngay giao dich"),
    _target("received_on", gettext_lazy("Received on"),
            "ngay nhan, ngay tiep nhan, ngay nhan don, ngay den, thoi gian tiep nhan, ngay nop don, ngay gui, ngay thang, ngay, "
            "received on, date received, received, date"),
    _target("product", gettext_lazy("Product or service"),
            "san pham, hang hoa, ten hang, ten san pham, mat hang, dich vu, san pham dich vu, ten hang hoa, product, goods, item"),
    _target("brand", gettext_lazy("Brand"), "nhan hieu, thuong hieu, hang san xuat, brand"),
    _target("price", gettext_lazy("Price (VND)"), "gia, gia ban, gia mua, don gia, gia tien, price"),
    _target("amount", gettext_lazy("Loss (VND)"),
            "so tien, thiet hai, so tien thiet hai, gia tri, gia tri thiet hai, gia tri giao dich, so tien bi mat, tri gia, amount, "
            "loss, damage"),
    _target("seller_name", gettext_lazy("Seller"),
            "nguoi ban, ben ban, doanh nghiep, doi tuong, doi tuong bi phan anh, ben bi khieu nai, to chuc ca nhan kinh doanh, "
            "ten doanh nghiep, cua hang, ten cua hang, shop, bi khieu nai, nguoi bi khieu nai, seller, seller name, business, company"),
    _target("seller_address", gettext_lazy("Seller's address"),
            "dia chi nguoi ban, dia chi doanh nghiep, dia chi cua hang, dia chi ben ban, dia chi kinh doanh, seller address"),
    _target("phone", gettext_lazy("Seller's phone"),
            "dien thoai nguoi ban, sdt nguoi ban, so dien thoai nguoi ban, dien thoai doanh nghiep, sdt doi tuong, "
            "so dien thoai doi tuong, seller phone, phone of seller"),
    _target("bank_account", gettext_lazy("Seller's bank account"),
            "so tai khoan, stk, tai khoan, tai khoan ngan hang, tai khoan nhan tien, so tai khoan nhan, bank account, account number"),
    _target("bank", gettext_lazy("Bank"), "ngan hang, ten ngan hang, bank"),
    _target("url", gettext_lazy("Web address"), "website, trang web, dia chi web, duong dan, link, lien ket, url, web address"),
    _target("tax_code", gettext_lazy("Tax code"), "ma so thue, mst, tax code"),
    _target("wish", gettext_lazy("What the sender asks for"), "yeu cau, nguyen vong, de nghi, kien nghi, yeu cau giai quyet, wish, request"),
    _target("commune", gettext_lazy("Commune"),
            "xa, phuong, xa phuong, dia ban, dia phuong, commune, ward"),
    _target("complainant_name", gettext_lazy("Sender's name"),
            "ho ten, ho va ten, ten, nguoi khieu nai, nguoi phan anh, nguoi gui, nguoi to giac, nguoi tieu dung, ten nguoi khieu nai, "
            "ho ten nguoi khieu nai, nguoi nop don, nguoi dung don, name, full name, complainant, complainant name"),
    _target("complainant_phone", gettext_lazy("Sender's phone"),
            "dien thoai, so dien thoai, sdt, dt, so dt, dien thoai lien he, dien thoai nguoi khieu nai, sdt nguoi khieu nai, phone, "
            "phone number, telephone, complainant phone"),
    _target("complainant_email", gettext_lazy("Sender's e-mail"), "email, e mail, thu dien tu, dia chi email, complainant email"),
    _target("complainant_address", gettext_lazy("Sender's address"),
            "dia chi, dia chi nguoi khieu nai, dia chi lien he, noi o, thuong tru, cho o, address, complainant address"),
)  # fmt: skip
TARGET = {target.code: target for target in TARGETS}
# A running number says nothing of the row; the last ones are of our own report, sent again mended.
REPORT = ("dong", "ket qua", "ly do", "ho so da tao", "row", "result", "reason", "case made")
ORDINALS = ("stt", "so tt", "tt", "so thu tu", "no", "ordinal", *REPORT)
_KNOWN = {name: target.code for target in TARGETS for name in target.names} | dict.fromkeys(ORDINALS, IGNORED)
_PUNCTUATION = re.compile(r"\([^)]*\)|[^\w\s]|_")


class BadMapping(ValueError):
    """``str(error)`` says what is wrong with what was asked, in a sentence."""


@dataclass(frozen=True)
class Columns:
    """``headings`` as written; ``targets``, one for each: a code of TARGET, `IGNORED`, or empty where unknown."""

    headings: tuple[str, ...]
    targets: tuple[str, ...]

    @property
    def unknown(self) -> list[str]:
        return [heading for heading, code in zip(self.headings, self.targets, strict=True) if heading and not code]

    def position(self, code: str) -> int | None:
        return self.targets.index(code) if code in self.targets else None


def heading_key(text: str) -> str:
    """``Số tiền (đồng)`` → ``so tien``."""
    folded = fold(normalise(text))
    return " ".join(_PUNCTUATION.sub(" ", folded).split()) or " ".join(folded.split())


def recognise(headings: Sequence[str], asked: Mapping[str, str] | None = None) -> Columns:
    """What each column says; of two that say one thing the first does. ``asked``: heading → code, before any guess.
    Raises BadMapping for headings and codes that do not exist, and for two columns of one code."""
    wanted = {heading_key(heading): code for heading, code in (asked or {}).items()}
    keys = [heading_key(heading) for heading in headings]
    if missing := [heading for heading in asked or {} if heading_key(heading) not in keys]:
        raise BadMapping(_("The file has no column “%(what)s”.") % {"what": missing[0]})
    _check(wanted)
    taken = {code for code in wanted.values() if code != IGNORED}
    targets = []
    for key in keys:
        code = wanted.get(key) or _KNOWN.get(key, "")
        if key not in wanted and code in taken:
            code = ""
        if code and code != IGNORED:
            taken.add(code)
        targets.append(code)
    return Columns(tuple(heading[:LONGEST_HEADING] for heading in headings), tuple(targets))


def chosen(headings: Sequence[str], codes: Sequence[str]) -> Columns:
    """As a person chose, one code a column. Raises BadMapping."""
    kept = [code if code in TARGET else IGNORED for code in codes]
    used = [code for code in kept if code != IGNORED]
    if len(kept) != len(headings):
        raise BadMapping(others_by_now())
    if twice := sorted({str(TARGET[code].label) for code in used if used.count(code) > 1}):
        raise BadMapping(_("Two columns cannot both be: %(what)s.") % {"what": ", ".join(twice)})
    if NARRATIVE not in used:
        raise BadMapping(no_story())
    return Columns(tuple(headings), tuple(kept))


def carried(headings: Sequence[str], before: Columns) -> Columns:
    """As `recognise`; where a heading stood before, too, what was said of it stays (of equal ones in their order)."""
    found, said = recognise(headings), defaultdict(list)
    for heading, code in zip(before.headings, before.targets, strict=True):
        said[heading_key(heading)].append(code)
    kept: list[str] = []
    for key in map(heading_key, found.headings):
        # Columns without a heading are not equal by that.
        code = said[key].pop(0) if key and said[key] else ""
        kept.append("" if code != IGNORED and code in kept else code)
    guessed = ["" if code != IGNORED and code in kept else code for code in found.targets]
    return Columns(found.headings, tuple(code or guess for code, guess in zip(kept, guessed, strict=True)))


def others_by_now() -> str:
    return _("The columns of the file are others by now. Please look at them again.")


def no_story() -> str:
    return _("No column holds the story of what happened. Please say which one does.")


def _check(wanted: Mapping[str, str]) -> None:
    if strange := sorted(set(wanted.values()) - TARGET.keys() - {IGNORED}):
        raise BadMapping(
            _("“%(what)s” is nothing a column can say; it is one of: %(known)s.")
            % {"what": strange[0], "known": ", ".join(chain(TARGET, IGNORED))}
        )
    used = [code for code in wanted.values() if code != IGNORED]
    if twice := sorted({code for code in used if used.count(code) > 1}):
        raise BadMapping(_("Two columns cannot both be: %(what)s.") % {"what": twice[0]})


def split_heading(rows: Iterator[Row]) -> tuple[list[str], Iterator[Row]]:
    """The headings, found in the first rows, and the rows below them. Raises TableRefused."""
    first = list(islice(rows, 20))
    if not first:
        raise TableRefused(_("The file holds no rows."))
    at = heading_row([row.cells for row in first])
    return [normalise(cell) for cell in first[at].cells], chain(first[at + 1 :], rows)


def heading_row(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows holds the headings: the one most of whose cells are known. Titles stand above it."""
    return max(range(len(rows)), key=lambda at: (_known_in(rows[at]), -at), default=0)


def _known_in(cells: Sequence[str]) -> int:
    found = {code for cell in cells if (code := _KNOWN.get(heading_key(cell[:LONGEST_HEADING])))}
    return len(found) + 2 * (NARRATIVE in found)
