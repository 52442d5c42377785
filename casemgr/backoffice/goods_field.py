"""A list of goods typed as lines, the way it stands in a seizure record: goods; quantity; unit; estimated value."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from agencies.folding import normalise
from casemgr.public.fields import MOST_VND
from complaints import writing
from workflows.outcomes import Goods

_QUANTITY = re.compile(r"(?P<whole>\d{1,3}(?:\.\d{3})+|\d{1,10})(?:,(?P<part>\d{1,3}))?")
_LONGEST = 20_000
_HINT = _("One kind on each line: goods; quantity; unit; estimated value in đồng. At most 50 lines.")
_NOT_A_LINE = _("Line %(line)d: write goods; quantity; unit; value, for example “Kem dưỡng; 120; hộp; 24.000.000”.")
_TOO_LONG = _("Line %(line)d: the name is at most 200 characters, the unit 30.")


class GoodsField(forms.CharField):
    """A tuple of `Goods`. The value may be left out; a quantity is ``1.200`` or ``12,5``."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 3})
        super().__init__(max_length=_LONGEST, widget=widget, help_text=_HINT, **options)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        lines = [(number, line) for number, line in enumerate(typed.splitlines(), 1) if line.strip()]
        return tuple(_goods(number, line) for number, line in lines)


def _goods(number: int, line: str) -> Goods:
    parts = [" ".join(normalise(part).split()) for part in line.split(";")]
    if len(parts) not in (3, 4) or not all(parts[:3]):
        raise ValidationError(_NOT_A_LINE, params={"line": number})
    name, quantity, unit = parts[:3]
    if len(name) > 200 or len(unit) > 30:
        raise ValidationError(_TOO_LONG, params={"line": number})
    return Goods(name, _quantity(number, quantity), unit, _value(number, parts[3] if len(parts) == 4 else ""))


def _quantity(number: int, text: str) -> Decimal:
    found = _QUANTITY.fullmatch(text)
    amount = Decimal(f"{found['whole'].replace('.', '')}.{found['part'] or 0}") if found else Decimal(0)
    if amount <= 0:
        raise ValidationError(_NOT_A_LINE, params={"line": number})
    return amount


def _value(number: int, text: str) -> int | None:
    if not text:
        return None
    value = writing.amount_in(text[:60]) if text[0] not in "-−–" else None
    if value is None or value > MOST_VND:
        raise ValidationError(_NOT_A_LINE, params={"line": number})
    return value
