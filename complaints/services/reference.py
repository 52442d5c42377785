"""Loading the taxonomy and the banks from their seed files."""

from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from agencies.services.seeding import Row, TableChange, add_from_seed, flag, follow_seed, read_seed
from complaints.models.taxonomy import Bank, Category, Channel, ProductGroup

SEEDS = Path(__file__).resolve().parent.parent / "reference"

# Room between two seeded rows for an administrator's own.
_STEP = 10


@transaction.atomic
def load_taxonomy(seeds: Path = SEEDS, *, overwrite: bool = False) -> list[TableChange]:
    """Load banks, categories, product groups and channels; idempotent.

    `overwrite` takes the files' wording of categories, product groups and channels back. Raises
    FileNotFoundError or ValueError, and then nothing has changed.
    """
    return [
        follow_seed(Bank, read_seed(seeds / "banks.csv")),
        add_from_seed(Category, _categories(seeds), overwrite=overwrite),
        add_from_seed(ProductGroup, _in_order(seeds / "product_groups.csv"), overwrite=overwrite),
        add_from_seed(Channel, _channels(seeds), overwrite=overwrite),
    ]


def _in_order(path: Path) -> Iterator[Row]:
    for number, row in enumerate(read_seed(path), start=1):
        yield {**row, "position": number * _STEP}


def _categories(seeds: Path) -> Iterator[Row]:
    for row in _in_order(seeds / "categories.csv"):
        parent = row.pop("parent")
        yield {**row, "parent_id": parent or None}


def _channels(seeds: Path) -> Iterator[Row]:
    for row in _in_order(seeds / "channels.csv"):
        yield {**row, "has_livestream": flag(row["has_livestream"]), "has_kol": flag(row["has_kol"])}
