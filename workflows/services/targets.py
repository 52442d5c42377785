"""The shares of satisfied people that the plans ask for."""

from pathlib import Path

from django.db import transaction

from agencies.services.seeding import TableChange, read_seed
from workflows.models import SatisfactionTarget
from workflows.services.reference import SEEDS


@transaction.atomic
def load_satisfaction_targets(seeds: Path = SEEDS) -> TableChange:
    """Add the general targets that are missing. Rows an administrator changed stay."""
    have = set(SatisfactionTarget.objects.filter(province=None).values_list("year", flat=True))
    rows = read_seed(seeds / "satisfaction_targets.csv")
    new = [row for row in rows if int(row["year"]) not in have]
    SatisfactionTarget.objects.bulk_create(
        SatisfactionTarget(year=int(row["year"]), percent=int(row["percent"]), source=row["source"]) for row in new
    )
    return TableChange(SatisfactionTarget._meta.db_table, added=len(new), unchanged=len(rows) - len(new))
