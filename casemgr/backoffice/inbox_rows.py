"""A notification as the list shows it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from agencies.models import User
from events.registry import KINDS
from notifications.models import Notification
from search.selectors_saved import names_of
from workflows.obligations import label_of

SEARCH_MATCHED = "search.matched"


def rows_of(person: User, notifications: list[Notification]) -> list[dict[str, Any]]:
    """``notifications`` carry ``about``, the data of their events. One query, or none: what a person calls a saved
    search is in no event."""
    names = _search_names(person, notifications)
    return [_row(one, names) for one in notifications]


def _row(one: Notification, searches: dict[int, str]) -> dict[str, Any]:
    about = one.about or {}  # type: ignore[attr-defined]
    search = searches.get(about.get("search", 0), "") if one.kind == SEARCH_MATCHED else ""
    limit = label_of(about["obligation"]) if one.kind.startswith("clock.") and "obligation" in about else ""
    notice = str(KINDS[one.kind].notice)
    return {
        "notification": one,
        "title": f"{notice}: {limit}" if limit else notice,
        "reason": _("saved search “%(name)s”") % {"name": search} if search else one.get_reason_display(),
        "unread": getattr(one, "unread_in_group", 0) if one.case_id else int(one.read_at is None),
        "about": one.case.number if one.case else "",
        "in_group": getattr(one, "in_group", 1),
    }


def _search_names(person: User, notifications: list[Notification]) -> dict[int, str]:
    told = {one.about.get("search") for one in notifications if one.kind == SEARCH_MATCHED and one.about}  # type: ignore[attr-defined]
    return names_of(told, person) if told else {}
