"""Time limits in real browsers: read on the case page, extended with a reason; a day off asked about before it counts."""

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from events import clock
from tests import factories
from tests.browser.test_case_page import case_url, open_as, sound
from tests.casemgr.offices import administrator
from tests.factories import journeys
from workflows.clocks import local_day
from workflows.deadlines import Calendar
from workflows.models import CalendarOverride, CalendarYear, Clock, ClockRule, ExtensionRule

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOTS = os.environ.get("BROWSER_SHOTS", "")
__all__ = ["open_as"]


def look(page: Page, name: str) -> None:
    sound(page)
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def crime_rules() -> None:
    common = {"track": "crime", "effective_from": date(2020, 1, 1), "legal_basis": "Bộ luật Tố tụng hình sự Điều 147"}
    ClockRule.objects.create(state="investigating", amount=20, unit="d", rolls_to_working_day=False, **common)
    ExtensionRule.objects.create(obligation="investigating", step=1, amount=2, unit="month", in_all=True, **common)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_supervisor_reads_the_limits_and_extends_one(open_as, width):
    factories.rules()
    crime_rules()
    sct = factories.member("sct")
    case = journeys.investigating(sct, kind="crime").case
    before = Clock.objects.open().get(case=case).due_at
    page = open_as(sct, width=width)
    page.goto(case_url(case))
    look(page, f"case-{width}")
    page.locator("a[href*='/clocks/']").click()
    look(page, f"extend-{width}")
    page.locator("textarea[name=reason]").fill("Còn chờ kết luận giám định.")
    page.locator("main form[method=post] button").last.click()
    page.wait_for_url(f"**{case_url(case)}")
    look(page, f"extended-{width}")
    assert Clock.objects.open().get(case=case).due_at > before + timedelta(days=30)


def test_a_day_off_is_asked_about_before_it_counts(open_as):
    factories.rules()
    boss, sct = administrator(), factories.member("sct")
    journeys.accepted(sct)
    CalendarYear.objects.create(province=factories.province(), year=2099)
    page = open_as(boss)
    page.goto(reverse("admin:index"))
    look(page, "admin-index")
    day = Calendar().add_working_days(local_day(clock.now()), 1)
    page.goto(reverse("admin:workflows_calendaroverride_add"))
    page.locator("select[name=province]").select_option("82")
    page.locator("input[name=day]").fill(f"{day:%d/%m/%Y}")
    page.locator("[name=reason]").fill("Nghỉ bù theo thông báo")
    page.locator("input[name=_save]").click()
    look(page, "admin-forecast")
    assert not CalendarOverride.objects.exists()
    page.locator("input[name=_confirmed]").click()
    page.wait_for_url("**/calendaroverride/")
    assert CalendarOverride.objects.get().day == day
