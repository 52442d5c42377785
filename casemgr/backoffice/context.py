"""What back-office templates may name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.http import HttpRequest

from agencies.models import Agency, Membership
from notifications.selectors import unread_count

from . import drafts
from .navigation import navigation


@dataclass(frozen=True)
class Desk:
    """An agency one may act for: ``pk`` is that of a membership in it, as the act-as form posts it."""

    pk: int
    agency: Agency
    roles_display: str


def desk(request: HttpRequest) -> dict[str, object]:
    """Who acts and where they may go. Templates call what is named: a public page names none of it and reads nothing."""
    if not hasattr(request, "actor"):
        return {}
    return {
        "actor": request.actor,
        "memberships": cache(lambda: desks(request.memberships)),  # type: ignore[attr-defined]
        "drafts_sent": cache(lambda: drafts.to_clear(request)),
        "nav": cache(lambda: navigation(request)),
        "unread_count": cache(lambda: unread_count(request.user) if request.user.is_authenticated else 0),
    }


def desks(memberships: list[Membership]) -> list[Desk]:
    """One entry per agency, with every role held there."""
    held: dict[int, list[Membership]] = {}
    for membership in memberships:
        if membership.agency_id:
            held.setdefault(membership.agency_id, []).append(membership)
    return [
        Desk(rows[0].pk, rows[0].agency, ", ".join(row.get_role_display() for row in rows))  # type: ignore[arg-type]
        for rows in held.values()
    ]
