"""Loading the reference data of this package from its seed files."""

from collections.abc import Iterator
from pathlib import Path

from django.db import transaction

from agencies.models import AgencyKind, Commune, Province
from agencies.place_names import search_text

from .seeding import Row, TableChange, add_from_seed, flag, follow_seed, read_seed

SEEDS = Path(__file__).resolve().parent.parent / "reference"

PROVINCE_KINDS = {"province": "Tỉnh", "city": "Thành phố"}
COMMUNE_KINDS = {"commune": "Xã", "ward": "Phường", "special_zone": "Đặc khu"}


@transaction.atomic
def load_places_and_kinds(seeds: Path = SEEDS, *, overwrite: bool = False) -> list[TableChange]:
    """Load provinces, communes and kinds of agency; idempotent.

    `overwrite` takes the files' wording of agency kinds back. Raises FileNotFoundError, KeyError
    (a kind of unit that does not exist) or ValueError, and then nothing has changed.
    """
    return [
        follow_seed(Province, _provinces(seeds)),
        follow_seed(Commune, _communes(seeds)),
        add_from_seed(AgencyKind, _agency_kinds(seeds), overwrite=overwrite),
    ]


def _provinces(seeds: Path) -> Iterator[Row]:
    for row in read_seed(seeds / "provinces.csv"):
        yield {**row, "full_name": f"{PROVINCE_KINDS[row['kind']]} {row['name']}"}


def _communes(seeds: Path) -> Iterator[Row]:
    for row in read_seed(seeds / "communes.csv"):
        full_name = f"{COMMUNE_KINDS[row['kind']]} {row['name']}"
        yield {
            "code": row["code"],
            "province_id": row["province"],
            "kind": row["kind"],
            "name": row["name"],
            "full_name": full_name,
            "formed_from": row["formed_from"],
            "search_text": search_text(full_name, row["formed_from"]),
        }


def _agency_kinds(seeds: Path) -> Iterator[Row]:
    for row in read_seed(seeds / "agency_kinds.csv"):
        yield {**row, "is_police": flag(row["is_police"]), "is_association": flag(row["is_association"])}
