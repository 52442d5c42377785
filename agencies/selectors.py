"""Reading who and where: communes by the names people remember."""

from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from .models import Commune
from .place_names import address_keys, begins_words, former_unit_found, names_in

LONGEST_PLACE_QUERY = 100
_CONSIDERED = 300


@dataclass(frozen=True)
class CommuneFound:
    """A commune and, when an old name led to it, the old unit (``Xã Mỹ An Hưng B``)."""

    commune: Commune
    former_unit: str | None

    @property
    def why(self) -> str:
        """Why it was found, to show beside its name: ``gồm xã Mỹ An Hưng B cũ``; empty for its own name."""
        if not self.former_unit:
            return ""
        return _("includes the former %(unit)s") % {"unit": self.former_unit[0].lower() + self.former_unit[1:]}


def find_communes(query: str, province_code: str | None = None, limit: int = 10) -> list[CommuneFound]:
    """Communes in force whose new or former name `query` gives, with or without diacritics, best first.

    Order: the whole new name, its beginning, a whole former name, its beginning, then names in which
    every word of `query` begins a word. An address is shortened from its end until something is found.
    At most six queries; what is typed beyond `LONGEST_PLACE_QUERY` characters is not read.
    """
    communes = Commune.objects.filter(retired=False).select_related("province")
    if province_code:
        communes = communes.filter(province_id=province_code)
    for key in address_keys(query[:LONGEST_PLACE_QUERY]):
        found = [commune for commune in _ranked(communes, key)[:_CONSIDERED] if _one_name_fits(commune, key)]
        if found:
            return [CommuneFound(commune, _former_unit(commune, key)) for commune in found[:limit]]
    return []


def _ranked(communes: QuerySet[Commune], key: str) -> QuerySet[Commune]:
    every_word = Q()
    for word in key.split():
        every_word &= Q(search_text__contains=f" {word}")
    rank = Case(
        When(search_text__startswith=f" | {key} | ", then=Value(0)),
        When(search_text__startswith=f" | {key}", then=Value(1)),
        When(search_text__contains=f" | {key} | ", then=Value(2)),
        When(search_text__contains=f" | {key}", then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    return communes.filter(every_word).annotate(rank=rank).order_by("rank", "name", "code")


def _one_name_fits(commune: Commune, key: str) -> bool:
    return any(begins_words(name, key) for name in names_in(commune.search_text))


def _former_unit(commune: Commune, key: str) -> str | None:
    if begins_words(names_in(commune.search_text)[0], key):
        return None
    return former_unit_found(commune.formed_from, key)
