"""Vietnamese typed with the keyboard's own rules switched off: Telex (``lwaf ddaor``) and VNI (``lu7a2 d9ao3``).

A syllable is read back letter by letter and kept only when what comes out can be a Vietnamese syllable, so that brand
names and English words stay what they are.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

LONGEST_SYLLABLE = 12

_TELEX_TONES = {"f": "\u0300", "s": "\u0301", "x": "\u0303", "r": "\u0309", "j": "\u0323"}
_VNI_TONES = {"2": "\u0300", "1": "\u0301", "4": "\u0303", "3": "\u0309", "5": "\u0323"}
_VNI_MARKS = {"6": {"a": "â", "e": "ê", "o": "ô"}, "7": {"o": "ơ", "u": "ư"}, "8": {"a": "ă"}, "9": {"d": "đ"}}
_DOUBLED = {"a": "â", "e": "ê", "o": "ô"}
_HOOKED = {"a": "ă", "o": "ơ", "u": "ư"}
_INITIALS = "ngh|ng|nh|gh|gi|kh|ch|th|tr|ph|qu|b|c|d|đ|g|h|k|l|m|n|p|r|s|t|v|x|"
_NUCLEI = (
    "iêu|yêu|ươi|ươu|uôi|oai|oay|oeo|uây|uya|uyê|oă|oa|oe|uâ|uê|uơ|uy|iê|yê|ươ|uô|ai|ao|au|ay|âu|ây|eo|êu|ia|iu|oi|ôi|"
    "ơi|ua|ui|ưa|ưi|ưu|a|ă|â|e|ê|i|o|ô|ơ|u|ư|y"
)
_FINALS = "ng|nh|ch|c|m|n|p|t|"
_SYLLABLE = re.compile(f"(?:{_INITIALS})(?:{_NUCLEI})(?:{_FINALS})")
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
_STOPPED = re.compile("(?:ch|c|p|t)$")


def is_syllable(word: str) -> bool:
    """Whether ``word`` (lower case) can be a Vietnamese syllable, with its diacritics or without them all."""
    toneless = _toneless(word)
    return bool(_SYLLABLE.fullmatch(toneless)) or bool(_PLAIN.fullmatch(toneless))


def _plain(pattern: str) -> str:
    return "|".join(sorted({_bare(one) for one in pattern.split("|")}, key=len, reverse=True))


def _bare(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


_PLAIN = re.compile(f"(?:{_plain(_INITIALS)})(?:{_plain(_NUCLEI)})(?:{_plain(_FINALS)})")


@lru_cache(maxsize=10_000)
def decoded(word: str) -> str | None:
    """The syllable that the keystrokes ``word`` make; None when they make none, or what they are already."""
    keys = word.lower()
    if not 2 <= len(keys) <= LONGEST_SYLLABLE or not keys.isascii() or not keys[0].isalpha():
        return None
    for read in (_telex, _vni):
        made = read(keys)
        if made and made != keys and _SYLLABLE.fullmatch(_toneless(made)) and _tone_fits(made):
            return made
    return None


def _telex(keys: str) -> str | None:
    if not keys.isalpha():
        return None
    letters, tone = keys[0], ""
    for key in keys[1:]:
        if key in _TELEX_TONES and re.search("[aeiouyăâêôơư]", letters):
            tone = _TELEX_TONES[key]
        elif key == "d" and letters[0] == "d":
            letters = "đ" + letters[1:]
        elif key in _DOUBLED and (at := letters.rfind(key)) >= 0:
            letters = letters[:at] + _DOUBLED[key] + letters[at + 1 :]
        elif key == "w":
            letters = _hooked(letters)
        else:
            letters += key
    return _toned(letters, tone)


def _hooked(letters: str) -> str:
    """``w`` makes ươ of uo, and a hook or breve of the last vowel that takes one; alone it is ư."""
    if "uo" in letters:
        return letters.replace("uo", "ươ", 1)
    if "ưo" in letters:
        return letters.replace("ưo", "ươ", 1)
    if "ua" in letters and not letters.startswith("qu"):
        return letters.replace("ua", "ưa", 1)
    for at in range(len(letters) - 1, -1, -1):
        if letters[at] in _HOOKED:
            return letters[:at] + _HOOKED[letters[at]] + letters[at + 1 :]
    return letters + "ư"


def _vni(keys: str) -> str | None:
    if not re.search(r"\d", keys):
        return None
    letters, tone = "", ""
    for key in keys:
        if key in _VNI_TONES:
            tone = _VNI_TONES[key]
        elif key in _VNI_MARKS:
            marks = _VNI_MARKS[key]
            if key == "7" and "uo" in letters:
                letters = letters.replace("uo", "ươ", 1)
                continue
            at = max((letters.rfind(plain) for plain in marks), default=-1)
            if at < 0:
                return None
            letters = letters[:at] + marks[letters[at]] + letters[at + 1 :]
        elif key.isdigit():
            return None
        else:
            letters += key
    return _toned(letters, tone)


def _toned(letters: str, tone: str) -> str:
    """The tone on the vowel that carries it: the marked one, the one before a final consonant, else the first of two."""
    if not tone:
        return letters
    start = len(re.match("qu|gi(?=[aeouyăâêôơư])|", letters)[0])  # type: ignore[index]
    vowels = [n for n, letter in enumerate(letters) if n >= start and letter in "aeiouyăâêôơư"]
    if not vowels:
        return letters
    marked = [n for n in vowels if letters[n] in "ăâêôơư"]
    closed = vowels[-1] < len(letters) - 1
    at = marked[-1] if marked else vowels[-1] if closed or len(vowels) == 1 else vowels[1 if len(vowels) == 3 else 0]
    return unicodedata.normalize("NFC", letters[: at + 1] + tone + letters[at + 1 :])


def _toneless(word: str) -> str:
    return unicodedata.normalize("NFC", _TONES.sub("", unicodedata.normalize("NFD", word)))


def _tone_fits(word: str) -> bool:
    """What ends in c, ch, p or t has a sharp or a heavy tone; in a text typed raw, always written."""
    tones = _TONES.findall(unicodedata.normalize("NFD", word))
    return not _STOPPED.search(word) or tones in (["\u0301"], ["\u0323"])
