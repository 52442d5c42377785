"""Communes as a citizen names them: the province's own first, then the country's."""

from django.conf import settings

from agencies.folding import fold
from agencies.models import Commune
from agencies.selectors import CommuneFound, find_communes

KEEP_AS_TYPED = "-"
SHOWN = 8


def label(commune: Commune) -> str:
    """``Phường Cao Lãnh``; with its province when it is another than the site's."""
    if commune.province_id == settings.DEFAULT_PROVINCE:
        return commune.full_name
    return f"{commune.full_name}, {commune.province.name}"


def described(found: CommuneFound) -> str:
    return f"{label(found.commune)} ({found.why})" if found.why else label(found.commune)


def suggestions(query: str) -> list[CommuneFound]:
    """At most `SHOWN` places, those of the site's province first."""
    if not query.strip():
        return []
    own = find_communes(query, settings.DEFAULT_PROVINCE, SHOWN)
    if len(own) == SHOWN:
        return own
    known = {found.commune.pk for found in own}
    return [*own, *(f for f in find_communes(query, None, SHOWN) if f.commune.pk not in known)][:SHOWN]


def resolve(text: str, code: str, choice: str) -> Commune | list[CommuneFound] | None:
    """The commune that was meant; None when none is known by that text or it stays as typed;
    a list when the citizen has to choose. ``code`` counts only while it still fits the text."""
    if not text or choice == KEEP_AS_TYPED:
        return None
    wanted = [key for key in (choice, code) if key]
    rows = Commune.objects.select_related("province").in_bulk(wanted) if wanted else {}
    if choice in rows:
        return rows[choice]
    if code in rows and label(rows[code]) == text:
        return rows[code]
    found = suggestions(text)
    for spelled in (str.casefold, fold):
        wanted_name = spelled(" ".join(text.split()))
        exact = [f.commune for f in found if wanted_name in map(spelled, _names(f.commune))]
        if len(exact) == 1:
            return exact[0]
    return found or None


def _names(commune: Commune) -> set[str]:
    """How it may be called in full; the bare name only within the site's province."""
    return {label(commune), commune.full_name} | (
        {commune.name} if commune.province_id == settings.DEFAULT_PROVINCE else set()
    )
