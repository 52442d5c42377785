"""All that was said, for reading over before it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from casemgr.public import places
from casemgr.public.contact_form import IDENTIFYING
from casemgr.public.forms import StepForm
from casemgr.public.steps import CHECK, FILLED_IN, Step
from complaints.models import Kind

_HIDDEN = {"commune_code", "commune_choice", "unknown_seller", "consent", "moved_on", "moved_time", "money_moved"}
_PROSE = {"narrative", "wish"}


def sections(
    checked: Mapping[str, StepForm], uploads: list[dict[str, Any]], warnings: Mapping[str, list[str]]
) -> list[dict[str, Any]]:
    """One section a step: ``label``, ``url`` to change it, ``facts`` ({label, value, prose, warnings}), ``uploads``."""
    return [
        {
            "label": step.label_for(checked[step.name].said),
            "url": f"{step.url}?then={CHECK.slug}",
            "facts": list(_facts(step, checked[step.name], warnings)),
            "uploads": uploads if step.name == "story" else [],
        }
        for step in FILLED_IN
    ]


def _facts(step: Step, form: StepForm, warnings: Mapping[str, list[str]]) -> Iterable[dict[str, Any]]:
    said = form.cleaned_data
    is_anonymous = said.get("identity") == "anonymous"
    for name, field in form.fields.items():
        withheld = name in _HIDDEN or (is_anonymous and step.name == "contact" and name in IDENTIFYING)
        value = "" if withheld else _words(name, field, said.get(name), said)
        if not value:
            continue
        key = "own_phone" if (step.name, name) == ("contact", "phone") else name
        yield {"label": field.label, "value": value, "prose": name in _PROSE, "warnings": warnings.get(key, [])}
    if said.get("money_moved_at"):
        at = date_format(said["money_moved_at"], "H:i d/m/Y")
        yield {"label": _("Money left the account at"), "value": at, "prose": False, "warnings": []}
    if said.get("unknown_seller"):
        yield {
            "label": _("The scammer") if form.is_crime else _("Seller"),
            "value": form.fields["unknown_seller"].label,
            "prose": False,
            "warnings": [],
        }


def _words(name: str, field: forms.Field, value: Any, said: Mapping[str, Any]) -> str:
    if name == "kind":
        return str(Kind(Kind.CRIME if said.get("money_moved") == "yes" else value).label)
    if name == "identity":
        return _("I stay anonymous") if value == "anonymous" else _("I give my name")
    if name == "commune" and said.get("place"):
        return places.label(said["place"])
    if isinstance(field, forms.ChoiceField):
        return str(_labels(field).get(value, "")) if value else ""
    if isinstance(value, bool):
        return _("Yes") if value else ""
    if isinstance(value, int):
        return f"{value:,} đ".replace(",", ".")
    return date_format(value, "d/m/Y") if hasattr(value, "isoformat") else str(value or "")


def _labels(field: forms.ChoiceField) -> dict[str, Any]:
    """Code → label, out of their groups."""
    flat: dict[str, Any] = {}
    for key, label in field.widget.choices:
        flat |= dict(label) if isinstance(label, (list, tuple)) else {key: label}
    return flat
