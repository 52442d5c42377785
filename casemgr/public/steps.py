"""The steps of lodging on one page, in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from casemgr.public.contact_form import ContactForm
from casemgr.public.forms import CheckForm, KindForm, SellerForm, StepForm, StoryForm

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Said = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Step:
    """``name`` keys the draft, ``slug`` the URL; ``label`` is short, ``title`` heads the page."""

    name: str
    slug: str
    label: _StrPromise
    title: _StrPromise
    form: type[StepForm]
    crime_label: _StrPromise | None = None
    crime_title: _StrPromise | None = None

    @property
    def url(self) -> str:
        return reverse("public:lodge-step", args=[self.slug]) if self.slug else reverse("public:lodge")

    @property
    def template(self) -> str:
        return f"public/lodge_{self.name}.html"

    @property
    def field_names(self) -> list[str]:
        return list(self.form.base_fields)

    def label_for(self, said: Said) -> _StrPromise:
        return self.crime_label if self.crime_label and StepForm(said=said).is_crime else self.label

    def title_for(self, said: Said) -> _StrPromise:
        return self.crime_title if self.crime_title and StepForm(said=said).is_crime else self.title


KIND = Step("kind", "", _("What to report"), _("What do you want to report?"), KindForm)
SELLER = Step("seller", "nguoi-ban", _("Goods and seller"), _("Which goods, and who is the seller?"), SellerForm,
              _("The scammer"), _("What do you know about the scammer?"))  # fmt: skip
STORY = Step("story", "noi-dung", _("Your story"), _("Tell us what happened"), StoryForm)
CONTACT = Step("contact", "lien-he", _("About you"), _("Where you are and how to reach you"), ContactForm)
CHECK = Step("check", "kiem-tra", _("Check and send"), _("Check everything, then send"), CheckForm)
STEPS = (KIND, SELLER, STORY, CONTACT, CHECK)
FILLED_IN = STEPS[:-1]


def by_slug(slug: str) -> Step | None:
    return next((step for step in STEPS if step.slug == slug), None)


def number(step: Step) -> int:
    return STEPS.index(step) + 1


def after(step: Step) -> Step:
    return STEPS[min(number(step), len(STEPS) - 1)]


def filled(said: Said) -> dict[str, StepForm]:
    """Every filled-in step as a checked form, by name."""
    return {step.name: step.form(dict(said.get(step.name, {})), said=said) for step in FILLED_IN}


def first_incomplete(said: Said, before: Step = CHECK) -> Step | None:
    """The first step before ``before`` that is missing or wrong."""
    for step in STEPS[: number(before) - 1]:
        if step.name not in said or not step.form(dict(said[step.name]), said=said).is_valid():
            return step
    return None


def navigation(said: Said) -> list[dict[str, Any]]:
    return [{"label": step.label_for(said), "url": step.url} for step in STEPS]
