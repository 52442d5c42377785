"""Bringing one table in line with a seed file: what is new, what differs, what is gone."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import models, transaction

Row = dict[str, Any]
_FLAGS = {"yes": True, "no": False}


@dataclass(frozen=True)
class TableChange:
    """What loading did to one table, in rows. ``kept`` rows differ from the seed and were left so."""

    table: str
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    kept: int = 0
    retired: int = 0

    @property
    def touched(self) -> int:
        return self.added + self.changed + self.retired


def read_seed(path: Path) -> list[dict[str, str]]:
    """Read a UTF-8 CSV file with a header; raises FileNotFoundError or ValueError (short or long rows)."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for number, row in enumerate(rows, start=2):
        if None in row or None in row.values():
            raise ValueError(f"{path.name}, line {number}: not as many columns as the header")
    return rows


def flag(value: str) -> bool:
    """``yes`` or ``no`` of a seed file; raises ValueError for anything else."""
    if value not in _FLAGS:
        raise ValueError(f"{value!r} is neither yes nor no")
    return _FLAGS[value]


@transaction.atomic
def follow_seed(model: type[models.Model], rows: Iterable[Row]) -> TableChange:
    """Make the table say what `rows` say (primary key in each); other rows are retired, never deleted.

    Raises ValueError when a key is listed twice or nothing is listed at all.
    """
    wanted = _by_key(model, [{**row, "retired": False} for row in rows])
    present = _present(model, wanted)
    new, different = _compared(wanted, present)
    gone = [key for key, row in present.items() if key not in wanted and not row["retired"]]
    _upsert(model, [wanted[key] for key in [*new, *different]])
    model._default_manager.filter(pk__in=gone).update(retired=True)
    unchanged = len(wanted) - len(new) - len(different)
    return TableChange(model._meta.db_table, len(new), len(different), unchanged, retired=len(gone))


@transaction.atomic
def add_from_seed(model: type[models.Model], rows: Iterable[Row], *, overwrite: bool = False) -> TableChange:
    """Add the rows the table lacks. Rows reworded since stay as they are, unless `overwrite`."""
    wanted = _by_key(model, list(rows))
    new, different = _compared(wanted, _present(model, wanted))
    _upsert(model, [wanted[key] for key in [*new, *(different if overwrite else [])]])
    unchanged = len(wanted) - len(new) - len(different)
    changed, kept = (len(different), 0) if overwrite else (0, len(different))
    return TableChange(model._meta.db_table, len(new), changed, unchanged, kept)


def _by_key(model: type[models.Model], rows: list[Row]) -> Mapping[Any, Row]:
    key = _key(model)
    wanted = {row[key]: row for row in rows}
    if not rows or len(wanted) < len(rows):
        raise ValueError(f"{model._meta.db_table}: a seed lists every key once and at least one")
    return wanted


def _present(model: type[models.Model], wanted: Mapping[Any, Row]) -> dict[Any, Row]:
    columns = list(next(iter(wanted.values())))
    return {row[_key(model)]: row for row in model._default_manager.values(*columns)}


def _compared(wanted: Mapping[Any, Row], present: Mapping[Any, Row]) -> tuple[list[Any], list[Any]]:
    new = [key for key in wanted if key not in present]
    return new, [key for key, row in wanted.items() if key in present and present[key] != row]


def _upsert(model: type[models.Model], rows: list[Row]) -> None:
    if not rows:
        return
    key = _key(model)
    model._default_manager.bulk_create(
        [model(**row) for row in rows],
        batch_size=500,
        update_conflicts=True,
        unique_fields=[key],
        update_fields=[column for column in rows[0] if column != key],
    )


def _key(model: type[models.Model]) -> str:
    if model._meta.pk is None:
        raise TypeError(f"{model.__name__} has no primary key")
    return model._meta.pk.attname
