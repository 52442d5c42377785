"""What people shorten when they type: ``sp`` for *sản phẩm*, ``ko`` for *không*.

`reference/abbreviations.csv` (``written,meaning``) is meant to be edited. It is applied to the query only, in both
directions, so that nothing needs indexing again after an edit. It is read once: an edit counts from the next start on.
"""

import csv
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, lru_cache
from io import StringIO
from pathlib import Path

import structlog

from .text import folded_words, normalise

log = structlog.get_logger(__name__)

_TABLE = Path(__file__).resolve().parent / "reference" / "abbreviations.csv"


@lru_cache(maxsize=10_000)
def other_spellings(folded: str) -> tuple[tuple[str, ...], ...]:
    """What a folded word may stand for, or be shortened to, each as folded syllables."""
    known, plain = _spellings().get(folded, []), _plain_letters(folded)
    return (*known, (plain,)) if plain != folded and (plain,) not in known else tuple(known)


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


@cache
def _rows() -> list[tuple[str, tuple[str, ...]]]:
    """However a spreadsheet saved them; what cannot be read is left out, and said in the log."""
    text = _TABLE.read_text(encoding="utf-8-sig", errors="replace")
    header = text.partition("\n")[0]
    reader = csv.DictReader(StringIO(text), delimiter=max(",;\t", key=header.count))
    if reader.fieldnames is None or not {"written", "meaning"} <= set(reader.fieldnames):
        log.error("the table of abbreviations has no columns written and meaning", line=1)
        return []
    rows = []
    for row in reader:
        written, meaning = (folded_words(normalise(row[column] or "")) for column in ("written", "meaning"))
        if len(written) == 1 and meaning:
            rows.append((written[0], tuple(meaning)))
        else:
            log.warning("a row of the table of abbreviations is left out", line=reader.line_num)
    return rows


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
