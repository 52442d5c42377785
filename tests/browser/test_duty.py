"""The duty roster on a phone: put on, read, taken off, accessible in each state."""

from datetime import timedelta

import pytest
from django.utils.timezone import localtime
from playwright.sync_api import expect

from agencies.actors import Member
from agencies.models import DutyShift
from events import clock
from tests.browser.test_live import handler, open_as
from tests.live.conftest import server
from workflows.deadlines import HANOI

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["handler", "open_as", "server"]


def test_a_turn_is_put_on_and_taken_off(open_as, handler: Member, axe):
    page = open_as(handler)
    page.goto("/backoffice/duty/")
    axe(page)
    page.get_by_role("button", name="Đưa vào lịch trực").click()
    expect(page.get_by_text("Những gì bạn đã viết vẫn còn nguyên.")).to_be_visible()
    axe(page)
    page.get_by_label("Người trực").select_option(label=str(handler.person))
    tomorrow = localtime(clock.now(), HANOI) + timedelta(days=1)
    page.locator("[name=day]").fill(f"{tomorrow:%d/%m/%Y}")
    page.locator("[name=starts]").fill("17h")
    page.locator("[name=ends]").fill("7:00")
    page.get_by_role("button", name="Đưa vào lịch trực").click()
    expect(page.get_by_text("Đã đưa 1 ca trực vào lịch.")).to_be_visible()
    axe(page)
    page.get_by_role("button", name="Bỏ").click()
    expect(page.get_by_text("Đã bỏ khỏi lịch trực.")).to_be_visible()
    assert not DutyShift.objects.exists()
