"""What people shorten when they type: ``sp`` for *sản phẩm*, ``ko`` for *không*.

Administrators keep the table (`abbreviation_rows`); until it has rows, those of `reference/abbreviations.csv`
(``written,meaning``) count. It is applied to the query only, in both directions, so that nothing needs indexing again
after a change.
"""

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from io import StringIO
from pathlib import Path

import structlog

from .text import folded_words, normalise

log = structlog.get_logger(__name__)

TABLE = Path(__file__).resolve().parent / "reference" / "abbreviations.csv"
# ``written``, and what it means; with commas between them, several things.
Row = tuple[str, str]
_Folded = list[tuple[str, tuple[str, ...]]]


class Table:
    """``rows`` as queries are read by them. Two are the same only if they are one."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.rows = tuple(rows)
        folded = [one for row in self.rows for one in _folded(*row)]
        self.spellings = _spellings(folded)
        self.short_forms = _short_forms(folded)


_rows: Table | None = None


def table() -> Table:
    """What this process goes by now."""
    return _rows or of_file()


def use(rows: Sequence[Row] | None) -> None:
    """From now on. None: the file's."""
    global _rows
    if rows is None:
        _rows = None
    elif _rows is None or _rows.rows != tuple(rows):
        _rows = Table(rows)


def other_spellings(folded: str) -> tuple[tuple[str, ...], ...]:
    """What a folded word may stand for, or be shortened to, each as folded syllables."""
    return _other_spellings(table(), folded)


def spelled_shorter(first: str, second: str) -> list[str]:
    """Abbreviations of a word of two syllables: *san pham* → *sp*."""
    return table().short_forms.get((first, second), [])


def meanings_in(meaning: str) -> list[str]:
    """``biết, bình thường`` → both."""
    return [one for part in meaning.split(",") if (one := " ".join(part.split()))]


@lru_cache(maxsize=10_000)
def _other_spellings(table: Table, folded: str) -> tuple[tuple[str, ...], ...]:
    known, plain = table.spellings.get(folded, []), _plain_letters(folded)
    return (*known, (plain,)) if plain != folded and (plain,) not in known else tuple(known)


def _plain_letters(word: str) -> str:
    """Letters that teencode puts for others and that Vietnamese does not have in these places: hj, fone, zui."""
    if word.isdigit() or not word.isalpha() or len(word) > 7:
        return word
    plain = word.replace("f", "ph").replace("w", "qu" if word.startswith("w") else "u")
    plain = plain.replace("j", "i") if len(plain) > 1 and not plain.startswith("j") else plain
    return "v" + plain[1:] if plain.startswith("z") and len(plain) > 2 else plain


@cache
def of_file() -> Table:
    return Table(file_rows())


def file_rows() -> list[Row]:
    """However a spreadsheet saved them; what cannot be read is left out, and said in the log."""
    text = TABLE.read_text(encoding="utf-8-sig", errors="replace")
    header = text.partition("\n")[0]
    reader = csv.DictReader(StringIO(text), delimiter=max(",;\t", key=header.count))
    if reader.fieldnames is None or not {"written", "meaning"} <= set(reader.fieldnames):
        log.error("the table of abbreviations has no columns written and meaning", line=1)
        return []
    rows = []
    for row in reader:
        written, meaning = (normalise(row[column] or "") for column in ("written", "meaning"))
        if len(folded_words(written)) == 1 and folded_words(meaning):
            rows.append((written, meaning))
        else:
            log.warning("a row of the table of abbreviations is left out", line=reader.line_num)
    return rows


def _folded(written: str, meaning: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    short = "".join(folded_words(written))
    for one in meanings_in(meaning):
        said = tuple(folded_words(one))
        if said and said != (short,):
            yield short, said


def _spellings(rows: _Folded) -> Mapping[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for written, meaning in rows:
        if meaning not in found[written]:
            found[written].append(meaning)
        # One letter stands for too much to be looked for in place of a whole word.
        if len(meaning) == 1 and len(written) > 1 and (written,) not in found[meaning[0]]:
            found[meaning[0]].append((written,))
    return dict(found)


def _short_forms(rows: _Folded) -> Mapping[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for written, meaning in rows:
        if len(meaning) == 2:
            found[meaning[0], meaning[1]].append(written)
    return dict(found)
