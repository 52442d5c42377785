"""What people shorten when they type: ``sp`` for *sản phẩm*, ``ko`` for *không*.

`reference/abbreviations.csv` (``written,meaning``) is meant to be edited. It is applied to the query only, in both
directions, so that an edit works at once and nothing needs indexing again.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from .text import words

_TABLE = Path(__file__).resolve().parent / "reference" / "abbreviations.csv"


def other_spellings(folded: str) -> list[tuple[str, ...]]:
    """What a folded word may stand for, or be shortened to, each as folded syllables."""
    known = list(_spellings().get(folded, ()))
    plain = _plain_letters(folded)
    if plain != folded and (plain,) not in known:
        known.append((plain,))
    return known


def spelled_shorter(first: str, second: str) -> list[str]:
    """Abbreviations of a word of two syllables: *san pham* → *sp*."""
    return _short_forms().get((first, second), [])


def _plain_letters(word: str) -> str:
    """Letters that teencode puts for others and that Vietnamese does not have in these places: hj, fone, zui."""
    if word.isdigit() or not word.isalpha() or len(word) > 7:
        return word
    plain = word.replace("f", "ph").replace("w", "qu" if word.startswith("w") else "u")
    plain = plain.replace("j", "i") if len(plain) > 1 and not plain.startswith("j") else plain
    return "v" + plain[1:] if plain.startswith("z") and len(plain) > 2 else plain


def _rows() -> list[tuple[str, tuple[str, ...]]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = [(words(row["written"]), words(row["meaning"])) for row in csv.DictReader(file)]
    return [(written[0].folded, tuple(word.folded for word in meaning)) for written, meaning in rows]


@cache
def _spellings() -> Mapping[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for written, meaning in _rows():
        if meaning == (written,):
            continue
        if meaning not in found[written]:
            found[written].append(meaning)
        # One letter stands for too much to be looked for in place of a whole word.
        if len(meaning) == 1 and len(written) > 1 and (written,) not in found[meaning[0]]:
            found[meaning[0]].append((written,))
    return dict(found)


@cache
def _short_forms() -> Mapping[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for written, meaning in _rows():
        if len(meaning) == 2:
            found[meaning[0], meaning[1]].append(written)
    return dict(found)
