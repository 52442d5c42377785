"""Who of many may see which case, for a whole batch of events: people are told of a case that they may see at this moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from agencies.actors import Member, active_memberships
from agencies.models import Membership
from workflows.models import Case


class Reader(NamedTuple):
    """Somebody for whom a case is to be told, acting for an agency."""

    person_id: int
    agency_code: str


class Readers:
    """Of ``asked`` people. One query for who they are, and one for each agency and what its people may do."""

    def __init__(self, asked: Collection[Reader], cases: Collection[int]) -> None:
        self._members = _members(asked) if asked and cases else {}
        acting = {_audience(member): member for member in self._members.values()}
        self._visible = {
            audience: set(Case.objects.visible_to(member).filter(pk__in=list(cases)).values_list("pk", flat=True))
            for audience, member in acting.items()
        }

    def seeing(self, reader: Reader, case_id: int) -> Member | None:
        """The reader as a member of that agency, if they are one and may see the case."""
        member = self._members.get(reader)
        return member if member and case_id in self._visible[_audience(member)] else None


def _audience(member: Member) -> tuple[int, bool]:
    """What `Case.objects.visible_to` goes by."""
    return member.agency.pk, member.handles_cases


def _members(asked: Collection[Reader]) -> dict[Reader, Member]:
    held = (
        active_memberships()
        .filter(
            person__in={one.person_id for one in asked},
            agency__code__in={one.agency_code for one in asked},
            person__is_active=True,
        )
        .select_related("person", "agency__kind")
    )
    memberships: dict[Reader, list[Membership]] = defaultdict(list)
    for one in held:
        if one.agency:
            memberships[Reader(one.person_id, one.agency.code)].append(one)
    return {
        reader: Member(rows[0].person, rows[0].agency, frozenset(row.role for row in rows))
        for reader, rows in memberships.items()
        if rows[0].agency
    }
