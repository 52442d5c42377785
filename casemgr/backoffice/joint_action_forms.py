"""Forms of joint actions: starting one, writing on its board, ending it with a record. Shape only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.forms import BaseFormSet, formset_factory
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from casemgr.backoffice.assisted_forms import line
from casemgr.backoffice.cooperation_forms import agency_choices
from casemgr.backoffice.forms import long_text
from casemgr.public.fields import ClockTime, PastDay, TypedText, instant
from workflows.joint_record import Party, Seized, record_content
from workflows.models import Case
from workflows.services.joint_action import MOST_HOURS, Task

MOST_TASKS, MOST_ROWS = 12, 60


class StartForm(forms.Form):
    use_required_attribute = False

    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    goods = long_text(
        _("What goods it is about"), rows=3,
        help_text=_("Everybody on the board reads it. Do not write here who reported it."),
    )  # fmt: skip
    places = long_text(_("Where"), rows=2, help_text=_("Addresses, stalls, vehicles, pages: one a line."))


class TaskForm(forms.Form):
    use_required_attribute = False

    agency = forms.TypedChoiceField(label=_("Agency"), coerce=int, empty_value=None, required=False)
    text = TypedText(label=_("Its task"), max_length=2000, rows=2, required=False)
    hours = forms.IntegerField(
        label=_("Hours"), min_value=1, max_value=MOST_HOURS, initial=4, required=False,
        widget=forms.NumberInput(attrs={"class": "input-short"}),
    )  # fmt: skip

    def __init__(self, *args: Any, choices: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("agency") and not said.get("text") and "text" not in self.errors:
            self.add_error("text", _("Write what this agency is to do."))
        if said.get("text") and not said.get("agency") and "agency" not in self.errors:
            self.add_error("agency", _("Choose the agency that is to do it."))
        if said.get("agency") and not said.get("hours") and "hours" not in self.errors:
            self.add_error("hours", _("Write how many hours it has."))
        return said


_TaskSet: type[BaseFormSet[TaskForm]] = formset_factory(TaskForm, extra=3, max_num=MOST_TASKS, absolute_max=MOST_TASKS)


def task_rows(case: Case, data: Any = None) -> tuple[BaseFormSet[TaskForm], dict[int, Any]]:
    """The rows, and the agencies that may be chosen."""
    choices, agencies = agency_choices(case)
    return _TaskSet(data, prefix="task", form_kwargs={"choices": choices}), agencies


def more_rows(posted: QueryDict, prefix: str, extra: int = 3) -> QueryDict:
    """What was typed, with room for ``extra`` rows more; the set's own limit holds."""
    data, total = posted.copy(), posted.get(f"{prefix}-TOTAL_FORMS", "")
    data[f"{prefix}-TOTAL_FORMS"] = str((int(total) if total.isdecimal() and len(total) < 4 else 0) + extra)
    return data


def tasks(rows: BaseFormSet[TaskForm], agencies: dict[int, Any]) -> list[Task]:
    said = [row.cleaned_data for row in rows.forms if row.cleaned_data.get("agency")]
    return [Task(agencies[one["agency"]], one["text"], one["hours"]) for one in said]


class PostForm(forms.Form):
    key = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)
    text = long_text(_("Message to everybody on the board"), rows=3)


class DoneForm(PostForm):
    text = long_text(_("What was done, and what came of it"), rows=4)


class TakeForm(forms.Form):
    pass


class DeclineForm(forms.Form):
    reason = long_text(_("Why you cannot do it"), rows=3)


class CallOffForm(forms.Form):
    reason = long_text(_("Why it is called off"), rows=3)


class RecordForm(forms.Form):
    """Times as on the spot; the record is numbered, so it is previewed first."""

    use_required_attribute = False

    began_on = PastDay(label=_("Began on"))
    began_at = ClockTime(label=_("at what time"))
    ended_on = PastDay(label=_("Ended on"))
    ended_at = ClockTime(label=_("at what time"))
    place = line(_("Place"), 300, required=True)
    witness = line(_("Owner of the place, or a witness: name and office"), 200)
    found = long_text(_("What was found"), rows=5)
    opinion = long_text(_("What the sides say to it"), rows=3, required=False)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        whole = all(said.get(name) for name in ("began_on", "began_at", "ended_on", "ended_at"))
        if whole and self.began() > self.ended():
            self.add_error("ended_at", _("It cannot end before it began."))
        return said

    def began(self) -> datetime:
        return instant(self.cleaned_data["began_on"], self.cleaned_data["began_at"])

    def ended(self) -> datetime:
        return instant(self.cleaned_data["ended_on"], self.cleaned_data["ended_at"])


class PartyForm(forms.Form):
    use_required_attribute = False

    agency = line(_("Agency"), 200)
    people = TypedText(
        label=_("Who came for it"), max_length=1000, rows=2, required=False,
        help_text=_("One person a line: name, office. The first signs."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("people") and not said.get("agency"):
            self.add_error("agency", _("Write which agency they came for."))
        return said


class SeizedForm(forms.Form):
    use_required_attribute = False

    name = line(_("Goods"), 200)
    unit = line(_("Unit"), 30)
    quantity = line(_("Quantity"), 30)
    condition = line(_("Condition"), 200)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if any(said.get(field) for field in ("unit", "quantity", "condition")) and not said.get("name"):
            self.add_error("name", _("Write what goods these are."))
        if said.get("name") and not said.get("quantity"):
            self.add_error("quantity", _("Write how many."))
        return said


PartySet: type[BaseFormSet[PartyForm]] = formset_factory(PartyForm, extra=1, max_num=MOST_TASKS + 2)
SeizedSet: type[BaseFormSet[SeizedForm]] = formset_factory(
    SeizedForm, extra=3, max_num=MOST_ROWS, absolute_max=MOST_ROWS
)


def content(
    form: RecordForm, parties: BaseFormSet[PartyForm], seized: BaseFormSet[SeizedForm], goods: str
) -> dict[str, Any]:
    """The content of the record, of valid forms."""
    said = form.cleaned_data
    came = [row.cleaned_data for row in parties.forms if row.cleaned_data.get("agency")]
    taken = [row.cleaned_data for row in seized.forms if row.cleaned_data.get("name")]
    return record_content(
        began=form.began(), ended=form.ended(), place=said["place"], goods=goods, found=said["found"],
        witness=said["witness"], opinion=said["opinion"],
        parties=[Party(one["agency"], one.get("people", "")) for one in came],
        seized=[Seized(one["name"], one["quantity"], one["unit"], one["condition"]) for one in taken],
    )  # fmt: skip
