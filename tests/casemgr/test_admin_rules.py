"""Rules on the administration site stay sound."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import translation

from tests import factories
from tests.casemgr.offices import posted
from workflows.errors import InvalidInput
from workflows.models import ClockRule, RoutingRule
from workflows.rehearsal import rehearse
from workflows.rulebook import check_routing_rule


class TestRules:
    def clock_rule(self, **fields):
        return {
            "province": "82", "track": "consumer", "state": "investigating", "amount": "20", "unit": "WD",
            "legal_basis": "Quyết định của tỉnh", "effective_from": "01/01/2027",
        } | fields  # fmt: skip

    def test_two_limits_for_the_same_days_are_refused_with_the_other_named(self, office):
        url = reverse("admin:workflows_clockrule_add")
        assert office.post(url, self.clock_rule(effective_to="31/12/2027")).status_code == 302
        refused = office.post(url, self.clock_rule(effective_from="01/06/2027"))
        assert refused.status_code == 200
        assert "31/12/2027" in refused.content.decode()
        assert ClockRule.objects.filter(province="82").count() == 1
        assert office.post(url, self.clock_rule(effective_from="01/01/2028")).status_code == 302

    def test_a_rule_that_ends_before_it_begins_is_refused(self, office):
        answer = office.post(reverse("admin:workflows_clockrule_add"), self.clock_rule(effective_to="31/12/2026"))
        assert "effective_to" in answer.context["adminform"].form.errors
        assert not ClockRule.objects.filter(province="82").exists()

    def test_a_calendar_day_needs_its_reason(self, office):
        url = reverse("admin:workflows_calendaroverride_add")
        day = {"province": "82", "day": "01/09/2026"}
        assert office.post(url, day | {"reason": "   "}).status_code == 200
        assert office.post(url, day | {"reason": "Hoán đổi ngày làm việc"}).status_code == 302

    def test_a_route_to_an_agency_that_does_not_serve_the_province_is_refused(self, office):
        elsewhere = factories.agency("sct-hn")
        elsewhere.provinces.clear()
        rule = RoutingRule(
            province=factories.province(), position=1, agency=elsewhere, track="consumer", explanation="x",
            effective_from=date(2026, 1, 1),
        )  # fmt: skip

        with pytest.raises(InvalidInput) as refused:
            check_routing_rule(rule, date(2026, 6, 1))
        assert refused.value.field == "agency"

    def test_the_last_rule_that_catches_everything_cannot_be_ended(self, office):
        rule = RoutingRule.objects.get(kind="")
        url = reverse("admin:workflows_routingrule_change", args=[rule.pk])
        answer = office.post(url, posted(office, url, effective_to="31/12/2026"))
        assert answer.status_code == 200
        assert "01/01/2027" in answer.content.decode()
        rule.refresh_from_db()
        assert rule.effective_to is None


class TestRehearsal:
    def test_it_counts_what_a_rule_fits_and_decides_and_shows_no_report(self, office):
        for narrative in ("Mua phân bón giả ở chợ.", "Phân bón kém chất lượng.", "Điện thoại hỏng."):
            factories.lodge(narrative=narrative)
        factories.agency("qltt")
        rule = RoutingRule.objects.create(
            province=factories.province(), position=5, keywords="phan bon", agency=factories.agency("qltt"),
            track="violation", explanation="Phân bón", effective_from=date(2030, 1, 1),
        )  # fmt: skip
        looked_at, (found,) = rehearse("82", [rule])
        assert (looked_at, found.fits, found.decides) == (3, 2, 2)
        assert found.owners == {"Cơ quan sct": 2}
        url = reverse("admin:workflows_routingrule_changelist")
        page = office.post(url, {"action": "rehearse", "_selected_action": [rule.pk]})
        assert page.status_code == 200
        assert "Mua phân bón giả" not in page.content.decode()

    def test_a_rule_behind_another_fits_but_decides_nothing(self, office):
        factories.lodge()
        behind = RoutingRule.objects.create(
            province=factories.province(), position=99, agency=factories.agency("sct"), track="consumer",
            explanation="Sau cùng", effective_from=date(2020, 1, 1),
        )  # fmt: skip
        _n, (found,) = rehearse("82", [behind])
        assert (found.fits, found.decides) == (1, 0)

    def test_a_limit_is_called_by_its_words(self, db):
        rule = ClockRule(state="accepted", amount=3, unit="WD")
        with translation.override("vi"):
            assert str(rule) == "Đã thụ lý: 3 ngày làm việc"
            assert "WD" not in str(ClockRule(state="lodged", track="crime", amount=2, unit="h", urgent=True))
