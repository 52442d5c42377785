"""Whom of the agency an event of a bulletin names to be told: who can act on it, or who wrote what it is about."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from agencies.models import Membership, Role
from bulletins.models import BulletinVersion, PeriodKind, VersionEditor

TO_REVIEWERS = "bulletin.submitted"
TO_APPROVERS = "bulletin.frozen"
TO_WRITERS = ("bulletin.taken_back", "bulletin.rejected", "bulletin.approved", "bulletin.signed")


def told_of(version: BulletinVersion, kind: str) -> dict[str, Any]:
    """What the event says of those it concerns; nothing where nobody is told. Two queries."""
    if kind not in (TO_REVIEWERS, TO_APPROVERS, *TO_WRITERS):
        return {}
    bulletin = version.bulletin
    urgent = {"urgent": True} if bulletin.period_kind == PeriodKind.URGENT else {}
    return {"agency": bulletin.agency.code, "people": _people(version, kind), **urgent}


def _people(version: BulletinVersion, kind: str) -> list[int]:
    wrote = set(VersionEditor.objects.filter(version=version).values_list("person", flat=True))
    if kind == TO_REVIEWERS:
        return sorted(_holding(version, (Role.EDITOR, Role.APPROVER)))
    if kind == TO_APPROVERS:
        return sorted(_holding(version, (Role.APPROVER,)) - wrote)
    return sorted(_holding(version, (Role.EDITOR,)) & wrote)


def _holding(version: BulletinVersion, roles: Collection[Role]) -> set[int]:
    held = Membership.objects.filter(
        agency=version.bulletin.agency_id, role__in=roles, revoked_at=None, person__is_active=True
    )
    return set(held.values_list("person", flat=True))
