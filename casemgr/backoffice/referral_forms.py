"""The forms of a transfer: to whom, what goes along, what was said by telephone, who signs the paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from casemgr.backoffice.file_choices import file_choices
from casemgr.backoffice.forms import NO_CHOICE, ClassifyingForm, MoveForm, TrackField, long_text
from casemgr.public.fields import ClockTime, PastDay, TypedText, instant
from workflows.models import Case, FilesShared
from workflows.referral_sheet import Sheet, is_own_finding
from workflows.selectors.casefile import referral_targets, targets_elsewhere
from workflows.services.referral_terms import SPOKEN_TO_LIMIT, Call, Shared

_CALL = ("spoken_to", "called_on", "called_time", "agreed")
SLIP, RECOMMENDATION = "slip", "recommendation"


class Receivers:
    """The agencies a case may be offered to, as choices: ``7``, or ``9@86`` for one of another province."""

    def __init__(self, case: Case) -> None:
        self._agencies: dict[str, tuple[Agency, str]] = {}
        self.choices: list[Any] = [NO_CHOICE]
        labels = {True: gettext("Competent for this track"), False: gettext("Others of the province")}
        for competent, agencies in referral_targets(case):
            self._group(labels[competent], {str(agency.pk): (agency, "") for agency in agencies})
        for province, agencies in targets_elsewhere(case):
            label = gettext("Another province: %(province)s") % {"province": province.name}
            self._group(label, {f"{agency.pk}@{province.pk}": (agency, province.pk) for agency in agencies})

    def _group(self, label: str, found: dict[str, tuple[Agency, str]]) -> None:
        self._agencies |= found
        if found:
            self.choices.append((label, [(value, agency.name) for value, (agency, _province) in found.items()]))

    def arguments(self, value: str) -> dict[str, Any]:
        agency, province = self._agencies[value]
        return {"to": agency, "province": province}


def explanation_field() -> TypedText:
    return long_text(
        _("Why this agency"),
        rows=2,
        required=False,
        help_text=_("Needed when it is not competent for this track, or serves another province."),
    )


class CallFields(forms.Form):
    """A telephone call: all of it, or nothing."""

    spoken_to = TypedText(label=_("By telephone with"), max_length=SPOKEN_TO_LIMIT, required=False,
                          help_text=_("Name, office and number of whom you spoke to."))  # fmt: skip
    called_on = PastDay(label=_("Day of the call"), required=False)
    called_time = ClockTime(label=_("Time of the call"), required=False)
    agreed = long_text(_("What was agreed"), rows=2, required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        given = [name for name in _CALL if name in self.fields and cleaned.get(name)]
        if given:
            for name in _CALL:
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, gettext("Please write something here."))
        return cleaned

    def call(self) -> Call | None:
        told = {name: self.cleaned_data.pop(name, None) for name in _CALL}
        return Call(told["spoken_to"], _moment(told), told["agreed"]) if told["spoken_to"] else None


def _moment(told: dict[str, Any]) -> datetime:
    return instant(told["called_on"], told["called_time"])


class SignatoryFields(forms.Form):
    signatory_title = TypedText(label=_("Office of who signs the sheet"), max_length=80, required=False,
                                help_text=_("Left empty, you sign it as the officer who passes the case on."))  # fmt: skip
    signatory_name = TypedText(label=_("Name of who signs the sheet"), max_length=80, required=False)

    def signatory(self) -> dict[str, str]:
        title, name = self.cleaned_data.pop("signatory_title", ""), self.cleaned_data.pop("signatory_name", "")
        return {"title": title, "name": name} if title and name else {}


class SheetFields(SignatoryFields):
    sheet = forms.ChoiceField(
        label=_("Paper that goes with it"),
        choices=[(SLIP, _("Referral slip (phiếu chuyển)")), (RECOMMENDATION, _("Recommendation to prosecute"))],
        required=False,
        help_text=_("A state agency recommends prosecution to the police for what it found itself."),
    )

    def paper(self) -> Sheet:
        return Sheet(recommends=self.cleaned_data.pop("sheet", "") == RECOMMENDATION, signatory=self.signatory())


class SharedFields(forms.Form):
    """What goes along. The story and the facts always do."""

    shares_identity = forms.BooleanField(
        label=_("Share who the sender is"),
        required=False,
        help_text=_("Only if the other agency cannot decide without it. Once it takes the case, it sees it anyway."),
    )
    files = forms.ChoiceField(  # type: ignore[assignment]
        label=_("Files that go along"), choices=FilesShared, required=False, widget=forms.RadioSelect,
        initial=FilesShared.ALL,
    )  # fmt: skip
    chosen_files = forms.TypedMultipleChoiceField(
        label=_("Files chosen"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def offer_files(self, case: Case) -> None:
        rows = file_choices(case, case.complaint.evidence.order_by("id"))
        self.fields["chosen_files"].choices = rows  # type: ignore[attr-defined]
        if not rows:
            del self.fields["files"], self.fields["chosen_files"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("files") == FilesShared.CHOSEN and not cleaned.get("chosen_files"):
            self.add_error("chosen_files", gettext("Tick the files that go along, or choose “no file”."))
        return cleaned

    def chosen(self) -> list[int] | None:
        """None for all files."""
        which, ids = self.cleaned_data.pop("files", ""), self.cleaned_data.pop("chosen_files", [])
        return None if which in ("", FilesShared.ALL) else ids if which == FilesShared.CHOSEN else []


class ReferForm(ClassifyingForm, SharedFields, CallFields, SheetFields):
    """Sent twice: first to preview, then with ``previewed`` to offer."""

    to = forms.ChoiceField(label=_("To which agency"))
    track = TrackField(
        required=False,
        help_text=_("Change it if the case turned out to be of another kind: the time limits follow it."),
    )
    reason = long_text(_("Reason"), rows=3, help_text=_("The other agency reads it."))
    explanation = explanation_field()
    shares_notes = forms.BooleanField(
        label=_("Share the notes written for every agency"), required=False, initial=True,
        help_text=_("Your agency's own notes never go along."),
    )  # fmt: skip
    previewed = forms.BooleanField(required=False, widget=forms.HiddenInput)
    field_order = (
        "to", "track", "reason", "explanation", "shares_identity", "shares_notes", "files", "chosen_files",
        *_CALL, "sheet", "signatory_title", "signatory_name",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._receivers = Receivers(self.case)
        self.fields["to"].choices = self._receivers.choices  # type: ignore[attr-defined]
        self.offer_files(self.case)
        self._keep_what_applies()

    def _keep_what_applies(self) -> None:
        agency = self.actor.agency
        if agency.is_association or agency.is_police or agency.assisted_intake_only:
            del self.fields["sheet"]
        elif is_own_finding(self.case):
            self.initial.setdefault("sheet", RECOMMENDATION)
        if not self.case.urgent:
            for name in _CALL:
                del self.fields[name]

    def arguments(self) -> dict[str, Any]:
        self.cleaned_data.pop("previewed", None)
        call, sheet, files = self.call(), self.paper(), self.chosen()
        given = super().arguments()
        shared = Shared(given.pop("shares_identity"), given.pop("shares_notes"), files)
        return given | self._receivers.arguments(given["to"]) | {"shared": shared, "call": call, "sheet": sheet}


class ReassignForm(MoveForm):
    to = forms.ChoiceField(label=_("To which agency"))
    reason = long_text(_("Reason"), rows=3, help_text=_("Both agencies read it."))
    explanation = explanation_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._receivers = Receivers(self.case)
        self.fields["to"].choices = self._receivers.choices  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        given = super().arguments()
        return given | self._receivers.arguments(given["to"])


class CallForm(CallFields):
    """A call recorded after the system, or somebody in haste, had offered the case."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="call-%s")
        for name in _CALL:
            self.fields[name].required = True


class SheetForm(SheetFields):
    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="sheet-%s")
