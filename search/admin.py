"""The abbreviations that searching understands, on the administration site. Rows are retired, never deleted."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from agencies.admin_scope import LeadMaintainedAdmin

from .abbreviations import meanings_in
from .models import Abbreviation
from .text import LONGEST_WORD, folded_words, normalise, words

MOST_WORDS = MOST_MEANINGS = 5


class AbbreviationForm(forms.ModelForm):
    class Meta:
        model = Abbreviation
        fields = ["written", "meaning", "position", "retired"]

    def clean_written(self) -> str:
        written = normalise(self.cleaned_data["written"]).lower()
        if [(word.start, word.end) for word in words(written)] != [(0, len(written))]:
            raise forms.ValidationError(_("One word only, of letters and digits."))
        return written

    def clean_meaning(self) -> str:
        meanings = meanings_in(normalise(self.cleaned_data["meaning"]))
        if len(meanings) > MOST_MEANINGS:
            raise forms.ValidationError(_("At most %(most)s meanings.") % {"most": MOST_MEANINGS})
        if not meanings or not all(1 <= len(words(one)) <= MOST_WORDS for one in meanings):
            raise forms.ValidationError(_("Each meaning is one to five words; commas stand between meanings."))
        if any(word.end - word.start > LONGEST_WORD for one in meanings for word in words(one)):
            raise forms.ValidationError(_("The longest word has %(most)s letters.") % {"most": LONGEST_WORD})
        return ", ".join(meanings)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        short = folded_words(said.get("written") or self.instance.written)
        if short and any(folded_words(one) == short for one in meanings_in(said.get("meaning", ""))):
            self.add_error("meaning", _("That is the abbreviation itself: searching takes no notice of diacritics."))
        return said


@admin.register(Abbreviation)
class AbbreviationAdmin(LeadMaintainedAdmin):
    family = "reference"
    told = {"abbreviation": ("position", "retired")}
    form = AbbreviationForm
    list_display = ["written", "meaning", "position", "retired"]
    list_filter = ["retired"]
    search_fields = ["written", "meaning"]
    fieldsets = [
        (None, {
            "fields": ["written", "meaning", "position", "retired"],
            "description": lazy("A change counts in every search within a minute."),
        }),
    ]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["written"] if obj else []
