import io

import pytest
from django.core.management import CommandError, call_command

from agencies.models import Agency
from events.models import Event
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
    assert {rule.agency_id for rule in rules} == {lead.pk}, (
        "agencies that the province lacks are stood in for by its lead"
    )
    count = rules.count()
    assert "nothing changed" in install(province.pk)
    assert RoutingRule.objects.filter(province=province).count() == count


def test_agencies_that_come_later_take_over_what_the_lead_stood_in_for():
    call_command("load_reference", stdout=io.StringIO())
    lead = agency("sct")
    Agency.objects.filter(pk=lead.pk).update(is_lead=True)
    install("82")
    police = agency("congan")
    reworded = RoutingRule.objects.get(position=70)
    RoutingRule.objects.filter(pk=reworded.pk).update(explanation="As we do it here.")

    assert "2 rules of Đồng Tháp handed over" in install("82")
    assert RoutingRule.objects.get(position=10).agency == lead
    assert RoutingRule.objects.get(position=10).refer_to == police, "money moved today: offered to the police at once"
    assert RoutingRule.objects.get(position=20).agency == police
    assert RoutingRule.objects.get(pk=reworded.pk).agency == lead, "what someone changed stays"
    told = Event.objects.filter(stream="rules:82", kind="rules.changed").values_list("data__values", flat=True)
    assert list(told) == [{"refer_to": "congan"}, {"agency": "congan"}]
    assert "nothing changed" in install("82")


def test_without_a_lead_agency_it_says_what_is_missing():
    call_command("load_reference", stdout=io.StringIO())
    with pytest.raises(CommandError, match="no lead agency"):
        install("82")


def test_an_unknown_province_is_named():
    with pytest.raises(CommandError, match="no province 99"):
        install("99")
