"""Forms for asking another agency, and for what the two sides do after: shape only, services decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from casemgr.backoffice.file_choices import file_choices
from casemgr.backoffice.forms import NO_CHOICE, long_text
from casemgr.public.fields import TypedText
from workflows.models import Case, ClockRule
from workflows.selectors.casefile import referral_targets
from workflows.selectors.cooperation import in_words, usual_times
from workflows.services.cooperation import Request, Shared
from workflows.sharing import stated

UNITS = [(unit.value, unit.label) for unit in (ClockRule.Unit.WORKING_DAY, ClockRule.Unit.HOUR)]


def ticks(label: Any, **options: Any) -> forms.TypedMultipleChoiceField:
    return forms.TypedMultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple, **options)


def agency_choices(case: Case) -> tuple[list[Any], dict[int, Agency]]:
    """Options for a select, those competent for the track first; and the agencies behind them."""
    labels = {True: gettext("Competent for this track"), False: gettext("Others of the province")}
    found = referral_targets(case)
    groups = [(labels[fits], [(a.pk, a.name) for a in agencies]) for fits, agencies in found if agencies]
    return [NO_CHOICE, *groups], {a.pk: a for _fits, agencies in found for a in agencies}


class AskForm(forms.Form):
    """What is asked of whom, and what they are shown for it."""

    use_required_attribute = False

    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    to = forms.TypedChoiceField(label=_("Which agency"), coerce=int)
    deliverable = forms.ChoiceField(label=_("What you need from them"), required=False)
    other = TypedText(
        label=_("Something else"), max_length=160, required=False, help_text=_("Only when nothing on the list fits.")
    )
    text = long_text(
        _("What exactly, and what for"), rows=3,
        help_text=_("They keep this text. Do not write here who the sender is."),
    )  # fmt: skip
    amount = forms.IntegerField(
        label=_("By when: number"), required=False, min_value=1, max_value=240,
        help_text=_("Leave it empty for the usual time of the thing you chose. At most 60 working days, or 240 hours."),
        widget=forms.NumberInput(attrs={"class": "input-short"}),
    )  # fmt: skip
    unit = forms.ChoiceField(label=_("working days or hours"), choices=UNITS)
    urgent = forms.BooleanField(label=_("Urgent"), required=False)
    summary = long_text(
        _("What they are told of the case"), rows=4, required=False,
        help_text=_("In your own words. They see neither the sender's story nor who the sender is."),
    )  # fmt: skip
    facts = ticks(_("Facts to show them"))
    indicators = ticks(_("Numbers and addresses to show them"), coerce=int)
    evidence = ticks(
        _("Files to show them"), coerce=int,
        help_text=_("They may fetch the original. Look first whether a file names the sender."),
    )  # fmt: skip

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._times = {thing.pk: (thing, amount, unit) for thing, amount, unit in usual_times(case.province_id)}
        choices, self._agencies = agency_choices(case)
        self._choose("to", choices)
        self._choose("deliverable", [NO_CHOICE, *((pk, self._thing(pk)) for pk in self._times)])
        self._choose("facts", [(code, f"{label}: {value}") for code, (label, value) in stated(case.complaint).items()])
        found = {(i.kind, i.value): i for i in case.complaint.indicators.order_by("-from_text", "-pk")}
        self._choose(
            "indicators", [(i.pk, f"{capfirst(i.get_kind_display())}: {i.raw}") for i in reversed(found.values())]
        )
        self._choose("evidence", file_choices(case, case.complaint.evidence.order_by("id")))
        for name in ("facts", "indicators", "evidence"):
            if not self.fields[name].choices:  # type: ignore[attr-defined]
                del self.fields[name]

    def _choose(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _thing(self, pk: str) -> str:
        thing, amount, unit = self._times[pk]
        return gettext("%(thing)s (usually %(time)s)") % {"thing": thing, "time": in_words(amount, unit)}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        thing = self._times.get(said.get("deliverable") or "")
        if not thing and not said.get("other") and "other" not in self.errors:
            self.add_error("deliverable", _("Choose what you need, or write it."))
        if not said.get("amount") and "amount" not in self.errors:
            if thing:
                said["amount"], said["unit"] = thing[1], thing[2]
            else:
                self.add_error("amount", _("Write how many working days or hours they have."))
        return said

    def request(self) -> Request:
        said = self.cleaned_data
        thing = self._times.get(said["deliverable"] or "")
        return Request(
            to=self._agencies[said["to"]],
            text=said["text"],
            amount=said["amount"],
            unit=said["unit"],
            deliverable=thing[0] if thing else None,
            other=said["other"],
            urgent=said["urgent"],
        )

    def shared(self) -> Shared:
        said = self.cleaned_data
        return Shared(said["summary"], said.get("facts", ()), said.get("indicators", ()), said.get("evidence", ()))


class TakeForm(forms.Form):
    pass


class DeclineForm(forms.Form):
    reason = long_text(_("Why you cannot help"), rows=3)


class ContributeForm(forms.Form):
    """``police_only`` is there only where it may be ticked."""

    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    text = long_text(_("What you found out"), rows=5)
    police_only = forms.BooleanField(
        label=_("Police only"), required=False, help_text=_("No other agency will learn that it was written.")
    )

    def __init__(self, *args: Any, police: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not police:
            del self.fields["police_only"]


class ReturnForm(forms.Form):
    missing = long_text(_("What is still missing"), rows=3)


class DismissForm(forms.Form):
    reason = long_text(_("Why it is no longer needed"), rows=3)
