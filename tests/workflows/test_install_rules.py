import io

import pytest
from django.core.management import CommandError, call_command

from agencies.models import Agency
from tests.factories import agency
from workflows.models import RoutingRule

pytestmark = pytest.mark.django_db


def install(province: str) -> str:
    out = io.StringIO()
    call_command("install_rules", province=province, stdout=out)
    return out.getvalue()


def test_a_province_gets_the_usual_rules_once():
    call_command("load_reference", stdout=io.StringIO())
    lead = agency("sct")
    Agency.objects.filter(pk=lead.pk).update(is_lead=True)
    province = lead.provinces.get()
    assert "routing rules installed" in install(province.pk)
    rules = RoutingRule.objects.filter(province=province)
    assert rules.exists()
    assert {rule.agency_id for rule in rules} == {lead.pk}, "agencies that the province lacks are stood in for by its lead"
    count = rules.count()
    assert "nothing changed" in install(province.pk)
    assert RoutingRule.objects.filter(province=province).count() == count


def test_without_a_lead_agency_it_says_what_is_missing():
    call_command("load_reference", stdout=io.StringIO())
    with pytest.raises(CommandError, match="no lead agency"):
        install("82")


def test_an_unknown_province_is_named():
    with pytest.raises(CommandError, match="no province 99"):
        install("99")
