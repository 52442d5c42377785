"""Through what somebody is told: their own choice, but no less than their agency makes compulsory. Reading only."""

from __future__ import annotations

from collections.abc import Collection

from agencies.models import Agency, User
from notifications.groups import CODES, GROUP_OF, SUMMARY
from notifications.models import CompulsoryWay, Preference, Way

Ways = dict[str, Way]


def usual(group: str) -> Way:
    """For who chose nothing."""
    return Way.DIGEST if group == SUMMARY else Way.LIVE


def stronger(one: Way, other: Way | None) -> Way:
    return other if other is not None and other.strength > one.strength else one


def chosen_by(person: User) -> Ways:
    """Every group with the person's own choice. One query."""
    rows = dict(Preference.objects.filter(person=person).values_list("group", "way"))
    return {group: Way(rows[group]) if group in rows else usual(group) for group in CODES}


def compulsory_in(agencies: Collection[Agency]) -> Ways:
    """What any of these agencies makes compulsory. One query."""
    found: Ways = {}
    for group, way in CompulsoryWay.objects.filter(agency__in=list(agencies)).values_list("group", "way"):
        found[group] = stronger(Way(way), found.get(group))
    return found


class Telling:
    """How each of many people is told, read in two queries."""

    def __init__(self, people: Collection[int], agencies: Collection[int]) -> None:
        rows = Preference.objects.filter(person__in=list(people)).values_list("person", "group", "way")
        self._own = {(person, group): Way(way) for person, group, way in rows}
        rules = CompulsoryWay.objects.filter(agency__in=list(agencies)).values_list("agency", "group", "way")
        self._compulsory = {(agency, group): Way(way) for agency, group, way in rules}

    def way(self, person: int, agency: int, kind: str) -> Way:
        group = GROUP_OF[kind]
        return stronger(self._own.get((person, group), usual(group)), self._compulsory.get((agency, group)))

    def wants_push(self, person: int, kind: str) -> bool:
        """By the person's own choice, whatever more the agency asks for."""
        return self._own.get((person, GROUP_OF[kind])) == Way.PUSH

    def is_compulsory(self, agency: int, kind: str) -> bool:
        return (agency, GROUP_OF[kind]) in self._compulsory
