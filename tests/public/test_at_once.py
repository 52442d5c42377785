"""Many taps at once, over real connections: one report, one receipt."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client

from complaints.models import Complaint
from tests import factories
from tests.public.journeys import code_in, shown_in, walk
from workflows.models import Case

pytestmark = pytest.mark.both_profiles

TRIES = 8


@pytest.mark.django_db(transaction=True)
def test_taps_at_once_make_one_report():
    factories.rules()
    citizen = Client(headers={"accept-language": "vi"})
    shown, cookie = shown_in(walk(citizen)), citizen.cookies["lodging"].value
    together = Barrier(TRIES)

    def tap(_: int) -> str:
        browser = Client(headers={"accept-language": "vi"})
        browser.cookies["lodging"] = cookie
        together.wait()
        try:
            return code_in(browser.post("/gui/kiem-tra/", {"shown": shown}, follow=True))
        finally:
            connection.close()

    with ThreadPoolExecutor(TRIES) as pool:
        codes = set(pool.map(tap, range(TRIES)))
    assert len(codes) == 1
    assert (Complaint.objects.count(), Case.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_crash_while_lodging_leaves_the_draft_and_its_retry_succeeds(monkeypatch):
    factories.rules()
    citizen = Client(headers={"accept-language": "vi"}, raise_request_exception=False)
    page = walk(citizen)
    with monkeypatch.context() as broken:
        broken.setattr("complaints.models.Draft.save", _crash)
        assert citizen.post("/gui/kiem-tra/", {"shown": shown_in(page)}).status_code == 500
    assert Complaint.objects.count() == 0
    assert code_in(citizen.post("/gui/kiem-tra/", {"shown": shown_in(page)}, follow=True))
    assert Complaint.objects.count() == 1


def _crash(*_arguments: object, **_options: object) -> None:
    raise RuntimeError("killed between two lines")
