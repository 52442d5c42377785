"""What a business is shown, prepared for the page: the handler's preview and the business's page draw the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from casemgr.backoffice.presentation import money


def drawn(shown: dict[str, Any], *, answer_by: datetime | None, picture_url: Callable[[int], str]) -> dict[str, Any]:
    """The context of business/_shown.html. ``shown`` as `workflows.services.sending.frozen` makes it."""
    occurred = shown.get("occurred_on")
    return {
        "shown": shown,
        "answer_by": answer_by,
        "price": money(shown.get("price")),
        "occurred_on": date.fromisoformat(occurred) if occurred else None,
        "pictures": [picture_url(pk) for pk in shown.get("pictures", [])],
    }
