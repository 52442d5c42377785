"""What a lodgement names: the identifiers typed in their fields, and those found in the story."""

from __future__ import annotations

from dataclasses import replace

from complaints.lodgement import Lodgement

from .identifier import Identifier, normalise
from .stories import find_in_text, of_address


def indicator_rows(lodgement: Lodgement) -> list[Identifier]:
    """Every identifier once by (kind, value); what was typed in a field wins over what the story holds.

    The complainant's own phone is not evidence against anyone and is left out.
    """
    rows: dict[tuple[str, str], Identifier] = {}
    for kind, raw in lodgement.identifiers:
        for found in _given(kind, raw, lodgement.bank):
            rows.setdefault(found.key, found)
    told = find_in_text(lodgement.narrative)
    mine = _own_phone(lodgement) if told else None
    for found in told:
        if found.key != mine and not _same_number(found, rows):
            rows.setdefault(found.key, found)
    return [found for found in rows.values() if found.value]


def _given(kind: str, raw: str, bank: str) -> list[Identifier]:
    """One field may hold two phones, or a link in place of a name: take all it holds."""
    found = normalise(kind, raw, bank=bank if kind == "bank_account" else "")
    if kind == "phone" and found.warnings and not found.value.startswith("+"):
        several = [f for f in find_in_text(raw) if f.kind == kind]
        return [replace(f, from_text=False) for f in several] or [found]
    if kind == "url" and not found.warnings:
        return [found, *(replace(f, from_text=False) for f in of_address(raw) if f.kind != "url")]
    return [found]


def _own_phone(lodgement: Lodgement) -> tuple[str, str] | None:
    return normalise("phone", lodgement.person.phone).key if lodgement.person.phone else None


def _same_number(found: Identifier, rows: dict[tuple[str, str], Identifier]) -> bool:
    """A number typed as an account is not a phone as well because the story repeats it, nor the other way round."""
    digits = found.value.removeprefix("+84")
    other = {"phone": [("bank_account", f"0{digits}")], "bank_account": [("phone", f"+84{digits[1:]}")]}
    return any(key in rows for key in other.get(found.kind, []))
