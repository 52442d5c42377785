import json
import shutil
import time
from pathlib import Path

import pytest

from agencies.models import AgencyKind, Commune, Province
from agencies.services.reference import SEEDS, load_places_and_kinds

pytestmark = pytest.mark.django_db


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    copy = tmp_path / "reference"
    shutil.copytree(SEEDS, copy, ignore=shutil.ignore_patterns("outlines"))
    return copy


def replace_in(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_loads_the_whole_country() -> None:
    changes = load_places_and_kinds()
    assert [change.added for change in changes[:2]] == [34, 3321]
    assert {code: Commune.objects.filter(province_id=code).count() for code in ("82", "24", "86")} == {
        "82": 102,
        "24": 99,
        "86": 124,
    }
    assert Province.objects.get(pk="82").full_name == "Tỉnh Đồng Tháp"
    assert Commune.objects.get(pk="29869").full_name == "Phường Cao Lãnh"


def test_a_second_run_changes_nothing_and_is_quick() -> None:
    load_places_and_kinds()
    started = time.monotonic()
    changes = load_places_and_kinds()
    assert time.monotonic() - started < 2
    assert [change.touched for change in changes] == [0, 0, 0]
    assert [change.unchanged for change in changes[:2]] == [34, 3321]


def test_a_renamed_commune_is_changed_and_found_by_its_new_name(seeds: Path) -> None:
    load_places_and_kinds(seeds)
    replace_in(seeds / "communes.csv", "29869,82,ward,Cao Lãnh", "29869,82,ward,Cao Lãnh Mới")
    assert load_places_and_kinds(seeds)[1].changed == 1
    assert "cao lanh moi" in Commune.objects.get(pk="29869").search_text


def test_a_commune_that_left_the_file_is_retired_and_returns(seeds: Path) -> None:
    load_places_and_kinds(seeds)
    line = next(
        line for line in (seeds / "communes.csv").read_text(encoding="utf-8").splitlines(True) if "29869," in line
    )
    replace_in(seeds / "communes.csv", line, "")
    assert load_places_and_kinds(seeds)[1].retired == 1
    assert load_places_and_kinds(seeds)[1].touched == 0
    assert Commune.objects.get(pk="29869").retired
    assert load_places_and_kinds()[1].changed == 1
    assert not Commune.objects.get(pk="29869").retired


def test_an_administrators_wording_stays_unless_overwritten() -> None:
    load_places_and_kinds()
    AgencyKind.objects.filter(pk="police").update(label_vi="Công an")
    AgencyKind.objects.create(code="own", label_vi="Riêng", label_en="Own")
    kinds = load_places_and_kinds()[2]
    assert (kinds.kept, kinds.touched) == (1, 0)
    assert AgencyKind.objects.get(pk="police").label_vi == "Công an"
    assert load_places_and_kinds(overwrite=True)[2].changed == 1
    assert AgencyKind.objects.get(pk="police").label_vi == "Công an tỉnh"
    assert not AgencyKind.objects.get(pk="own").retired


@pytest.mark.parametrize(
    ("file", "old", "new", "error"),
    [
        ("communes.csv", "29869,82,ward", "29869,82,village", KeyError),
        ("communes.csv", "29869,82,ward,", "29869,82,", ValueError),
        ("communes.csv", "29884,82,ward", "29869,82,ward", ValueError),
        ("agency_kinds.csv", "yes,no", "maybe,no", ValueError),
    ],
)
def test_a_broken_seed_changes_nothing(seeds: Path, file: str, old: str, new: str, error: type[Exception]) -> None:
    replace_in(seeds / file, old, new)
    with pytest.raises(error):
        load_places_and_kinds(seeds)
    assert not Province.objects.exists()


def test_every_commune_has_its_outline() -> None:
    load_places_and_kinds()
    drawn: set[str] = set()
    for outline in (SEEDS / "outlines").glob("[0-9][0-9].topojson"):
        topology = json.loads(outline.read_text(encoding="utf-8"))
        drawn |= {shape["properties"]["code"] for shape in topology["objects"]["communes"]["geometries"]}
    assert drawn == set(Commune.objects.values_list("code", flat=True))
