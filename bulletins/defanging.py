"""Identifiers of scammers as they are printed: to be recognised, never clicked, called or paid by mistake.

Links and addresses lose what makes them one (``hxxps://shop[.]example``, ``a[@]b[.]example``). Of a number of nine
digits or more (an account, a phone) the middle is covered: who was contacted from it sees that it fits, and whoever
holds it by now, after the scammer, is not exposed whole. Short numbers (113, 1800.6838) and sums of money stay.
"""

from __future__ import annotations

import re

from agencies.folding import normalise
from complaints.identifiers import defang

COVER = "•"
LONGEST_WORD = 40
_ZERO_WIDTH_BREAK = "\u200b"
_LINK = re.compile(r"\b[a-z][a-z0-9+.\-]*://[^\s<>\"']+", re.IGNORECASE)
_MAIL = re.compile(r"\b[\w.+\-]+@(?:[\w\-]+\.)+[a-z]{2,}\b", re.IGNORECASE)
# A host is named by a known ending: a full stop between two words is no domain.
_ENDINGS = (
    "com|net|org|info|vn|shop|store|online|site|top|xyz|club|vip|cc|me|io|app|asia|biz|link|live|pro|win|fun|icu|work|"
    "click|buzz|example|tk|ly"
)
_HOST = re.compile(
    rf"(?<![\w@\[\].])(?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+(?:{_ENDINGS})\b(?:/[^\s<>\"']*)?", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<![\w.,])\+?\d(?:[ .\-]?\d){8,}(?![\w])")
_MONEY = re.compile(r"\d{1,3}(?:\.\d{3})+$")
_ACCOUNT = re.compile(r"\b(?=[A-Z0-9]*\d[A-Z0-9]*\d)[A-Z]{2,6}\d[A-Z0-9]{6,}\b")


def defanged(text: str) -> str:
    """``text`` with every link, address and long number in it defanged. Idempotent."""
    text = _LINK.sub(lambda found: found[0] if "[.]" in found[0] else defang(found[0]), text)
    text = _MAIL.sub(lambda found: found[0].replace("@", "[@]").replace(".", "[.]"), text)
    text = _HOST.sub(lambda found: defang(found[0]), text)
    text = _NUMBER.sub(lambda found: found[0] if _MONEY.match(found[0]) else covered(found[0]), text)
    return _ACCOUNT.sub(lambda found: covered(found[0]), text)


def covered(number: str) -> str:
    """The first four and the last two characters of a number; what is between them covered, separators kept."""
    places = [at for at, letter in enumerate(number) if letter.isalnum()]
    hidden = set(places[4:-2])
    return "".join(COVER if at in hidden else letter for at, letter in enumerate(number))


def told(text: str) -> str:
    """A text as it is published: clean, defanged, on one line or several as it was written."""
    return defanged(normalise(text))


def paragraphs(text: str) -> list[str]:
    return [line for line in told(text).split("\n") if line]
