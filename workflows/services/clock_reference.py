"""The limits, extensions and ladder every province starts with: the law's, as far as it sets any."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.db import transaction

from agencies.services.seeding import TableChange, flag, read_seed
from workflows.models import ClockRule, EscalationStep, ExtensionRule
from workflows.services.reference import SEEDS, SINCE

Row = dict[str, str]


@transaction.atomic
def load_clock_rules(seeds: Path = SEEDS) -> list[TableChange]:
    """Add the default limits, extensions and ladder steps that are missing. Rows an administrator changed stay."""
    return [
        _load(ClockRule, ("track", "state", "event", "urgent"), _clock_rule, read_seed(seeds / "clock_rules.csv")),
        _load(
            ExtensionRule, ("track", "obligation", "step"), _extension_rule, read_seed(seeds / "extension_rules.csv")
        ),
        _load(EscalationStep, ("track", "obligation", "position"), _step, read_seed(seeds / "escalation_steps.csv")),
    ]


def _load(model: Any, key: tuple[str, ...], make: Callable[[Row], Any], rows: Iterable[Row]) -> TableChange:
    made = [make(row) for row in rows]
    have = set(model.objects.filter(province=None).values_list(*key))
    new = [row for row in made if tuple(getattr(row, name) for name in key) not in have]
    model.objects.bulk_create(new)
    return TableChange(model._meta.db_table, added=len(new), unchanged=len(made) - len(new))


def _clock_rule(row: Row) -> ClockRule:
    return ClockRule(
        track=row["track"],
        state=row["state"],
        event=row["event"],
        urgent=flag(row["urgent"]),
        amount=int(row["amount"]),
        unit=row["unit"],
        rolls_to_working_day=flag(row["rolls"]),
        warn_before_amount=int(row["warn_amount"]) if row["warn_amount"] else None,
        warn_before_unit=row["warn_unit"],
        legal_basis=row["legal_basis"],
        effective_from=SINCE,
    )


def _extension_rule(row: Row) -> ExtensionRule:
    return ExtensionRule(
        track=row["track"],
        obligation=row["obligation"],
        step=int(row["step"]),
        amount=int(row["amount"]),
        unit=row["unit"],
        in_all=flag(row["in_all"]),
        ask_before_amount=int(row["ask_amount"]),
        ask_before_unit=row["ask_unit"],
        legal_basis=row["legal_basis"],
        effective_from=SINCE,
    )


def _step(row: Row) -> EscalationStep:
    return EscalationStep(
        track=row["track"],
        obligation=row["obligation"],
        position=int(row["position"]),
        to=row["to"],
        amount=int(row["amount"]),
        unit=row["unit"],
        side=row["side"],
    )
