"""The table of abbreviations as administrators keep it: loaded once, changed without a restart, the same for all."""

import pytest
from django.core.management import CommandError, call_command

from agencies.models import Role
from search import abbreviation_rows, abbreviations
from search.models import Abbreviation
from search.services_reference import load_abbreviations
from tests import factories
from tests.search.test_alerts import keep, lodge, tell, told

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_new_process(monkeypatch):
    """That has read no rows yet; what it reads goes with the test."""
    monkeypatch.setattr(abbreviations, "_rows", None)
    monkeypatch.setattr(abbreviation_rows, "_read_at", None)


@pytest.fixture
def a_minute_later(monkeypatch):
    """Whatever is read next is read anew."""
    monkeypatch.setattr("search.names.KEPT_SECONDS", -1)


@pytest.fixture
def sct(db):
    return factories.member("sct", Role.HANDLER)


def row(written="tmđt", meaning="thương mại điện tử", **fields) -> Abbreviation:
    return Abbreviation.objects.create(written=written, meaning=meaning, **fields)


def found(page, text: str, **more) -> int:
    return len(page(text, **more).context["hits"])


def test_a_row_counts_without_a_restart_and_one_retired_no_more(page, a_minute_later):
    factories.case(narrative="Bán hàng qua livestream không giao")
    row("k", "không")
    assert found(page, "lst", exact="1") == 0
    mine = row("lst", "livestream")
    assert found(page, "lst", exact="1") == 1
    mine.retired = True
    mine.save()
    assert found(page, "lst", exact="1") == 0


def test_a_process_asks_again_after_a_minute(page, monkeypatch):
    factories.case(narrative="Bán hàng qua livestream không giao")
    assert found(page, "lst", exact="1") == 0
    row("lst", "livestream")
    assert found(page, "lst", exact="1") == 0
    monkeypatch.setattr("search.names.KEPT_SECONDS", -1)
    assert found(page, "lst", exact="1") == 1


def test_without_rows_the_file_counts_and_with_all_retired_nothing(page, a_minute_later):
    page("kem")
    assert ("khong",) in abbreviations.other_spellings("ko")
    row("k", "không", retired=True)
    page("kem")
    assert abbreviations.other_spellings("ko") == ()


def test_several_meanings_and_the_order_of_rows(page, a_minute_later):
    row("kho", "không", position=20)
    row("bt", "biết, bình thường", position=5)
    row("hong", "không", position=10)
    page("kem")
    assert abbreviations.other_spellings("bt") == (("biet",), ("binh", "thuong"))
    assert abbreviations.other_spellings("khong") == (("hong",), ("kho",))
    assert abbreviations.spelled_shorter("binh", "thuong") == ["bt"]


def test_the_relay_goes_by_the_same_table(sct, a_minute_later):
    keep(sct, "lst")
    lodge("Mua qua livestream không nhận được hàng.")
    tell()
    assert told(sct.person) == []
    row("lst", "livestream")
    case = lodge("Mua qua livestream bị giao sai.", idempotency_key="b" * 32)
    tell()
    assert told(sct.person) == [case.number]


def test_the_relay_reads_the_table_once_a_minute(sct, django_assert_num_queries):
    keep(sct, "lst")
    lodge("Mua qua livestream không nhận được hàng.")
    tell()
    with django_assert_num_queries(0):
        abbreviation_rows.refresh()


def test_the_seed_is_loaded_once_and_keeps_what_an_administrator_changed():
    assert load_abbreviations().added == len({written for written, _ in abbreviations.file_rows()}) - 1
    assert not Abbreviation.objects.filter(pk="đuoc").exists(), "that is the word itself, without its diacritics"
    assert Abbreviation.objects.get(pk="bt").meaning == "biết, bình thường"
    Abbreviation.objects.filter(pk="sp").update(meaning="sư phạm")
    Abbreviation.objects.filter(pk="k").update(retired=True)
    again = load_abbreviations()
    assert (again.touched, again.kept) == (0, 1)
    assert Abbreviation.objects.get(pk="sp").meaning == "sư phạm"
    assert load_abbreviations(overwrite=True).changed == 1
    assert Abbreviation.objects.get(pk="sp").meaning == "sản phẩm"
    assert Abbreviation.objects.get(pk="k").retired


def test_what_is_loaded_says_what_the_file_says(page, a_minute_later):
    of_file = abbreviations.table()
    load_abbreviations()
    page("kem")
    loaded = abbreviations.table()
    assert loaded is not of_file
    assert (loaded.spellings, loaded.short_forms) == (of_file.spellings, of_file.short_forms)


def test_the_command_loads_them(capsys, monkeypatch, tmp_path):
    call_command("load_reference")
    assert "search_abbreviation" in capsys.readouterr().out
    assert Abbreviation.objects.filter(written="ko", meaning="không").exists()
    (tmp_path / "none.csv").write_text("a,b\n")
    monkeypatch.setattr(abbreviations, "TABLE", tmp_path / "none.csv")
    with pytest.raises(CommandError, match="Nothing was loaded"):
        call_command("load_reference")
