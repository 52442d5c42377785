"""How content a party is with the answer, as the tracking page and the business's result page ask it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from casemgr.public.fields import TypedText
from workflows.models import Case, Party, Satisfaction
from workflows.models.satisfaction import SCORES
from workflows.services.rating import answer_to_rate, may_change_rating

# A score this low brings up the objection by itself.
LOW = 2
WORDS = {
    1: _("1 – very dissatisfied"),
    2: _("2 – dissatisfied"),
    3: _("3 – neither"),
    4: _("4 – satisfied"),
    5: _("5 – very satisfied"),
}


class RatingForm(forms.Form):
    use_required_attribute = False
    score = forms.TypedChoiceField(
        label=_("How satisfied are you with how your report was handled?"),
        coerce=int,
        choices=[(score, WORDS[score]) for score in SCORES],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a number from 1 to 5.")},
    )
    text = TypedText(
        label=_("Why?"),
        max_length=10_000,
        rows=3,
        required=False,
        help_text=_("The agency reads it; it is not published."),
    )

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, prefix="rating")


@dataclass(frozen=True)
class Rating:
    """``given`` is the rating so far; ``may_rate`` whether one may be given or changed now."""

    given: Satisfaction | None
    may_rate: bool

    @property
    def words(self) -> Any:
        return WORDS[self.given.score] if self.given else ""

    @property
    def is_low(self) -> bool:
        return self.given is not None and self.given.score <= LOW

    def form(self, kind: type[RatingForm] = RatingForm) -> RatingForm:
        """Starts from what was given."""
        if self.given is None:
            return kind()
        reason = self.given.reason.text if self.given.reason else ""
        return kind(initial={"score": self.given.score, "text": reason})


class BusinessRatingForm(RatingForm):
    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.fields["score"].label = _("How satisfied are you with how the complaint was handled?")


def rating_of(case: Case, party: Party = Party.CITIZEN, respondent: int | None = None) -> Rating:
    """``respondent``: the business whose rating it is. Two queries where there is an answer, none before."""
    answer = answer_to_rate(case)
    if answer is None:
        return Rating(None, may_rate=False)
    given = (
        Satisfaction.objects.filter(answer=answer, party=party, respondent=respondent).select_related("reason").first()
    )
    return Rating(given, may_rate=given is None or may_change_rating(case))
