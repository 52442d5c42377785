"""Names of communes, new and former, made findable the way people type them.

A commune's *search text* is ``" | new name | former name | … | "``, folded, one separator before and
after every name: ``"| x |"`` finds a whole name, ``"| x"`` its beginning, ``" x"`` a word's beginning.
"""

import re
from collections.abc import Iterable

from agencies.folding import fold, normalise

FORMER_UNITS_SEPARATOR = "; "

_PUNCTUATION = re.compile(r"[^\w\s]+|_+")
# "Mỹ Quí" and "Mỹ Quý", "Mĩ Tho" and "Mỹ Tho" are the same place; "Tây" and "Tai" are not.
_FINAL_Y = re.compile(r"(?<=[bcdghklmnpqrstuvx])y\b")
# Once, and before folding: "Xã Phương Thịnh" begins with one kind, not with two.
_KIND = re.compile(
    r"^(?:xã|xa|phường|phuong|thị trấn|thi tran|đặc khu|dac khu|huyện|huyen|quận|quan|thị xã|thi xa"
    r"|thành phố|thanh pho|tỉnh|tinh|tt|tx|tp|p|x|h|q)[.\s]\s*(?=[^\W\d])"
)
_NUMBERED_WARD = re.compile(r"^p[.\s]*(?=\d)")
_DISTRICT = re.compile(r"\(\s*(?:thuộc\s+)?(?:huyện|quận|thị xã|thành phố|tỉnh|tp|tx)\s+", re.IGNORECASE)

_UNRELATED = 4
_ATTEMPTS = 6


def former_units(formed_from: str) -> list[str]:
    """Split the `formed_from` of a commune or province into the units it lists, in their order."""
    return [unit for unit in formed_from.split(FORMER_UNITS_SEPARATOR) if unit]


def name_key(name: str) -> str:
    """Return `name` folded, without its kind (unless a bare number is left) and with one spelling of i/y."""
    plain = _DISTRICT.sub("(", normalise(name)).lower()
    bare = _KIND.sub("", _NUMBERED_WARD.sub("phuong ", plain))
    return _FINAL_Y.sub("i", " ".join(_PUNCTUATION.sub(" ", fold(bare)).split()))


def address_keys(typed: str) -> list[str]:
    """Keys to look for in what was typed, most to least exact: ``Tân Mỹ, huyện Lấp Vò, Đồng Tháp`` →
    ``tan mi lap vo``, ``tan mi``; a trailing province or district without a comma is dropped word by word.
    """
    parts = [key for key in map(name_key, typed.split(",")) if key]
    words = parts[0].split() if parts else []
    shorter = [" ".join(words[:count]) for count in range(len(words) - 1, 1, -1)]
    attempts = dict.fromkeys([" ".join(parts[:2]), *parts[:1], *shorter])
    return [key for key in attempts if key][:_ATTEMPTS]


def names_in(search_text: str) -> list[str]:
    """The folded names a search text holds, the new one first."""
    return search_text.strip(" |").split(" | ")


def begins_words(name: str, wanted: str) -> bool:
    """Whether every word of `wanted` begins a word of the folded `name`."""
    return all(f" {word}" in f" {name}" for word in wanted.split())


def search_text(name: str, formed_from: str) -> str:
    """Return what the search for a commune looks through, see the module's head."""
    return joined(name_key(each) for each in [name, *former_units(formed_from)])


def joined(keys: Iterable[str]) -> str:
    """Join folded names, each once, in the form of a search text."""
    return " | " + " | ".join(dict.fromkeys(keys)) + " | "


def former_unit_found(formed_from: str, wanted: str) -> str | None:
    """Return the former unit that the key `wanted` names best, or None when it names none of them."""
    ranked = [(_closeness(name_key(unit), wanted), unit) for unit in former_units(formed_from)]
    closeness, unit = min(ranked, key=lambda pair: pair[0], default=(_UNRELATED, ""))
    return unit if closeness < _UNRELATED else None


def _closeness(key: str, wanted: str) -> int:
    if key == wanted:
        return 0
    if key.startswith(f"{wanted} "):
        return 1
    if key.startswith(wanted):
        return 2
    return 3 if begins_words(key, wanted) else _UNRELATED
