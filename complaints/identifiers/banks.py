"""Banks as people write them: BIN, code, short name, nickname."""

import csv
import re
from functools import cache
from pathlib import Path

from agencies.folding import fold

_REFERENCE = Path(__file__).resolve().parent.parent / "reference" / "banks.csv"

# Names in use that no reference lists, by short name.
_NICKNAMES = {
    "vietcom": "Vietcombank",
    "ngoai thuong": "Vietcombank",
    "vietin": "VietinBank",
    "cong thuong": "VietinBank",
    "agri": "Agribank",
    "techcom": "Techcombank",
    "mb": "MBBank",
    "quan doi": "MBBank",
    "vpb": "VPBank",
    "tpb": "TPBank",
    "sacom": "Sacombank",
    "a chau": "ACB",
    "lien viet": "LPBank",
    "lienvietpostbank": "LPBank",
    "exim": "Eximbank",
    "shinhan": "ShinhanBank",
    "woori bank": "Woori",
}


def _squeezed(text: str) -> str:
    return re.sub(r"[\W_]+", "", fold(text))


@cache
def _names() -> dict[str, str]:
    """Squeezed name, code or BIN → short name."""
    names = {_squeezed(nickname): short for nickname, short in _NICKNAMES.items()}
    with _REFERENCE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for name in (row["code"], row["short_name"], row["bin"], row["name"]):
                names.setdefault(_squeezed(name), row["short_name"])
    return names


def canonical_bank(text: str) -> str:
    """The bank's short name; what was typed (one line, at most 60 characters) when no bank is known by it."""
    typed = " ".join(text.split())[:60]
    squeezed = _squeezed(typed)
    without_prefix = re.sub("^(?:nganhang|nh)(?:tmcp)?", "", squeezed)
    names = _names()
    return names.get(squeezed) or names.get(without_prefix) or names.get(without_prefix.removesuffix("bank")) or typed


@cache
def bank_pattern() -> str:
    """An alternation of names that mean a bank wherever they stand, for folded text; longest first."""
    names = {name for name in _names() if name.isalpha() and name.isascii() and 3 <= len(name) <= 18}
    spaced = {f"{name[:-4]} bank" for name in names if name.endswith("bank") and len(name) > 5}
    return "|".join(sorted(names | spaced | {"mb bank", "mb"}, key=len, reverse=True))
