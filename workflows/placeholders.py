"""The fields of a case that a letter template may name: ``{{case_number}}``. A closed list, and no template engine.

Pure: text in, text out. What a field's value is stands in `workflows.selectors.letters`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LABELS: dict[str, str | _StrPromise] = {
    "case_number": _("case number"),
    "lodged_on": _("day the report was lodged"),
    "today": _("today"),
    "due_on": _("day the present step is due"),
    "objection_until": _("last day to object"),
    "agency": _("the agency that writes"),
    "agency_phone": _("telephone of the agency that writes"),
    "agency_address": _("address of the agency that writes"),
    "officer": _("who writes the letter"),
    "handler": _("the case's handler"),
    "to_agency": _("agency the case is offered to"),
    "complainant_name": _("the sender's full name"),
    "seller": _("the seller named in the report"),
    "product": _("the product or service named in the report"),
    "amount": _("the loss named in the report"),
    "outcome": _("outcome of the case"),
    "answer_link": _("address of the tracking page"),
}
#: Tells who complained: filling it in is a look at the sender's identity.
IDENTIFYING = frozenset({"complainant_name"})

_FIELD = re.compile(r"\{\{\s*([^{}]{0,80}?)\s*\}\}")
# The words of `gap` and of the seeds, in both languages.
_OPEN = re.compile(r"\[(?:missing|to write|chưa có|cần ghi): [^\]]{1,120}\]")
_BRACES = re.compile(r"\{\{|\}\}")


@dataclass(frozen=True)
class Filled:
    """``missing``: the names of fields that have no value here; the text says so at their places."""

    text: str
    missing: tuple[str, ...] = ()


def names_in(text: str) -> list[str]:
    """The names between double braces, in order, each once, known or not."""
    return list(dict.fromkeys(_FIELD.findall(text)))


def mistakes_in(text: str) -> list[str]:
    """What stands in double braces and is no field, as it was typed; ``{{`` or ``}}`` for a brace left alone."""
    unknown = [name or "{{}}" for name in names_in(text) if name not in LABELS]
    return unknown + _BRACES.findall(_FIELD.sub("", text))


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Put the values in. They are not read again: a seller who is called ``{{officer}}`` stays that."""
    missing: dict[str, None] = {}

    def value_of(found: re.Match[str]) -> str:
        name = found[1]
        if values.get(name):
            return values[name]
        missing[name] = None
        return gap(name)

    return Filled(_FIELD.sub(value_of, text), tuple(missing))


def gap(name: str) -> str:
    """What stands where a value is missing, in the language that is active: ``[missing: seller]``."""
    return gettext("[missing: %(field)s]") % {"field": LABELS.get(name, name)}


def gaps_in(text: str) -> list[str]:
    """What still stands open in a letter: gaps as `fill` writes them, what a template leaves to its writer
    (``[to write: the reason]``), and fields of templates. In either language, whichever the writer reads."""
    return list(dict.fromkeys([*_OPEN.findall(text), *(f"{{{{{name}}}}}" for name in names_in(text))]))
