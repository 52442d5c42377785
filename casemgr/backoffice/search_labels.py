"""What the values of facets are called, for a reader of a language and a province."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import Any

from django.db.models import CharField, F, Value
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.models import Agency, Commune
from complaints.models import Category, Channel, ProductGroup
from search.documents import AMOUNT_BANDS
from workflows.states import State, Track

# Names hardly ever change; a process asks again after so many seconds.
KEPT_SECONDS = 60
Labels = dict[tuple[str, str], str]


def facet_labels(reader: Member) -> Labels:
    """(field, value) → its name. One query at most, and none within a minute of the last."""
    language = "en" if (get_language() or "").startswith("en") else "vi"
    return _from_rows(language, reader.agency.pk, int(time.monotonic() // KEPT_SECONDS)) | _from_code()


def _from_code() -> Labels:
    states = {("state", str(state)): str(state.label) for state in State}
    tracks = {("track", str(track)): str(track.label) for track in Track}
    bands = {("amount_band", str(least)): band_name(number) for number, least in enumerate(AMOUNT_BANDS)}
    return states | tracks | bands


def band_name(number: int) -> str:
    """``1–5 triệu``"""
    in_millions = [least // 1_000_000 for least in AMOUNT_BANDS]
    if number == 0:
        return _("under %(most)d million") % {"most": in_millions[1]}
    if number == len(AMOUNT_BANDS) - 1:
        return _("%(least)d million and more") % {"least": in_millions[number]}
    return _("%(least)d to %(most)d million") % {"least": in_millions[number], "most": in_millions[number + 1]}


@lru_cache(maxsize=32)
def _from_rows(language: str, agency: int, _minute: int) -> Labels:
    label = f"label_{language}"
    parts: list[Any] = [
        model.objects.annotate(field=Value(name, CharField()), label=F(label))
        .values_list("field", "pk", "label")
        .order_by()
        for name, model in (("category", Category), ("product_group", ProductGroup), ("channel", Channel))
    ]
    agencies = Agency.objects.annotate(field=Value("owner", CharField()), label=F("short_name"))
    communes = Commune.objects.filter(province__agencies=agency).annotate(
        field=Value("commune", CharField()), label=F("full_name")
    )
    parts += [agencies.values_list("field", "code", "label").order_by()]
    parts += [communes.values_list("field", "pk", "label").order_by()]
    return {(field, code): text for field, code, text in parts[0].union(*parts[1:], all=True)}
