"""What is about no case, a periodic report, in the inbox."""

import pytest
from django.urls import reverse

from agencies.models import Role
from events import clock
from events.models import Event
from notifications.models import Notification
from notifications.services.inbox import tell
from tests import factories
from tests.backoffice.conftest import sign_in
from tests.factories import reports

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_opening():
    with clock.frozen(reports.OPENED):
        yield


@pytest.fixture
def lead():
    return reports.lead()


def url(name: str, pk: int | None = None) -> str:
    return reverse(f"backoffice:{name}", args=[] if pk is None else [pk])


def page(answer) -> str:
    return answer.content.decode()


class TestInbox:
    @pytest.fixture
    def person(self):
        return factories.member("qltt", Role.SUPERVISOR)

    def test_the_bell_leads_to_the_questionnaire(self, person, lead):
        client = sign_in(person)
        report = reports.opened(lead)
        tell(list(Event.objects.filter(kind="report.asked")))
        shown = page(client.get(url("inbox")))
        assert "Your agency is asked for a periodic report" in shown
        assert "answer for your agency" in shown
        row = Notification.objects.get()
        answer = client.post(url("inbox-open", row.pk))
        assert answer["Location"] == url("questionnaire", reports.questionnaire(report).pk)
        assert Notification.objects.get().read_at

    def test_one_read_leaves_another_report_unread(self, person, lead):
        client = sign_in(person)
        for code in ("one", "two"):
            reports.opened(lead, reports.kind(code))
        tell(list(Event.objects.filter(kind="report.asked")))
        assert page(client.get(url("inbox"))).count("inbox-item unread") == 2
        client.post(url("inbox-open", Notification.objects.first().pk))
        assert page(client.get(url("inbox"))).count("inbox-item unread") == 1

    def test_it_can_be_put_off_and_is_not_muted(self, person, lead):
        client = sign_in(person)
        reports.opened(lead)
        tell(list(Event.objects.filter(kind="report.asked")))
        row = Notification.objects.get()
        assert client.get(url("inbox-put-off", row.pk)).status_code == 200
        client.post(url("inbox-put-off", row.pk), {"until": "tomorrow"})
        assert "periodic report" in page(client.get(url("inbox-later")))
        assert "/mute/" not in page(client.get(url("inbox")))
