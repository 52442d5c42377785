"""Limits and calendar on the administration site: what would move is shown first, and only then saved."""

import html
import re
from datetime import datetime, timedelta

import pytest
from django.apps import apps
from django.urls import reverse

from events import clock
from events.models import Event
from tests import factories
from tests.casemgr.offices import posted
from tests.factories import journeys
from workflows.deadlines import HANOI
from workflows.handlers import recount_clocks
from workflows.jobs import warn_of_unconfirmed_years
from workflows.models import CalendarOverride, CalendarYear, Case, ClockRule, Recomputation

MONDAY = datetime(2026, 6, 1, 8, 0, tzinfo=HANOI)
DAY_OFF = {"province": "82", "day": "03/06/2026", "reason": "Nghỉ bù theo thông báo"}
ADD_DAY = "admin:workflows_calendaroverride_add"
RULE = {
    "province": "82", "track": "consumer", "state": "accepted", "amount": "5", "unit": "WD",
    "legal_basis": "Quyết định của tỉnh", "effective_from": "01/06/2026",
}  # fmt: skip


@pytest.fixture
def case(office):
    with clock.frozen(MONDAY):
        return journeys.accepted(factories.member("sct")).case


def ends(case) -> str:
    return f"{Case.objects.get(pk=case.pk).due_at.astimezone(HANOI):%d/%m/%Y}"


def test_a_day_off_is_asked_about_saved_on_confirmation_and_then_counted(office, case):
    with clock.frozen(MONDAY):
        asked = office.post(reverse(ADD_DAY), DAY_OFF)
        page = asked.content.decode()
        assert asked.status_code == 200
        assert "Đã thụ lý" in page
        assert case.number not in page, "administrators see no cases"
        assert not CalendarOverride.objects.exists()
        assert 'name="reason" value="Nghỉ bù theo thông báo"' in page
        assert office.post(reverse(ADD_DAY), DAY_OFF | {"_confirmed": "yes"}).status_code == 302
        event = Event.objects.get(kind="calendar.added")
        recount_clocks([event])
    assert ends(case) == "05/06/2026"
    assert Event.objects.get(kind="clocks.recomputed").data["because"] == event.pk
    assert Recomputation.objects.get().percent == 100
    assert "(100 %)" in office.get(reverse("admin:workflows_recomputation_changelist")).content.decode()


def test_what_moves_nothing_is_saved_at_once(office):
    with clock.frozen(MONDAY):
        assert office.post(reverse(ADD_DAY), DAY_OFF).status_code == 302


def test_removing_a_day_tells_what_moves_and_refuses_to_end_what_runs(office, case):
    with clock.frozen(MONDAY):
        office.post(reverse(ADD_DAY), DAY_OFF | {"_confirmed": "yes"})
        recount_clocks(list(Event.objects.filter(kind="calendar.added")))
    url = reverse("admin:workflows_calendaroverride_delete", args=[CalendarOverride.objects.get().pk])
    with clock.frozen(MONDAY + timedelta(days=1)):
        assert "Đã thụ lý" in office.get(url).content.decode()
    with clock.frozen(MONDAY + timedelta(days=4)):  # Friday morning: without the day off it ended on Thursday
        answer = office.post(url, {"post": "yes"}, follow=True)
    assert "sẽ hết ngay lập tức" in answer.content.decode() or "over at once" in answer.content.decode()
    assert CalendarOverride.objects.exists()


def test_a_rule_that_would_end_what_runs_is_refused_where_it_was_typed(office, case):
    with clock.frozen(MONDAY + timedelta(days=2)):
        answer = office.post(reverse("admin:workflows_clockrule_add"), RULE | {"amount": "1"})
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["amount"]
    assert not ClockRule.objects.filter(province="82").exists()


def test_an_empty_rule_is_told_in_words_what_it_lacks(office):
    page = office.post(reverse("admin:workflows_clockrule_add"), {})
    told = page.content.decode()
    assert page.status_code == 200
    assert "clock_rule_state_or_event" not in told
    whole = {"amount": "3", "unit": "WD", "effective_from": "01/07/2026", "legal_basis": "thử", "province": "82"}
    told = office.post(reverse("admin:workflows_clockrule_add"), whole).content.decode()
    assert "clock_rule_state_or_event" not in told
    assert "Thời hạn áp dụng cho một trạng thái hoặc cho một việc phát sinh" in told


def test_a_rule_for_nothing_is_told_in_words_what_it_lacks(office):
    with clock.frozen(MONDAY):
        answer = office.post(reverse("admin:workflows_clockrule_add"), RULE | {"state": ""})
    assert answer.status_code == 200
    assert list(answer.context["adminform"].form.errors) == ["event"]
    assert "clock_rule_state_or_event" not in answer.content.decode()


def test_a_rule_is_asked_about_too_and_can_be_tried(office, case):
    url = reverse("admin:workflows_clockrule_add")
    with clock.frozen(MONDAY):
        assert "_confirmed" in office.post(url, RULE).content.decode()
        assert office.post(url, RULE | {"_confirmed": "yes"}).status_code == 302
        chosen = {"action": "rehearse", "_selected_action": [ClockRule.objects.get(province="82").pk]}
        tried = office.post(reverse("admin:workflows_clockrule_changelist"), chosen)
    assert tried.status_code == 200
    assert tried.context["rehearsals"][0].fits == 1


def test_confirming_does_not_go_past_the_rulebook(office, case):
    with clock.frozen(MONDAY + timedelta(days=2)):
        answer = office.post(reverse("admin:workflows_clockrule_add"), RULE | {"amount": "1", "_confirmed": "yes"})
    assert answer.status_code == 200
    assert not ClockRule.objects.filter(province="82").exists()


class TestYears:
    def on(self, day: int, month: int = 11):
        return clock.frozen(datetime(2026, month, day, 9, 0, tzinfo=HANOI))

    def told(self) -> list[int]:
        return list(
            Event.objects.filter(kind="calendar.unconfirmed").order_by("pk").values_list("data__year", flat=True)
        )

    def test_sixty_days_before_it_begins_a_year_is_warned_of_once(self, office):
        with self.on(1):
            warn_of_unconfirmed_years()
        assert self.told() == [2026], "the present year counts, too"
        for day in (2, 3, 20):
            with self.on(day):
                warn_of_unconfirmed_years()
        assert self.told() == [2026, 2027], "from 2 November, sixty days before 1 January 2027"

    def test_the_first_page_says_so_until_an_administrator_confirms(self, office):
        with self.on(20):
            warn_of_unconfirmed_years()
            assert "2027" in office.get(reverse("admin:index")).content.decode()
            for row in CalendarYear.objects.all():
                url = reverse("admin:workflows_calendaryear_change", args=[row.pk])
                assert office.post(url, posted(office, url, source="")).status_code == 200
                assert office.post(url, posted(office, url, source="Thông báo 123/TB-BNV")).status_code == 302
            page = office.get(reverse("admin:index")).content.decode()
            warn_of_unconfirmed_years()
        assert "errornote" not in page
        assert len(self.told()) == 2
        assert set(CalendarYear.objects.exclude(confirmed_at=None).values_list("year", flat=True)) == {2026, 2027}


@pytest.mark.parametrize(
    ("model", "typed", "told"),
    [
        ("clockrule", {"amount": "0"}, "Thời hạn ít nhất là 1."),
        ("extensionrule", {"step": "0"}, "Số thời gian và lần gia hạn ít nhất là 1."),
        ("escalationstep", {"position": "0"}, "Thứ tự đếm từ 1."),
        ("satisfactiontarget", {"percent": "101"}, "Chỉ tiêu từ 1 đến 100 phần trăm."),
        ("deliverablelimit", {"amount": "0"}, "Thời hạn ít nhất là 1."),
        ("deliverable", {"amount": "0"}, "Thời hạn ít nhất là 1."),
    ],
)
def test_what_the_database_forbids_is_said_in_words(office, everything, model, typed, told):
    row = apps.get_model("workflows", model).objects.order_by("-pk").first()
    if model == "clockrule":
        row = ClockRule.objects.create(
            province_id="82", state="accepted", amount=3, unit="WD", legal_basis="thử", effective_from=MONDAY.date()
        )
    url = reverse(f"admin:workflows_{model}_change", args=[row.pk])
    page = office.post(url, posted(office, url, **typed)).content.decode()
    assert told in page
    assert "violated" not in page
    assert "bị vi phạm" not in page


def test_a_rule_of_the_country_leads_to_one_of_the_province(office):
    rule = ClockRule.objects.create(
        state="awaiting_respondent", amount=9, unit="WD", urgent=True, rolls_to_working_day=False,
        legal_basis="Luật", effective_from=MONDAY.date(),
    )  # fmt: skip
    page = office.get(reverse("admin:workflows_clockrule_change", args=[rule.pk])).content.decode()
    link = html.unescape(re.search(r'<a href="([^"]+)">Thêm quy định của tỉnh', page)[1])
    form = office.get(link).context["adminform"].form
    assert (form["state"].value(), form["amount"].value(), form["province"].value()) == (
        "awaiting_respondent",
        "9",
        "82",
    )
    assert "checked" in str(form["urgent"])
    assert "checked" not in str(form["rolls_to_working_day"])
    assert not form["legal_basis"].value()
    own = ClockRule.objects.create(
        province_id="82", state="accepted", amount=3, unit="WD", legal_basis="thử", effective_from=MONDAY.date()
    )
    page = office.get(reverse("admin:workflows_clockrule_change", args=[own.pk])).content.decode()
    assert "Thêm quy định của tỉnh" not in page


def test_a_day_is_off_or_worked_and_reads_so(office):
    page = office.get(reverse(ADD_DAY)).content.decode()
    assert re.search(r'type="radio" name="is_working_day" value="False"[^>]*checked', page)
    assert "Nghỉ" in page
    worked = DAY_OFF | {"is_working_day": "True", "day": "02/12/2026"}
    page = office.post(reverse(ADD_DAY), worked, follow=True).content.decode()
    assert CalendarOverride.objects.get().is_working_day
    assert "02/12/2026: Nghỉ bù theo thông báo" in page
    assert 'class="field-is_working_day">Làm việc<' in page
    assert "Ngày nghỉ, ngày làm bù" in page


def test_a_year_shows_the_days_that_saving_confirms(office):
    CalendarOverride.objects.create(
        province_id="82", day=datetime(2027, 3, 6, tzinfo=HANOI).date(), is_working_day=True, reason="Bù ngày 5/3"
    )
    row = CalendarYear.objects.create(province_id="82", year=2027)
    page = office.get(reverse("admin:workflows_calendaryear_change", args=[row.pk])).content.decode()
    assert "02/09/2027: Quốc khánh" in page
    assert "06/03/2027: Làm việc: Bù ngày 5/3" in page
    assert "Khi lưu, bạn xác nhận" in page
    assert office.get(reverse("admin:workflows_calendaryear_add")).status_code == 200
    listed = office.get(reverse("admin:workflows_calendaryear_changelist")).content.decode()
    assert ">2027<" in listed
    assert "2.027" not in listed
