"""A province starts with one command."""

import re

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from agencies.models import AgencyKind, Membership, User
from agencies.services.seeding import read_seed
from complaints.models import Category
from events.models import Event
from tests import factories
from tests.casemgr.offices import (
    signed_in,
)
from workflows.models import RoutingRule
from workflows.services.reference import SEEDS


class TestCreateAdmin:
    def test_a_province_starts_with_one_command(self, db, capsys):
        factories.province()

        AgencyKind.objects.create(code="industry_trade", label_vi="Công Thương", label_en="Trade")
        Category.objects.bulk_create(
            Category(code=code, label_vi=code, label_en=code, default_track="consumer") for code in _seeded_categories()
        )
        call_command(
            "create_admin", email="Chi@sct.example", name="Lê Thị Chi", agency="sct",
            agency_name="Sở Công Thương", kind="industry_trade", province="82",
        )  # fmt: skip
        person = User.objects.get(email="chi@sct.example")
        link = re.search(r"https?://[^/\s]+(/\S+)", capsys.readouterr().out)[1]
        assert Client().get(link, follow=True).status_code == 200
        assert signed_in(person).get("/admin/").status_code == 200
        assert RoutingRule.objects.filter(province="82").exists()
        assert [e.kind for e in Event.objects.order_by("pk")] == ["agencies.added", "people.added"]

    def test_an_unknown_agency_says_what_is_missing(self, db):
        with pytest.raises(CommandError, match="--agency-name, --kind, --province"):
            call_command("create_admin", email="a@b.example", name="A", agency="xyz")

    def test_twice_makes_one_membership(self, boss):
        for _ in range(2):
            call_command("create_admin", email="hai@sct.example", name="Hai", agency="sct")
        assert Membership.objects.filter(person__email="hai@sct.example").count() == 1


def _seeded_categories() -> set[str]:

    return {row["category"] for row in read_seed(SEEDS / "routing_rules.csv") if row["category"]}
