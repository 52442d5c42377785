"""Vietnamese text made comparable: clean once (`normalise`), compare without diacritics (`fold`)."""

import re
import unicodedata
from collections.abc import Iterator

_LATIN_BLOCKS = (range(0x00C0, 0x0250), range(0x1E00, 0x1F00))
_COMBINING_MARKS = range(0x0300, 0x0370)
_STROKED_D = {ord("Đ"): "d", ord("đ"): "d", ord("Ð"): "d", ord("ð"): "d", ord("Ɖ"): "d"}

_LINE_BREAKS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
# C0/C1 controls, soft hyphen, zero-width and bidi marks, tags, surrogates: nothing a reader sees.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
# A zero-width joiner holds composed emoji together; anywhere else it only hides a difference.
_STRAY_JOINER = re.compile("(?<![\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d")
_BLANKS = re.compile("[\t \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_BLANKS_AT_BREAK = re.compile(" ?\n ?")
_EMPTY_LINES = re.compile("\n{3,}")


def normalise(text: str) -> str:
    """Return `text` in NFC without anything invisible, runs of blanks as one space, ends stripped.

    Line breaks are kept as ``\\n`` (one empty line at most). Idempotent; never raises.
    """
    text = _LINE_BREAKS.sub("\n", text)
    text = _STRAY_JOINER.sub("", _INVISIBLE.sub("", text))
    text = _BLANKS.sub(" ", unicodedata.normalize("NFC", text))
    return _EMPTY_LINES.sub("\n\n", _BLANKS_AT_BREAK.sub("\n", text)).strip()


def fold(text: str) -> str:
    """Return `text` caseless and without Vietnamese diacritics: ``Đồng Tháp`` → ``dong thap``.

    Takes NFC and NFD alike, and both placements of a tone (``hòa``, ``hoà``). Vietnamese text in
    NFC keeps its length, so a position in the folded text is the position in the original.
    """
    if text.isascii():
        return text.lower()
    folded = text.translate(_FOLDED)
    return folded if folded.isascii() else _fold_rest(folded)


def _fold_rest(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return unicodedata.normalize("NFC", decomposed.translate(_FOLDED))


def _folded_letters() -> Iterator[tuple[int, str | None]]:
    for code in range(ord("A"), ord("Z") + 1):
        yield code, chr(code).lower()
    for block in _LATIN_BLOCKS:
        for code in block:
            base = unicodedata.normalize("NFD", chr(code))[0]
            if base.isascii():
                yield code, base.lower()
    for code in _COMBINING_MARKS:
        yield code, None
    yield from _STROKED_D.items()


_FOLDED = dict(_folded_letters())
