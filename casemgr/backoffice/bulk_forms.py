"""What a move of many cases asks, once for all of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agencies.actors import Member
from agencies.models import Agency, Role, User
from casemgr.backoffice.forms import NO_CHOICE, long_text
from workflows.selectors.casefile import handlers_of


class BulkForm(forms.Form):
    """``arguments`` is what `ask_bulk` keeps, ``reason`` apart; ``people`` what the preview names."""

    def __init__(self, *args: Any, actor: Member, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "bulk-%s")
        super().__init__(*args, **kwargs)
        self.actor = actor

    def arguments(self) -> dict[str, Any]:
        return {}

    def named(self) -> dict[str, Any]:
        return {}


class BulkAssignForm(BulkForm):
    handler = forms.TypedChoiceField(label=_("Handler"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everyone = self.actor.has(Role.SUPERVISOR)
        people = [p for p in handlers_of(self.actor.agency) if everyone or p.pk == self.actor.person.pk]
        self._people: dict[int, User] = {person.pk: person for person in people}
        self.fields["handler"].choices = [NO_CHOICE, *((p.pk, str(p)) for p in people)]  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        return {"handler": self.cleaned_data["handler"]}

    def named(self) -> dict[str, Any]:
        return {"handler": self._people[self.cleaned_data["handler"]]}


class BulkReferForm(BulkForm):
    to = forms.TypedChoiceField(label=_("To which agency"), coerce=int)
    reason = long_text(_("Reason"), rows=3, help_text=_("The other agency reads it with each of the cases."))
    shares_identity = forms.BooleanField(
        label=_("Share who the sender is"),
        required=False,
        help_text=_("Only if the other agency cannot decide without it. Once it takes the case, it sees it anyway."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agency = self.actor.agency
        targets = Agency.objects.filter(
            provinces__in=agency.provinces.all(), is_active=True, assisted_intake_only=False
        ).exclude(pk=agency.pk)
        self._agencies = {target.pk: target for target in targets.distinct().order_by("name")}
        self.fields["to"].choices = [NO_CHOICE, *((pk, one.name) for pk, one in self._agencies.items())]  # type: ignore[attr-defined]

    def arguments(self) -> dict[str, Any]:
        return {"to": self.cleaned_data["to"], "shares_identity": self.cleaned_data["shares_identity"]}

    def named(self) -> dict[str, Any]:
        return {"to": self._agencies[self.cleaned_data["to"]]}


class BulkCloseForm(BulkForm):
    """Nothing to fill in: the preview is the question."""


FORMS: dict[str, type[BulkForm]] = {"assign": BulkAssignForm, "refer": BulkReferForm, "close": BulkCloseForm}
