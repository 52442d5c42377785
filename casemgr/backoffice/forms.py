"""The small form of each move: shape only. What is allowed is decided by the service it is handed to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.actors import Member
from agencies.models import Role, User
from casemgr.public.fields import TypedText
from workflows.models import Audience, Case
from workflows.selectors.casefile import categories_for, handlers_of
from workflows.selectors.narrowing import NOBODY
from workflows.services.moving import TEXT_LIMIT
from workflows.states import RefusalReason, State, Track

NO_CHOICE = ("", "—")


def long_text(label: Any, *, rows: int = 4, **options: Any) -> TypedText:
    return TypedText(label=label, max_length=TEXT_LIMIT, rows=rows, **options)


class MoveForm(forms.Form):
    """``version`` is that of the case as it was shown. ``arguments`` is what the move's service takes."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, case: Case, actor: Member, **kwargs: Any) -> None:
        self.case, self.actor = case, actor
        kwargs.setdefault("initial", {}).setdefault("version", case.version)
        super().__init__(*args, **kwargs)

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class TrackField(forms.ChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Track"), choices=Track, **options)


class CategoryField(forms.ChoiceField):
    """Optional; empty leaves the present one."""

    def __init__(self) -> None:
        text = _("What the case is about, as you see it. Lists, search and the bulletin go by it.")
        super().__init__(label=_("Category"), required=False, help_text=text)


class ClassifyingForm(MoveForm):
    """A form whose ``track`` and ``category``, where it has them, start from what stands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("track", self.case.track)
        self.initial.setdefault("category", self.case.category_id or "")
        if "category" in self.fields:
            self.fields["category"].choices = self._categories()  # type: ignore[attr-defined]

    def _categories(self) -> list[Any]:
        unset: list[Any] = [] if self.case.category_id else [NO_CHOICE]
        groups = [(track, [(row.pk, str(row)) for row in rows]) for track, rows in categories_for(self.case)]
        return [*unset, *((Track(track).label, rows) for track, rows in groups)]


class AcceptForm(ClassifyingForm):
    """Of a case newly lodged, and of one offered by another agency."""

    track = TrackField(help_text=_("Confirm what was proposed, or correct it: the time limits follow it."))
    category = CategoryField()


class RefuseForm(MoveForm):
    reason = forms.ChoiceField(label=_("Reason"), choices=RefusalReason, widget=forms.RadioSelect)
    explanation = long_text(
        _("Explanation to the sender"),
        help_text=_("In plain words: why, and where to go instead (agency, address, telephone)."),
    )


class ReasonForm(MoveForm):
    reason = long_text(_("Reason"), rows=3)


class AssignForm(MoveForm):
    handler = forms.TypedChoiceField(label=_("Handler"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = handlers_of(self.case.owner)
        if not self.actor.has(Role.SUPERVISOR):
            people = [person for person in people if person.pk == self.actor.person.pk]
        self._people: dict[int, User] = {person.pk: person for person in people}
        self.fields["handler"].choices = [self._option(person) for person in people]  # type: ignore[attr-defined]
        self.initial.setdefault("handler", self.case.handler_id or self.actor.person.pk)

    def _option(self, person: User) -> tuple[int, str]:
        mine = person.pk == self.actor.person.pk
        return person.pk, gettext("%(name)s (yourself)") % {"name": person} if mine else str(person)

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"handler": self._people[self.cleaned_data["handler"]]}


class QuestionForm(MoveForm):
    question = long_text(
        _("Your question"),
        help_text=_("One thing at a time, in plain words. The sender reads it on the tracking page."),
    )


class AnswerForm(MoveForm):
    answer = long_text(
        _("What the sender answered"), help_text=_("By telephone, by letter or at the counter: write how and when.")
    )


class CloseForm(MoveForm):
    confirmed = forms.BooleanField(
        label=_("I know that this ends the case."), widget=forms.CheckboxInput(attrs={"data-no-draft": ""})
    )

    def arguments(self) -> dict[str, Any]:
        return {name: value for name, value in super().arguments().items() if name != "confirmed"}


class WithdrawForm(CloseForm):
    reason = long_text(_("What to tell the sender"), rows=3)

    field_order = ["version", "reason", "confirmed"]


class CarryOnForm(MoveForm):
    explanation = long_text(
        _("More to tell the sender"),
        rows=3,
        required=False,
        help_text=_("Why the agency goes on, and that nothing more is asked of the sender, where that is so."),
    )


class WritingForm(forms.Form):
    """Words added to a case. ``name`` is that of its URL and the beginning of its ids."""

    name: str
    title: Any
    submit: Any
    icon: str

    text: forms.Field

    def __init__(self, data: Any = None, *, actor: Member) -> None:
        super().__init__(data, auto_id=f"{self.name}-%s")


class NoteForm(WritingForm):
    """An internal note; ``police`` is offered to the police only."""

    name, icon, title, submit = "note", "journal-text", _("Write a note"), _("Save the note")

    text = long_text(_("Note"), rows=3)
    audience = forms.ChoiceField(label=_("Who may read it"), widget=forms.RadioSelect, initial=Audience.AGENCY)

    def __init__(self, data: Any = None, *, actor: Member) -> None:
        super().__init__(data, actor=actor)
        offered = [Audience.AGENCY, Audience.SHARED, *([Audience.POLICE] if actor.is_police else [])]
        self.fields["audience"].choices = [(a.value, a.label) for a in offered]  # type: ignore[attr-defined]


class SupplementForm(WritingForm):
    name, icon, title, submit = "supplement", "plus-lg", _("Record what the sender added"), _("Save what was added")

    text = long_text(
        _("What the sender added"), help_text=_("By telephone, by letter or at the counter: write how and when.")
    )


class PrintForm(forms.Form):
    with_identity = forms.BooleanField(
        label=_("Print who the sender is"), required=False, help_text=_("It is recorded that you did.")
    )


DUE_CHOICES = (("overdue", _("Overdue")), ("week", _("Due within 7 days")))
AGE_CHOICES = {
    "7": _("up to 7 days ago"),
    "30": _("8 to 30 days ago"),
    "60": _("31 to 60 days ago"),
    "older": _("more than 60 days ago"),
}


class QueueForm(forms.Form):
    """What the queue is narrowed to and sorted by. A value nobody offers is passed over."""

    tab = forms.CharField(required=False, widget=forms.HiddenInput)
    number = TypedText(label=_("Case number"), max_length=16, required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    track = forms.ChoiceField(label=_("Track"), required=False)
    category = forms.ChoiceField(label=_("Category"), required=False)
    mark = forms.ChoiceField(label=_("Mark"), required=False)
    commune = forms.ChoiceField(label=_("Commune"), required=False)
    handler = forms.ChoiceField(label=_("Handler"), required=False)
    due = forms.ChoiceField(label=_("Time limit"), required=False)
    age = forms.ChoiceField(label=_("Lodged"), required=False)
    back = forms.ChoiceField(label=_("Transfer"), required=False)
    sort = forms.ChoiceField(label=_("Sort by"), required=False)

    def __init__(
        self,
        *args: Any,
        states: list[State],
        sorts: list[tuple[str, Any]],
        categories: list[tuple[str, str]],
        communes: list[tuple[str, str]],
        handlers: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", gettext("All"))
        offered: dict[str, list[Any]] = {
            "state": [everything, *((state.value, state.label) for state in states)],
            "track": [everything, *Track.choices],
            "mark": [
                everything,
                ("urgent", gettext("Urgent")),
                ("vulnerable", gettext("Vulnerable consumer")),
                ("proposed", gettext("Waiting for confirmation")),
            ],
            "category": [everything, *categories],
            "commune": [everything, *communes],
            "handler": [everything, (NOBODY, gettext("nobody yet")), *handlers],
            "due": [everything, *DUE_CHOICES],
            "age": [everything, *AGE_CHOICES.items()],
            "back": [everything, ("returned", gettext("Returned to us in the last 30 days"))],
            "sort": sorts,
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
