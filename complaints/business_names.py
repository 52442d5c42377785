"""Names of businesses made comparable. Pure."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from agencies.folding import fold, normalise

# Legal forms and what shops call themselves, folded: they tell no business from another.
_FORMS = re.compile(
    r"\b(?:cong ty|cty|tnhh|trach nhiem huu han|mot thanh vien|mtv|co phan|cp|doanh nghiep tu nhan|dntn|"
    r"ho kinh doanh|hkd|chi nhanh|cua hang|shop|hop tac xa|htx|co ltd|ltd|company limited|jsc)\b"
)


def name_key(name: str) -> str:
    """The name folded, without its legal form and signs; the folded name when nothing else is left."""
    folded = " ".join(re.sub(r"[^\w ]+", " ", fold(normalise(name))).split())
    bare = " ".join(_FORMS.sub(" ", folded).split())
    return (bare or folded)[:300]


def similarity(one: str, other: str) -> float:
    """Of two keys, 0 to 1; the order of the words does not matter."""
    return fuzz.token_sort_ratio(one, other) / 100 if one and other else 0.0
