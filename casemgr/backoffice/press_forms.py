"""The form in which press and broadcasters say what they carried: shape only."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bulletins.models import Medium
from casemgr.public.fields import ClockTime, PastDay, TypedText, instant


class CoverageForm(forms.Form):
    medium = forms.ChoiceField(label=_("Where it was carried"), choices=Medium, widget=forms.RadioSelect)
    place = TypedText(
        label=_("Programme, page or channel"), max_length=160, help_text=_("For example: evening news; page 3.")
    )
    carried_on = PastDay(label=_("Day"), help_text=_("Day/month/year, for example 05/11/2026."))
    carried_at = ClockTime(label=_("Time"))
    link = forms.URLField(
        label=_("Link"),
        max_length=500,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": _("This is not an address of the web. It begins with https://.")},
    )
    note = TypedText(label=_("Note"), max_length=1_000, rows=2, required=False)

    def clean_link(self) -> str:
        link = str(self.cleaned_data["link"])
        if link and not link.startswith(("https://", "http://")):
            raise forms.ValidationError(_("This is not an address of the web. It begins with https://."))
        return link

    def given(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {**said, "carried_at": instant(said["carried_on"], said["carried_at"])}
