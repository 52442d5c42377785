"""One identifier, normalised for comparing."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from agencies.folding import normalise as visible

from . import addresses, numbers
from .normalised import Normalised

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Identifier:
    """``kind``: an `IndicatorKind` value; ``raw`` as typed, without what cannot be seen or stored; ``value`` what is compared (empty: nothing to
    compare); ``warnings``: sentences for whoever typed it."""

    kind: str
    raw: str
    value: str
    bank: str = ""
    warnings: tuple[_StrPromise, ...] = ()
    from_text: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.value


_RULES: dict[str, Callable[[str], Normalised]] = {
    "phone": numbers.phone,
    "tax_code": numbers.tax_code,
    "barcode": numbers.barcode,
    "url": addresses.url,
    "domain": addresses.domain,
    "shop": addresses.shop,
}


def normalise(kind: str, raw: str, *, bank: str = "") -> Identifier:
    """Normalise what was typed as this kind of identifier; ``bank``: BIN, code or name. Never refuses.

    Raises KeyError for a kind that does not exist.
    """
    raw = visible(raw)
    text = unicodedata.normalize("NFKC", raw)
    if kind == "bank_account":
        found, bank = numbers.bank_account(text, bank)
    else:
        found, bank = _RULES[kind](text), ""
    return Identifier(kind, raw, found.value, bank, found.warnings)
