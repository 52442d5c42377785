"""The register of businesses: entering one, changing it, and where it is reached."""

from __future__ import annotations

import re

from agencies.folding import fold, normalise

# Legal forms, folded: they tell no business from another.
_FORMS = re.compile(
    r"\b(?:cong ty|cty|c\.ty|tnhh|trach nhiem huu han|mot thanh vien|mtv|co phan|cp|doanh nghiep tu nhan|dntn|"
    r"ho kinh doanh|hkd|chi nhanh|cua hang|shop|hop tac xa|htx|co\.? ?,? ?ltd|company limited|jsc)\b"
)


def name_key(name: str) -> str:
    """The name folded, without its legal form and signs; the folded name when nothing else is left."""
    folded = re.sub(r"[^\w ]+", " ", fold(normalise(name)))
    bare = " ".join(_FORMS.sub(" ", folded).split())
    return (bare or " ".join(folded.split()))[:300]
