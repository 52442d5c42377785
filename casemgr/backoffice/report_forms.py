"""Forms of periodic reports: shape only; what may be kept, sent and issued is decided by the services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from agencies.actors import Member
from bulletins.models_reports import Answer, ReportKind
from bulletins.report_answers import LONGEST_REASON, LONGEST_WORDS, Given, faults, field_name, plain
from bulletins.report_periods import Schedule, Span
from bulletins.selectors_reports import Telling
from bulletins.services.report_opening import planned, planned_ad_hoc
from casemgr.backoffice.drafts import KeptInput
from casemgr.backoffice.letters_forms import AUTHORITIES
from casemgr.public.fields import DATE_FORMATS, TypedText
from casemgr.rooms.forms import ComingDay
from events import clock
from workflows.deadlines import HANOI

_LONGEST_FIGURE = 40
EARLIEST_YEAR, YEARS_AHEAD = 2020, 2


class Figure(forms.DecimalField):
    """A figure as it is written here: ``1.250``, ``12,5``. Its bounds are the service's."""

    def __init__(self, **options: Any) -> None:
        wrong = {"invalid": _("Write the figure in digits, for example 1.250 or 12,5.")}
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "class": "input-short"})
        super().__init__(localize=True, required=False, widget=widget, error_messages=wrong, **options)

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        if len(str(value or "")) > _LONGEST_FIGURE:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        found = super().to_python(value)
        if found is not None and found.is_finite() and abs(found.adjusted()) > _LONGEST_FIGURE:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return found


class Day(forms.DateField):
    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-short"})
        wrong = {"invalid": _("Write the day as day/month/year, for example 05/11/2026.")}
        super().__init__(input_formats=DATE_FORMATS, widget=widget, error_messages=wrong, **options)


class KindChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return capfirst(str(obj))


class OpenForm(forms.Form):
    """A kind with days of its own asks for the year; one made when asked for, for the days."""

    use_required_attribute = False

    kind = KindChoice(
        label=_("Kind of report"), queryset=ReportKind.objects.none(), empty_label=None,
        error_messages={"required": _("Choose one of the list."), "invalid_choice": _("Choose one of the list.")},
    )  # fmt: skip
    year = forms.IntegerField(
        label=_("Year"), required=False, min_value=EARLIEST_YEAR, max_value=9999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "class": "input-short"}),
        error_messages={"invalid": _("Write the year with four digits.")},
    )  # fmt: skip
    first = Day(label=_("Covers from"), required=False, help_text=_("Day/month/year."))
    last = Day(label=_("Covers until"), required=False, help_text=_("Day/month/year."))
    due_on = ComingDay(label=_("The whole is due on"), required=False, help_text=_("Day/month/year."))
    name = TypedText(
        label=_("Name"), max_length=260, required=False, help_text=_("Empty: the kind's name with its days.")
    )

    def __init__(self, data: Any = None, *, actor: Member) -> None:
        super().__init__(data, initial={"year": clock.now().astimezone(HANOI).year})
        kinds = ReportKind.objects.filter(retired=False, province__in=actor.agency.provinces.all())
        kinds = kinds.order_by(F("due_month").asc(nulls_last=True), "due_day", "code")
        self.fields["kind"].queryset = kinds  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        kind = said.get("kind")
        needed = ("first", "last", "due_on") if kind and kind.is_ad_hoc else ("year",) if kind else ()
        for name in needed:
            if said.get(name) is None and name not in self.errors:
                self.add_error(name, _("This kind of report needs it."))
        self._within_reach(said)
        return said

    def _within_reach(self, said: dict[str, Any]) -> None:
        """Beyond it no calendar knows the days off."""
        latest = clock.now().astimezone(HANOI).year + YEARS_AHEAD
        for name in ("year", "first", "last", "due_on"):
            value = said.get(name)
            year = getattr(value, "year", value)
            if year is not None and not EARLIEST_YEAR <= year <= latest:
                self.add_error(
                    name, _("Choose a year from %(first)s to %(last)s.") % {"first": EARLIEST_YEAR, "last": latest}
                )

    def plan(self) -> Schedule:
        said = self.cleaned_data
        if said["kind"].is_ad_hoc:
            return planned_ad_hoc(said["kind"], Span(said["first"], said["last"]), said["due_on"])
        return planned(said["kind"], said["year"])


class AnswersForm(forms.Form):
    """A field for each answer, and one for the reason where the cases gave a figure. ``version`` is the questionnaire's
    as the page showed it."""

    use_required_attribute = False

    version = forms.IntegerField(widget=KeptInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, data: Any = None, *, answers: Sequence[Answer], version: int) -> None:
        super().__init__(data, initial={"version": version}, auto_id="report-%s")
        self.answers = answers
        for answer in answers:
            self._add(answer)

    def _add(self, answer: Answer) -> None:
        question = answer.question
        name = field_name(question.pk)
        if not question.is_figure:
            self.fields[name] = TypedText(
                label=question.wording, help_text=question.hint, max_length=LONGEST_WORDS, rows=6, required=False,
                initial=answer.words,
            )  # fmt: skip
            return
        self.fields[name] = Figure(
            label=question.wording, help_text=question.hint,
            initial=None if answer.value is None else plain(answer.value),
        )  # fmt: skip
        if answer.computed is not None:
            self.fields[field_name(question.pk, "reason")] = TypedText(
                label=_("%(indicator)s: why another figure than the cases give") % {"indicator": question.wording},
                max_length=LONGEST_REASON, required=False,
                initial=answer.reason,
            )  # fmt: skip

    def given(self) -> dict[int, Given]:
        """By question id."""
        return {answer.question_id: self._said(answer) for answer in self.answers}

    def _said(self, answer: Answer) -> Given:
        """What could not be read counts as not said."""
        said, name = self.cleaned_data, field_name(answer.question_id)
        if not answer.question.is_figure:
            return Given(words=said.get(name, ""))
        return Given(value=said.get(name), reason=said.get(field_name(answer.question_id, "reason"), ""))

    def mark_the_rest(self, *, sending: bool) -> None:
        """What the service would say of the fields that have no fault of shape, so that all is told in one round."""
        found = {name: text for a in self.answers for name, text in faults(a, self._said(a), sending=sending).items()}
        self.mark({name: sentence for name, sentence in found.items() if name not in self.errors})

    def mark(self, fields: Mapping[str, str]) -> None:
        """Put what the service found wrong beside its field."""
        for name, sentence in fields.items():
            self.add_error(name if name in self.fields else None, sentence)


class ReturnForm(forms.Form):
    use_required_attribute = False

    version = forms.IntegerField(widget=KeptInput, min_value=1, max_value=2**31 - 1)
    reason = TypedText(
        label=_("What is to be corrected"), max_length=LONGEST_REASON, rows=4, help_text=_("The unit reads it.")
    )


class NarrativeForm(forms.Form):
    """The lead agency's own text under each question that asks for words."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)

    def __init__(self, data: Any = None, *, tellings: Iterable[Telling], version: int) -> None:
        super().__init__(data, initial={"version": version}, auto_id="whole-%s")
        self.questions = [telling.question.pk for telling in tellings]
        for telling in tellings:
            self.fields[field_name(telling.question.pk)] = TypedText(
                label=telling.question.wording, max_length=LONGEST_WORDS, rows=8, required=False, initial=telling.own,
                help_text=_("Left empty, the report prints what the units wrote, each under its name."),
            )  # fmt: skip

    def words(self) -> dict[int, str]:
        return {pk: self.cleaned_data[field_name(pk)] for pk in self.questions}


class IssueForm(forms.Form):
    """``reported``: how many units had reported on the page."""

    use_required_attribute = False

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)
    reported = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    title = TypedText(label=_("Office of who signs"), max_length=80, help_text=_("For example: Giám đốc."))
    name = TypedText(label=_("Name of who signs"), max_length=80)
    authority = forms.ChoiceField(label=_("How they sign"), choices=AUTHORITIES, required=False)
    instead_of = TypedText(
        label=_("In whose stead"), max_length=80, required=False,
        help_text=_("Only with KT., TM., TL. or TUQ.: the office or body signed for."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, version: int, reported: int) -> None:
        super().__init__(data, initial={"version": version, "reported": reported}, auto_id="issue-%s")

    def signatory(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("title", "name", "authority", "instead_of")}
