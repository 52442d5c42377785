"""The taxonomy, an agency that is switched off, and a rule tried before it is saved."""

from datetime import date

import pytest
from django.urls import reverse

from agencies.models import Agency, Role
from complaints.models import Category, Channel, ProductGroup
from events.models import Event
from tests import factories
from tests.casemgr.offices import administrator, posted, signed_in
from tests.factories import journeys
from workflows.models import RoutingRule, SatisfactionTarget

ADD = "admin:workflows_routingrule_add"
TRY = "admin:workflows_routingrule_rehearse"


def rule(**fields):
    given = {
        "province": "82", "position": "5", "explanation": "Phân bón", "keywords": "phan bon", "track": "violation",
        "agency": str(Agency.objects.get(code="sct").pk), "effective_from": "01/01/2030",
    }  # fmt: skip
    return given | fields


class TestTaxonomy:
    def test_an_entry_is_added_reworded_and_retired_with_its_history(self, office, boss):
        factories.agency("qltt")
        url = reverse("admin:complaints_category_add")
        new = {
            "code": "LABEL", "label_vi": "Nhãn sai", "label_en": "Wrong label", "default_track": "violation",
            "first_agency_kind": "market_surveillance", "position": "3",
        }  # fmt: skip
        assert office.post(url, new).status_code == 302
        change = reverse("admin:complaints_category_change", args=["LABEL"])
        assert office.post(change, posted(office, change, label_vi="Nhãn không đúng", retired="on")).status_code == 302
        found = Category.objects.get(pk="LABEL")
        assert (found.label_vi, found.retired, found.first_agency_kind) == (
            "Nhãn không đúng",
            True,
            "market_surveillance",
        )
        kinds = list(Event.objects.filter(kind__startswith="reference.").values_list("kind", flat=True))
        assert kinds == ["reference.added", "reference.changed"]
        history = office.get(reverse("admin:complaints_category_history", args=["LABEL"])).content.decode()
        assert str(boss.person) in history

    @pytest.mark.parametrize("wrong", [{"default_track": "x"}, {"default_track": ""}, {"first_agency_kind": "x"}])
    def test_tracks_and_kinds_are_chosen_from_what_there_is(self, office, wrong):
        new = {"code": "LABEL", "label_vi": "a", "label_en": "b", "default_track": "crime", "position": "1"}
        assert office.post(reverse("admin:complaints_category_add"), new | wrong).status_code == 200
        assert not Category.objects.exists()

    @pytest.mark.parametrize(("model", "more"), [(ProductGroup, {}), (Channel, {"family": "shop"})])
    def test_the_other_lists_too(self, office, model, more):
        base = f"admin:complaints_{model._meta.model_name}"
        new = {"code": "X1", "label_vi": "a", "label_en": "b", "position": "1"} | more
        assert office.post(reverse(f"{base}_add"), new).status_code == 302
        change = reverse(f"{base}_change", args=["X1"])
        assert office.post(change, posted(office, change, retired="on")).status_code == 302
        assert model.objects.get(pk="X1").retired

    def test_another_agencys_administrator_looks_and_changes_nothing(self, office):
        Category.objects.create(code="FRAUD", label_vi="Lừa đảo", label_en="Fraud", default_track="crime")
        other = signed_in(administrator("qltt").person)
        change = reverse("admin:complaints_category_change", args=["FRAUD"])
        assert other.get(change).status_code == 200
        assert other.post(change, {"label_vi": "x"}).status_code == 403


class TestSwitchingAnAgencyOff:
    def switched_off(self, office, agency):
        url = reverse("admin:agencies_agency_change", args=[agency.pk])
        data = posted(office, url)
        data.pop("is_active", None)
        return office.post(url, data)

    def test_with_open_cases_it_is_refused_and_says_how_many_and_what_to_do(self, office, boss):
        sct, police = factories.member("sct"), factories.member("congan")
        journeys.taken(sct, police)
        journeys.offered(sct, police.agency)
        RoutingRule.objects.filter(agency=police.agency).delete()
        answer = self.switched_off(office, police.agency)
        assert answer.status_code == 200
        errors = answer.context["adminform"].form.errors["is_active"]
        assert len(errors) == 3
        assert all("1 " in error for error in errors)
        assert Agency.objects.get(pk=police.agency.pk).is_active

    def test_without_any_it_goes(self, office, boss):
        idle = factories.agency("qltt")
        assert self.switched_off(office, idle).status_code == 302
        assert not Agency.objects.get(pk=idle.pk).is_active

    def test_settled_cases_hold_nobody_back(self, office, boss):
        police = factories.member("congan")
        journeys.taken(factories.member("sct"), police).then(
            journeys.acceptance.refuse_case, reason="no_evidence", explanation="Không xác định được."
        )
        RoutingRule.objects.update(refer_to=None)
        assert self.switched_off(office, police.agency).status_code == 302


class TestTryingARuleBeforeItIsSaved:
    def test_the_form_offers_it_and_nothing_is_saved(self, office):
        for narrative in ("Mua phân bón giả ở chợ.", "Điện thoại hỏng."):
            factories.lodge(narrative=narrative)
        form = office.get(reverse(ADD)).content.decode()
        assert f'formaction="{reverse(TRY)}"' in form
        before = RoutingRule.objects.count()
        page = office.post(reverse(TRY), rule())
        (found,) = page.context["rehearsals"]
        assert (page.context["looked_at"], found.fits, found.decides) == (2, 1, 1)
        assert RoutingRule.objects.count() == before
        assert "Mua phân bón giả" not in page.content.decode()

    def test_a_changed_rule_is_tried_in_place_of_the_saved_one(self, office):
        factories.lodge(narrative="Mua phân bón giả ở chợ.")
        held = RoutingRule.objects.create(
            province=factories.province(), position=5, keywords="phan bon", agency=factories.agency("sct"),
            track="violation", explanation="Phân bón", effective_from=date(2020, 1, 1),
        )  # fmt: skip
        url = reverse("admin:workflows_routingrule_rehearse_changed", args=[held.pk])
        assert url in office.get(reverse("admin:workflows_routingrule_change", args=[held.pk])).content.decode()
        page = office.post(url, rule(keywords="sua bot", effective_from="01/01/2020"))
        assert page.context["rehearsals"][0].fits == 0
        held.refresh_from_db()
        assert held.keywords == "phan bon"

    def test_a_rule_with_mistakes_says_which(self, office):
        page = office.post(reverse(TRY), rule(explanation=""))
        assert page.status_code == 200
        assert page.context["form"].errors.keys() == {"explanation"}
        assert "errorlist" in page.content.decode()

    def test_only_the_lead_agencys_administrators_try_rules(self, office):
        assert signed_in(administrator("qltt").person).post(reverse(TRY), rule()).status_code == 403
        assert signed_in(factories.member("sct", Role.SUPERVISOR).person).post(reverse(TRY), rule()).status_code in (
            302,
            403,
        )


def test_a_provinces_own_target_is_added_and_recorded(office):
    new = {"province": "82", "year": "2027", "percent": "92", "source": "Kế hoạch của tỉnh"}
    assert office.post(reverse("admin:workflows_satisfactiontarget_add"), new).status_code == 302
    assert SatisfactionTarget.objects.get().percent == 92
    assert Event.objects.filter(kind="rules.added", data__model="satisfactiontarget").exists()
    over = office.post(reverse("admin:workflows_satisfactiontarget_add"), new | {"year": "2028", "percent": "101"})
    assert over.status_code == 200
