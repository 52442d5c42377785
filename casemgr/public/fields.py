"""Fields that take what people really type: any spelling of an amount, a date or a time, in any Unicode form."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from agencies.folding import normalise
from complaints import writing
from events import clock
from workflows.deadlines import HANOI

# Far above any loss a person can name, far below what the column holds.
MOST_VND = 10**13
_LONGEST_AMOUNT = 60
_LONGEST_TIME = 40
EARLIEST = date(2000, 1, 1)
DATE_FORMATS = [
    *("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d %m %Y", "%d%m%Y", "%Y-%m-%d"),
    *("%d/%m/%y", "%d-%m-%y", "%d.%m.%y"),
]
_NOT_AN_AMOUNT = _("Write the amount in digits, for example 1.500.000, or 50 triệu.")
_TOO_MUCH = _("This amount is too large. Write it in đồng, at most %(most)s.")
_NEGATIVE = _("An amount cannot be negative.")
_IN_FUTURE = _("This day has not come yet. Please check it.")
_TOO_EARLY = _("This day is too long ago. Please check the year.")
_NOT_A_DATE = _("Write the day as day/month/year, for example 05/11/2026.")
_NOT_A_TIME = _("Write the time as hour:minute, for example 14:30, or 2 giờ chiều.")


class TypedText(forms.CharField):
    """Text in NFC without control, bidi or zero-width characters, whichever keyboard it came from."""

    def __init__(self, *, max_length: int, rows: int = 0, **options: Any) -> None:
        if rows:
            options.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, **options)

    def to_python(self, value: Any) -> str:
        text: str = normalise(super().to_python(value) or "")
        if isinstance(self.widget, forms.Textarea):
            return text
        return " ".join(text.split())


class Amount(forms.Field):
    """Whole đồng as an int or None: ``1.500.000``, ``1,500,000 đ`` and ``1,5 triệu`` are the same amount."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "numeric", "data-money": True, "autocomplete": "off"})
        super().__init__(required=False, widget=widget, **options)

    def to_python(self, value: Any) -> int | None:
        text = normalise(str(value or "")[:_LONGEST_AMOUNT])
        if not text:
            return None
        if text[0] in "-−–" and any(c.isdigit() for c in text):
            raise ValidationError(_NEGATIVE)
        amount = writing.amount_in(text)
        if amount is None:
            raise ValidationError(_NOT_AN_AMOUNT)
        if amount > MOST_VND:
            raise ValidationError(_TOO_MUCH, params={"most": f"{MOST_VND:,}".replace(",", ".")})
        return amount


class PastDay(forms.DateField):
    """A day up to today, written day first in any of the usual ways."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-short"})
        super().__init__(input_formats=DATE_FORMATS, widget=widget, error_messages={"invalid": _NOT_A_DATE}, **options)

    def to_python(self, value: Any) -> date | None:
        if isinstance(value, str):
            value = writing.day_in(value, _today()) or normalise(value)
        return super().to_python(value)

    def validate(self, value: date | None) -> None:
        super().validate(value)
        if value and value > _today():
            raise ValidationError(_IN_FUTURE)
        if value and value < EARLIEST:
            raise ValidationError(_TOO_EARLY)


def _today() -> date:
    return clock.now().astimezone(HANOI).date()


class ClockTime(forms.TimeField):
    """``14:30``, ``14h30``, ``14 giờ 30`` and ``2 giờ rưỡi chiều`` are the same time."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TimeInput(attrs={"autocomplete": "off", "class": "input-short"})
        super().__init__(widget=widget, error_messages={"invalid": _NOT_A_TIME}, **options)

    def to_python(self, value: Any) -> time | None:
        if isinstance(value, str) and normalise(value):
            value = writing.time_in(value[:_LONGEST_TIME])
            if value is None:
                raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


def instant(day: date, at: time) -> datetime:
    """The moment in the province's time zone."""
    return datetime.combine(day, at, tzinfo=HANOI)
