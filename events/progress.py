"""Telling whoever looks on that long work moved on: its kind and its row's id, nothing else.

Only immediacy hangs on it: who looks on reads the row, and asks by itself where nothing is heard. How it is carried is
registered from above.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction

Carrier = Callable[[str], None]
CARRIERS: list[Carrier] = []


def carries(function: Carrier) -> Carrier:
    """Register ``function("import:12")``; it returns at once and raises nothing."""
    CARRIERS.append(function)
    return function


def moved(kind: str, pk: int) -> None:
    """To be called where the row was changed: it is told once that is committed."""

    def tell() -> None:
        for carry in CARRIERS:
            carry(f"{kind}:{pk}")

    transaction.on_commit(tell, robust=True)
