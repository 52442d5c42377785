"""Loading the abbreviations that every installation begins with."""

from __future__ import annotations

from django.db import transaction

from agencies.services.seeding import TableChange, add_from_seed

from .abbreviations import file_rows
from .models import Abbreviation
from .text import folded_words

# Room between two seeded rows for an administrator's own.
_STEP = 10


@transaction.atomic
def load_abbreviations(*, overwrite: bool = False) -> TableChange:
    """Add those that are missing; what an administrator changed stays. Raises FileNotFoundError or ValueError."""
    found: dict[str, list[str]] = {}
    for written, meaning in file_rows():
        if folded_words(written) != folded_words(meaning):
            found.setdefault(written.lower(), []).append(meaning)
    seed = enumerate(found.items(), start=1)
    rows = ({"written": one, "meaning": ", ".join(means), "position": n * _STEP} for n, (one, means) in seed)
    return add_from_seed(Abbreviation, rows, overwrite=overwrite)
