"""Identifiers in a story, written with or without diacritics, with dots, blanks and +84 as people do.

An import runs this over hundreds of thousands of texts: a text without a long run of digits and without
a dot between letters costs one regular expression.
"""

import re
from collections.abc import Iterator
from functools import cache

from agencies.folding import fold
from agencies.folding import normalise as visible

from .addresses import host_of, split
from .banks import bank_pattern
from .identifier import Identifier, normalise
from .numbers import digits_of
from .shops import is_shared_host, shop_of

_LONGEST_TEXT = 100_000

_WORTH_A_LOOK = re.compile(r"\d(?:[ .\-()\u200b-\u200f\u2060\ufeff]{0,2}\d){5}|[A-Za-z0-9][.\])][A-Za-z]{2}|://|\[\.")
_NUMBER = re.compile(r"(?<![\d,])\(?\+?\d(?:[ .\-()]{0,2}\d){5,18}(?!\d)")
_THOUSANDS = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})+")
_DATE = re.compile(r"(?:0?[1-9]|[12]\d|3[01])[ .\-](?:0?[1-9]|1[0-2])[ .\-](?:19|20)\d\d(?!\d)")
_MONEY = re.compile(r"k(?![a-z])|\s?(?:d|vnd|dong|tr|trieu|ngan(?! hang)|nghin|ty|usd|%)(?![a-z])")
_PHONE = re.compile(r"\(?(?:\+84|0084|84|0)\)?(?:[ .\-()]{0,2}\d){8,11}|1[89]00(?:[ .\-]?\d){4,6}")
_WHOLE_MOBILE = re.compile(
    r"(?:\+?84|0)[35789](?:\d{8}|\d{2}([ .\-])\d{3}\1\d{3}|\d([ .\-])\d{3}\2\d{4})(?=[ .\-()]+\d)"
)
_PHONE_WORD = re.compile(r"(?:sdt|dt|tel|zalo|hotline|lh|phone|so|dien ?thoai)$")

# Words that announce an account. After the weak ones a number may as well be money or a phone.
_STRONG = re.compile(r"\b(?:stk|so ?tk|so tai khoan|s\.t\.k)\b")
_WEAK = re.compile(r"\b(?:tk|tai khoan|ngan hang|nh|acc(?:ount)?)\b")
_NOT_AN_ACCOUNT = re.compile(r"\b(?:sdt|dt|dien thoai|hotline|zalo|goi|lh|lien he|ma don|ma van don|cccd|cmnd|mst)\b")
_NOT_A_PHONE = re.compile(r"\b(?:ma (?:don|van don|gd|giao dich|vach|so)|cccd|cmnd|can cuoc|mst)\b\D{0,20}$")
_MONEY_WORD = re.compile(r"\b(?:tru|mat|nap|rut|phi|con|du|vay|so tien|het|tong|gia)\b")
_REACH = 60

_SCHEMED = re.compile(r"(?:h(?:tt|xx)ps?://|www\.)[^\s<>\"'“”]{3,1000}", re.IGNORECASE)
_TLDS = (
    "com|vn|net|org|info|shop|store|xyz|top|online|site|club|live|vip|cc|biz|asia|click|link|icu|fun|win|bet|website|"
    "space|app|tech|cloud|life|world|tv|edu|gov|ltd|group|company|sale|deals|market|buzz|monster|rest|cyou|sbs|cfd|"
    "bond|lol|mom|pics|quest|one|ink|pw|ru|cn|eu"
)
# Endings that are Vietnamese words too (co, me, la…) count only before a path, as in ``zalo.me/…``.
_TLDS_BEFORE_A_PATH = "me|co|la|to|ly|gl|ee|io|ai|id|in|us|uk|do|page|pro"
_DOT = r"(?:\.|\[\.\]|\(\.\)|\s?\[dot\]\s?)"
_BARE = re.compile(
    rf"(?<![\w@.\-/:])(?:[a-z0-9](?:[a-z0-9\-]{{0,61}}[a-z0-9])?{_DOT}){{1,5}}"
    rf"(?:(?:{_TLDS})(?![\w@\-])(?:/[^\s<>\"'“”]{{0,1000}})?|(?:{_TLDS_BEFORE_A_PATH})/[^\s<>\"'“”]{{1,1000}})",
    re.IGNORECASE | re.ASCII,
)
_CLOSING = ".,;:!?)]}»”’'\"…"


@cache
def _bank() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{bank_pattern()})\b")


def find_in_text(text: str) -> list[Identifier]:
    """Phones, bank accounts, web addresses with their domains and shops; each once, in no set order.

    Looks at the first 100,000 characters. Never raises.
    """
    if not _WORTH_A_LOOK.search(text, 0, _LONGEST_TEXT):
        return []
    # Zero-width characters between digits are a way to hide a number.
    found = {identifier.key: identifier for identifier in _found(visible(text[:_LONGEST_TEXT]))}
    return list(found.values())


def _found(text: str) -> Iterator[Identifier]:
    rest = text
    for start, end, raw in _address_spans(text):
        # Digits inside an address are no phone.
        rest = rest[:start] + " " * (end - start) + rest[end:]
        yield from of_address(raw)
    folded = fold(rest)
    # Folding keeps positions in Vietnamese; where some other script breaks that, the folded text is all we have.
    yield from _numbers(rest if len(folded) == len(rest) else folded, folded)


def _address_spans(text: str) -> list[tuple[int, int, str]]:
    spans: list[tuple[int, int, str]] = []
    for pattern in (_SCHEMED, _BARE):
        for match in pattern.finditer(text):
            if not any(start < match.end() and match.start() < end for start, end, _ in spans):
                raw = re.split(r"\.\.\.|…|(?<=.)https?://", match[0])[0].rstrip(_CLOSING)
                spans.append((match.start(), match.start() + len(raw), raw))
    return spans


def of_address(raw: str) -> Iterator[Identifier]:
    """What an address tells: itself when it has a path, its shop on a platform, else its domain."""
    parts = split(raw)
    if parts is None:
        return
    host = host_of(parts)
    if parts.path.strip("/") or parts.query:
        yield _marked(normalise("url", raw))
    if account := shop_of(host, parts.path, parts.query):
        yield Identifier("shop", raw, account, from_text=True)
    elif not is_shared_host(host):
        yield Identifier("domain", raw, host, from_text=True)


def _numbers(text: str, folded: str) -> Iterator[Identifier]:
    at = 0
    while match := _NUMBER.search(text, at):
        before = folded[max(0, match.start() - _REACH) : match.start()].rpartition("\n")[2]
        raw = match[0].strip()
        # ``0912345678 2 lần``: what follows a whole phone number is not part of it.
        if (whole := _WHOLE_MOBILE.match(raw)) and not _announced(before, raw):
            raw = whole[0]
        at = match.start() + match[0].index(raw) + len(raw)
        if _DATE.match(raw) or _MONEY.match(folded, at):
            continue
        after = folded[at : at + 30].partition("\n")[0]
        if account := _account(raw, before, after):
            yield account
        elif phone := _phone(raw, before):
            yield phone


def _account(raw: str, before: str, after: str) -> Identifier | None:
    digits = digits_of(raw)
    if not 6 <= len(digits) <= 19 or raw.startswith(("+", "(")) or _THOUSANDS.fullmatch(raw):
        return None
    near = re.match(rf"\W{{0,4}}(?:(?:ngan hang|nh|bank|tai)\W{{1,3}})*({_bank().pattern})", after)
    if not _announced(before, raw) and not (near and len(digits) >= 8 and not _NOT_AN_ACCOUNT.search(before[-15:])):
        return None
    named = near[1] if near else next((m[0] for m in reversed(list(_bank().finditer(before)))), "")
    return _marked(normalise("bank_account", raw, bank=named))


def _announced(before: str, raw: str) -> bool:
    """Whether a word shortly before says that this is an account, and no nearer word that it is not."""
    strong = [m.end() for m in _STRONG.finditer(before)]
    weak = [m.end() for m in _WEAK.finditer(before)]
    if not strong and (not weak or len(digits_of(raw)) < 8):
        return False
    gap = before[max(strong or weak) :]
    # TK123456789 without a blank is an order code of a marketplace, not an account.
    if (not strong and not gap) or re.search(r"\d", gap) or _NOT_AN_ACCOUNT.search(gap):
        return False
    return bool(strong) or not _MONEY_WORD.search(gap)


def _phone(raw: str, before: str) -> Identifier | None:
    match = _PHONE.fullmatch(raw) or _PHONE.match(raw)
    if (
        not match
        or _THOUSANDS.fullmatch(raw)
        or _NOT_A_PHONE.search(before)
        or (before[-1:].isalpha() and not _PHONE_WORD.search(before))
    ):
        return None
    found = normalise("phone", match[0].strip(" .-("))
    return _marked(found) if found.value.startswith("+84") else None


def _marked(found: Identifier) -> Identifier:
    return Identifier(found.kind, found.raw, found.value, found.bank, found.warnings, from_text=True)
