"""A turn of duty: shape only; `agencies.services.duty` decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.actors import Member
from agencies.duty import duty_places
from agencies.models import Membership
from agencies.services.duty import MOST
from casemgr.public.fields import ClockTime, instant
from casemgr.rooms.forms import ComingDay

Period = tuple[datetime, datetime]


class DutyForm(forms.Form):
    """``until_day``: the same hours on each day up to it."""

    use_required_attribute = False

    who = forms.ChoiceField(label=_("Who is on duty"))
    day = ComingDay(label=_("Day"), help_text=_("Day/month/year."))
    starts = ClockTime(label=_("From"), help_text=_("For example 17:00."))
    ends = ClockTime(
        label=_("Until"), help_text=_("An hour that is not later than the beginning is one of the next day.")
    )
    until_day = ComingDay(
        label=_("The same on each day until"), required=False, help_text=_("Leave it empty for the one day.")
    )

    def __init__(self, *args: Any, actor: Member, **options: Any) -> None:
        super().__init__(*args, **options)
        self._places = {f"{place.agency_id}-{place.person_id}": place for place in duty_places(actor)}
        self.fields["who"].choices = [("", "—"), *self._grouped()]  # type: ignore[attr-defined]

    def _grouped(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """The people of each agency or unit under its name."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for key, place in self._places.items():
            groups.setdefault(str(place.agency), []).append((key, str(place.person)))
        return list(groups.items())

    def place(self) -> Membership:
        return self._places[self.cleaned_data["who"]]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = said.get("day"), said.get("until_day")
        if first and last and last < first:
            self.add_error("until_day", _("This is before the first day."))
        return said

    def periods(self) -> Sequence[Period]:
        """One day more than may be asked for at most: the service says so."""
        said = self.cleaned_data
        first: date = said["day"]
        days = min(((said["until_day"] or first) - first).days, MOST)
        return [_period(first + timedelta(days=at), said["starts"], said["ends"]) for at in range(days + 1)]


def _period(day: date, starts: Any, ends: Any) -> Period:
    last = day if ends > starts else day + timedelta(days=1)
    return instant(day, starts), instant(last, ends)
