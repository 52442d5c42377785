"""Forms of what ends a case: the outcome with its facts, the second person's decision, giving up, duplicates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from casemgr.backoffice.forms import NO_CHOICE, CategoryField, ClassifyingForm, MoveForm, long_text
from casemgr.backoffice.goods_field import GoodsField
from casemgr.public.fields import Amount, PastDay, TypedText
from workflows.models import ResolutionProposal
from workflows.outcomes import FACT_GROUPS, STATED, FactGroup, MeasureKind
from workflows.selectors.casefile import pending_proposal, referral_targets
from workflows.selectors.duplicates import suggested_primaries
from workflows.states import OUTCOMES, Outcome, Track


@dataclass(frozen=True)
class ShownGroup:
    """A fact group with its fields as this form has them; ``outcomes`` are those of the case's track it is for."""

    group: FactGroup
    fields: list[forms.BoundField]
    outcomes: list[str]

    @property
    def needed_for(self) -> str:
        return ", ".join(str(Outcome(outcome).label) for outcome in self.outcomes)


class OutcomeForm(ClassifyingForm):
    """An outcome with every fact that an outcome of the track may state; the rest is the service's to say.

    The page shows the groups as sections; with JavaScript only those that the chosen outcome states.
    """

    move = "resolve"

    outcome = forms.ChoiceField(label=_("Outcome"), widget=forms.Select(attrs={"data-outcome": ""}))
    decision_number = TypedText(label=_("Number of the decision"), max_length=60, required=False)
    decision_date = PastDay(label=_("Date of the decision"), required=False, help_text=_("Day/month/year."))
    decision_issuer = TypedText(
        label=_("Who issued it"), max_length=200, required=False, help_text=_("Empty: your own agency.")
    )
    legal_basis = TypedText(
        label=_("Acts and articles"), max_length=1000, rows=2, required=False,
        help_text=_("Each act found, and the article it falls under."),
    )  # fmt: skip
    sanctioned_party = TypedText(
        label=_("Sanctioned party"), max_length=200, required=False, help_text=_("Only agencies read this.")
    )
    decree = TypedText(
        label=_("Provision of the decree"), max_length=200, required=False,
        help_text=_("For example: NĐ 98/2020/NĐ-CP, Điều 9 khoản 2."),
    )  # fmt: skip
    sanction_amount = Amount(label=_("Amount of the sanction (đồng)"))
    measures = forms.MultipleChoiceField(
        label=_("Further measures"), choices=MeasureKind, widget=forms.CheckboxSelectMultiple, required=False
    )
    other_measure = TypedText(label=_("Which other measure"), max_length=300, required=False)
    goods = GoodsField(label=_("Goods"), required=False)
    removed_content = TypedText(label=_("What was removed, and from where"), max_length=1000, rows=2, required=False)
    blocked_account = TypedText(label=_("Which account"), max_length=300, required=False)
    administrative_breach = forms.BooleanField(label=_("It is an administrative breach"), required=False)
    competent_agency = forms.TypedChoiceField(label=_("Competent agency"), coerce=int, required=False, empty_value=None)
    answer = long_text(
        _("Answer to the sender"), rows=6,
        help_text=_("In plain words: what you found, and what was decided. What the sender can do now is added by itself."),
    )  # fmt: skip
    category = CategoryField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = OUTCOMES[Track(self.case.track)]
        choices = [(outcome.value, outcome.label) for outcome in fitting if outcome != Outcome.DUPLICATE]
        self.fields["outcome"].choices = [NO_CHOICE, *choices]  # type: ignore[attr-defined]
        stated = {name for outcome in fitting for name in STATED.get(outcome, ())}
        for name in [name for group in FACT_GROUPS for name in group.names if name not in stated]:
            del self.fields[name]
        self._agencies: dict[int, Agency] = {}
        if "competent_agency" in self.fields:
            self.fields["competent_agency"].choices = [NO_CHOICE, *self._others()]  # type: ignore[attr-defined]

    def _others(self) -> list[tuple[int, str]]:
        self._agencies = {agency.pk: agency for _competent, rows in referral_targets(self.case) for agency in rows}
        return sorted(((agency.pk, agency.name) for agency in self._agencies.values()), key=lambda row: row[1])

    @property
    def fact_groups(self) -> list[ShownGroup]:
        offered = {value for value, _label in self.fields["outcome"].choices}  # type: ignore[attr-defined]
        shown = []
        for group in FACT_GROUPS:
            fields = [self[name] for name in group.names if name in self.fields]
            if fields:
                shown.append(ShownGroup(group, fields, [outcome for outcome in group.outcomes if outcome in offered]))
        return shown

    def preview_url(self) -> str:
        return reverse("backoffice:outcome-preview", args=[self.case.number, self.move])

    def arguments(self) -> dict[str, Any]:
        said = super().arguments()
        agency = said.pop("competent_agency", None)
        return said | {"measures": tuple(said.get("measures", ())), "competent_agency": self._agencies.get(agency)}


class ProposeForm(OutcomeForm):
    move = "propose_resolution"


class ConfirmForm(MoveForm):
    """Nothing to fill in: what is confirmed stands beside it."""

    @cached_property
    def proposal(self) -> ResolutionProposal | None:
        return pending_proposal(self.case)


class ReturnProposalForm(ConfirmForm):
    reason = long_text(_("What is missing or wrong"), rows=3, help_text=_("The handler reads it."))


class GiveUpForm(MoveForm):
    ends = forms.ChoiceField(
        label=_("How it goes on"),
        choices=[("no", _("Handling goes on without the answer")), ("yes", _("The case ends: without the answer it cannot be decided"))],
        initial="no", widget=forms.RadioSelect,
    )  # fmt: skip
    explanation = long_text(
        _("What to tell the sender"), rows=3, help_text=_("What was asked and not answered, and what happens now.")
    )

    def arguments(self) -> dict[str, Any]:
        return super().arguments() | {"ends": self.cleaned_data["ends"] == "yes"}


class DuplicateForm(MoveForm):
    suggested = forms.ChoiceField(label=_("Cases that look alike"), widget=forms.RadioSelect, required=False)
    primary = TypedText(label=_("Number of another case"), max_length=20, required=False)
    explanation = long_text(
        _("What to tell the sender"), rows=3,
        help_text=_("Say that an earlier report about the same matter is handled, and write nothing about who sent it."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alike = suggested_primaries(self.case, self.actor)
        self.fields["suggested"].choices = [(case.number, _described(case)) for case in alike]  # type: ignore[attr-defined]
        if not alike:
            del self.fields["suggested"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        chosen = {name: said.get(name, "") for name in ("suggested", "primary")}
        if not any(chosen.values()):
            raise ValidationError({"primary": gettext("Choose a case, or write its number.")})
        if all(chosen.values()) and chosen["primary"].upper() != chosen["suggested"]:
            raise ValidationError({"primary": gettext("Choose one case only: empty this, or write the one you mean.")})
        return said

    def arguments(self) -> dict[str, Any]:
        said = super().arguments()
        suggested = said.pop("suggested", "")
        return said | {"primary": said["primary"] or suggested}


def _described(case: Any) -> str:
    about = case.complaint.product or case.complaint.seller_name
    return ", ".join(filter(None, [case.number, about[:60], case.get_state_display(), f"{case.lodged_at:%d/%m/%Y}"]))
