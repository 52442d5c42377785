from collections.abc import Iterator

import pytest

from agencies.models import Commune
from agencies.selectors import LONGEST_PLACE_QUERY, find_communes
from agencies.services.reference import load_places_and_kinds
from tests.sharing import shared_rows

pytestmark = pytest.mark.django_db

DONG_THAP = "82"


@pytest.fixture(scope="module", autouse=True)
def places(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    with shared_rows(django_db_blocker):
        load_places_and_kinds()
        yield


def names(query: str, province_code: str | None = DONG_THAP) -> list[str]:
    return [found.commune.full_name for found in find_communes(query, province_code)]


@pytest.mark.parametrize(
    ("query", "first", "former"),
    [
        ("my an hung b", "Xã Mỹ An Hưng", "Xã Mỹ An Hưng B"),
        ("Mỹ An Hưng", "Xã Mỹ An Hưng", None),
        ("hoi an dong", "Xã Mỹ An Hưng", "Xã Hội An Đông"),
        ("cao lanh", "Phường Cao Lãnh", None),
        ("p1 cao lãnh", "Phường Cao Lãnh", "Phường 1 (thành phố Cao Lãnh)"),
        ("phường 4, Sa Đéc", "Phường Sa Đéc", "Phường 4 (thành phố Sa Đéc)"),
        ("my quy", "Xã Mỹ Quí", None),
        ("TT Cái Tàu Hạ", "Xã Phú Hựu", "Thị trấn Cái Tàu Hạ"),
        ("Xã Tân Mỹ, huyện Lấp Vò, Đồng Tháp", "Xã Mỹ An Hưng", "Xã Tân Mỹ (huyện Lấp Vò)"),
        ("my an hung b lap vo dong thap", "Xã Mỹ An Hưng", "Xã Mỹ An Hưng B"),
        ("phuong thinh", "Xã Phương Thịnh", None),
    ],
)
def test_a_name_people_remember_leads_to_the_commune(query: str, first: str, former: str | None) -> None:
    found = find_communes(query, DONG_THAP)[0]
    assert (found.commune.full_name, found.former_unit) == (first, former)


def test_the_new_name_comes_before_its_beginning_before_former_names() -> None:
    assert names("tân phú")[:2] == ["Xã Tân Phú", "Xã Tân Phú Trung"]
    found = find_communes("tân phú", DONG_THAP)
    assert [bool(each.former_unit) for each in found] == sorted(bool(each.former_unit) for each in found)


def test_words_of_different_names_do_not_add_up() -> None:
    assert "Xã An Hữu" not in names("mỹ an hưng")


def test_why_says_which_former_unit_led_there() -> None:
    assert "xã Mỹ An Hưng B" in find_communes("my an hung b", DONG_THAP)[0].why
    assert find_communes("my an hung", DONG_THAP)[0].why == ""


def test_a_province_narrows_and_the_limit_holds() -> None:
    assert len(find_communes("tân bình")) == 10
    assert {each.commune.province_id for each in find_communes("tân bình", "82")} == {"82"}
    assert len(find_communes("tân", "82", limit=3)) == 3


@pytest.mark.parametrize("query", ["", "   ", "%", "_", "|", "không có xã này đâu", "x" * 10_000, "\x00"])
def test_nothing_sensible_finds_nothing(query: str) -> None:
    assert find_communes(query, DONG_THAP) == []


def test_what_is_typed_beyond_the_limit_is_not_read() -> None:
    assert names("cao lãnh" + " " * LONGEST_PLACE_QUERY + "zzz") == names("cao lãnh")


def test_retired_communes_are_not_offered() -> None:
    Commune.objects.filter(pk="30178").update(retired=True)
    assert "Xã Mỹ An Hưng" not in names("my an hung")


def test_six_queries_at_most(django_assert_max_num_queries) -> None:
    with django_assert_max_num_queries(6):
        find_communes("một địa chỉ rất dài mà không có ở đâu cả", DONG_THAP)
