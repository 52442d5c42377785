"""Clearing away what nobody sent: old drafts, and files that no row names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.files.storage import default_storage

from complaints.models import Draft, Upload
from complaints.models.evidence import StoredFile
from complaints.storage import stored_names
from events import clock

DRAFT_AGE = timedelta(hours=24)
# Young enough that an orphan is gone within a day of its birth, whichever slice its folder is in.
ORPHAN_AGE = timedelta(hours=12)
SLICES = 8
_FOLDERS = ("evidence", "derived")
_BATCH = 500


def sweep_drafts() -> int:
    """Delete drafts nobody touched for a day, with the rows of their uploads; how many.

    Their files are left to `sweep_orphans`: a draft may be lodged this very moment, and then they are evidence.
    """
    old = Draft.objects.filter(updated_at__lt=clock.now() - DRAFT_AGE)
    deleted = old.delete()[1]
    return deleted.get(Draft._meta.label, 0)


def sweep_orphans(part: int | None = None) -> int:
    """Delete stored files that no row names; how many. ``part``: only this one of `SLICES` parts of the folders."""
    before = clock.now() - ORPHAN_AGE
    removed = 0
    for names in _batches(_old_names(before, part)):
        for name in names - _named_by_rows(names):
            default_storage.delete(name)
            removed += 1
    return removed


def _old_names(before: datetime, part: int | None) -> Iterator[str]:
    for folder in _FOLDERS:
        for number in range(256):
            if part is None or number % SLICES == part:
                for name in stored_names(f"{folder}/{number:02x}"):
                    if _is_older(name, before):
                        yield name


def _is_older(name: str, before: datetime) -> bool:
    try:
        return default_storage.get_modified_time(name) < before
    except FileNotFoundError:
        return False


def _batches(names: Iterator[str]) -> Iterator[set[str]]:
    batch: set[str] = set()
    for name in names:
        batch.add(name)
        if len(batch) == _BATCH:
            yield batch
            batch = set()
    if batch:
        yield batch


def _named_by_rows(names: set[str]) -> set[str]:
    """Of every table that names stored files, whichever package has it. Uploads are read first: a file moves only
    from there to another, so one that moves meanwhile is still seen."""
    others = [model for model in apps.get_models() if issubclass(model, StoredFile) and model is not Upload]
    sources: Sequence[Any] = (Upload, *others)
    return {name for model in sources for name in model.objects.filter(file__in=names).values_list("file", flat=True)}
