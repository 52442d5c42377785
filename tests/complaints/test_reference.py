import re

import pytest
from django.core.management import call_command

from agencies.models import AgencyKind
from agencies.services.reference import load_places_and_kinds
from complaints.models.taxonomy import Bank, Category, Channel, ProductGroup
from complaints.services.reference import load_taxonomy

pytestmark = pytest.mark.django_db


def test_a_second_run_changes_nothing() -> None:
    assert [change.added for change in load_taxonomy()] == [
        Bank.objects.count(),
        Category.objects.count(),
        ProductGroup.objects.count(),
        Channel.objects.count(),
    ]
    assert [change.touched for change in load_taxonomy()] == [0, 0, 0, 0]


def test_every_category_leads_to_a_track_and_a_kind_of_agency() -> None:
    load_places_and_kinds()
    load_taxonomy()
    kinds = set(AgencyKind.objects.values_list("code", flat=True))
    for category in Category.objects.all():
        assert category.default_track in {"consumer", "violation", "crime", "feedback"}
        assert category.first_agency_kind in kinds, category.code


def test_fraud_has_its_nine_kinds() -> None:
    load_taxonomy()
    fraud = Category.objects.get(pk="FRAUD")
    assert fraud.children.count() == 9
    assert set(fraud.children.values_list("default_track", "first_agency_kind")) == {("crime", "police")}


def test_banks_have_six_digits() -> None:
    load_taxonomy()
    assert all(re.fullmatch(r"\d{6}", bank.bin) for bank in Bank.objects.all())
    assert Bank.objects.get(pk="970436").short_name == "Vietcombank"


def test_channels_know_where_a_sale_may_be_live() -> None:
    load_taxonomy()
    assert Channel.objects.get(pk="tiktok_shop").has_livestream
    assert not Channel.objects.get(pk="market").has_livestream


def test_an_administrators_label_and_category_stay() -> None:
    load_taxonomy()
    Category.objects.filter(pk="COUNTERFEIT").update(label_vi="Hàng giả mạo", retired=True)
    Category.objects.create(code="OWN", label_vi="Riêng", label_en="Own", default_track="feedback")
    categories = load_taxonomy()[1]
    assert (categories.kept, categories.touched) == (1, 0)
    assert Category.objects.get(pk="COUNTERFEIT").retired
    assert not Category.objects.get(pk="OWN").retired


def test_the_command_reports_each_table(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_reference")
    first = capsys.readouterr().out
    assert re.search(r"agencies_commune +3321 added", first)
    call_command("load_reference")
    assert "Nothing changed" in capsys.readouterr().out
