"""The owners of saved searches, as they may act now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from agencies.actors import Member
from agencies.models import Membership

Owner = tuple[int, int]


class Owned(Protocol):
    """A saved search, or an export."""

    owner_id: int
    agency_id: int


def owner_of(saved: Owned) -> Owner:
    return saved.owner_id, saved.agency_id


def acting_owners(searches: Iterable[Owned]) -> dict[Owner, Member]:
    """(person, agency) → the member, for those who still handle cases there. One query."""
    wanted = {owner_of(saved) for saved in searches}
    held = Membership.objects.filter(
        person__in={person for person, _ in wanted},
        agency__in={agency for _, agency in wanted},
        revoked_at=None,
        person__is_active=True,
        agency__is_active=True,
    ).select_related("person", "agency__kind")
    memberships: dict[Owner, list[Membership]] = defaultdict(list)
    for membership in held:
        memberships[membership.person_id, membership.agency_id or 0].append(membership)
    found = {owner: _member(memberships[owner]) for owner in wanted & memberships.keys()}
    return {owner: member for owner, member in found.items() if member.handles_cases}


def _member(memberships: list[Membership]) -> Member:
    agency = memberships[0].agency
    assert agency is not None  # nosec B101: who handles cases does so for an agency
    return Member(memberships[0].person, agency, frozenset(m.role for m in memberships))
