"""The taxonomy on the administration site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from agencies.models import AgencyKind
from complaints.admin import CategoryAdmin
from complaints.models import Category
from workflows.states import Track


class TrackedCategoryForm(forms.ModelForm):
    """The track a category proposes and the kind of agency it goes to first are chosen, not typed."""

    default_track = forms.ChoiceField(label=capfirst(_("default track")), choices=Track.choices)
    first_agency_kind = forms.ChoiceField(label=capfirst(_("kind of the first agency")), required=False)

    class Meta:
        model = Category
        fields = [
            "code", "label_vi", "label_en", "parent", "default_track", "first_agency_kind", "law", "position", "retired",
        ]  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields.get("first_agency_kind")
        if kind is not None:
            held = self.instance.first_agency_kind
            kinds = AgencyKind.objects.filter(retired=False) | AgencyKind.objects.filter(pk=held)
            kind.choices = [("", "—"), *((one.pk, str(one)) for one in kinds)]  # type: ignore[attr-defined]


@admin.register(Category)
class TrackedCategoryAdmin(CategoryAdmin):
    form = TrackedCategoryForm
