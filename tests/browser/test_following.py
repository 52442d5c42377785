"""Long work and boards move under one's eyes: by the socket, and where that is blocked by asking."""

import pytest
from playwright.sync_api import expect

from agencies.actors import Member
from events import clock, progress
from events.models import Event
from notifications.handlers import wake_watchers
from search.models import SearchExport
from tests import factories
from tests.browser.test_live import BLOCKED, GREETED, greeted, handler, open_as
from tests.factories import cooperation, journeys
from tests.live.conftest import server
from workflows.services.joint_action import report

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
__all__ = ["handler", "open_as", "server"]
EXPORTS = "/backoffice/exports/"


@pytest.fixture
def export(handler: Member) -> SearchExport:
    return SearchExport.objects.create(
        owner=handler.person, agency=handler.agency, text="điện thoại", filters={}, format="csv", language="vi",
        asked_at=clock.now(), state=SearchExport.State.BUILDING, total=40, done=0,
    )  # fmt: skip


def goes_on(export: SearchExport, done: int, **fields) -> None:
    SearchExport.objects.filter(pk=export.pk).update(done=done, **fields)
    progress.moved("export", export.pk)


def test_an_export_moves_by_the_socket_and_is_ready(open_as, handler, export):
    page = open_as(handler, script=GREETED)
    asked: list[str] = []
    page.on("request", lambda request: f"{EXPORTS}{export.pk}/" in request.url and asked.append(request.url))
    page.goto(EXPORTS)
    greeted(page)
    page.wait_for_timeout(2500)
    quiet = len(asked)
    goes_on(export, 20)
    expect(page.locator("progress")).to_have_attribute("value", "50")
    goes_on(export, 40, state=SearchExport.State.READY, expires_at=clock.now())
    expect(page.get_by_role("button", name="Tải")).to_be_visible()
    assert quiet <= 1  # nobody asks while nothing moves


def test_where_sockets_are_blocked_the_page_asks(open_as, handler, export):
    page = open_as(handler, script=BLOCKED)
    page.goto(EXPORTS)
    SearchExport.objects.filter(pk=export.pk).update(done=20)
    expect(page.locator("progress")).to_have_attribute("value", "50", timeout=10_000)


def test_a_board_moves_for_an_agency_that_may_not_see_the_case(open_as, handler):
    helper = factories.member("qltt")
    action = cooperation.action(journeys.investigating(handler).case, handler, helper.agency)
    page = open_as(helper, script=GREETED)
    page.goto(f"/backoffice/joint-actions/{action.pk}/")
    greeted(page)
    report(action_id=action.pk, by=handler, text="Đoàn đã đến kho hàng.")
    wake_watchers(list(Event.objects.order_by("-pk")[:1]))
    expect(page.get_by_text("Đoàn đã đến kho hàng.")).to_be_visible(timeout=5000)
