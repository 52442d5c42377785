"""What a server keeps of the pages for everybody, and for how long others may."""

from contextlib import ExitStack
from datetime import datetime

import pytest
from django.core.cache import caches
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from agencies.models import Role
from bulletins.models import BulletinVersion
from casemgr.public import told
from events import clock
from tests import factories
from tests.bulletins.conftest import (  # noqa: F401 - a fixture
    in_november,
    lodged_in_october,
    published,
    signing_with,
    spoiled,
    trial_key,
    written,
)
from tests.sharing import shared_rows
from workflows.deadlines import HANOI

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["pages"].clear()


def kept() -> int:
    return len(caches["pages"]._cache)


@pytest.fixture(scope="module")
def told_once(django_db_setup, django_db_blocker, trial_key):  # noqa: F811
    with shared_rows(django_db_blocker):
        editor, approver = factories.member("sct", Role.EDITOR), factories.member("sct", Role.APPROVER)
        with in_november(), override_settings(**signing_with(trial_key)):
            made = published(written(lodged_in_october(), editor), editor, approver)
        yield made.pk


@pytest.fixture
def version(told_once):
    return BulletinVersion.objects.get(pk=told_once)


def test_what_is_asked_for_in_endless_ways_is_not_kept(client, version):
    pdf = f"/ban-tin/{version.bulletin_id}/1/thong-bao.pdf"
    with in_november(4):
        for one in ("/canh-bao/", pdf):
            client.get(one)
        before = kept()
        for n in range(5):
            for path in ("/canh-bao/", pdf):
                for name in (*told.NARROWING, "gi-do"):
                    assert client.get(f"{path}?{name}={n}").status_code == 200
            client.get(f"/canh-bao/?lang={n}")
        assert kept() == before


def test_a_large_answer_is_not_kept(client, version, monkeypatch):
    monkeypatch.setattr(told, "KEPT_BYTES", 100)
    with in_november(4):
        client.get("/canh-bao/")
        marks = kept()
        client.get("/ban-tin/")
    assert kept() == marks


def test_a_file_that_cannot_be_read_now_is_asked_for_again(client, version):
    with spoiled(version), in_november(4):
        answer = client.get(f"/ban-tin/{version.bulletin_id}/1/thong-bao.pdf")
    assert (answer.status_code, answer["Cache-Control"]) == (503, "no-store")


def test_what_was_drawn_across_midnight_is_not_kept_past_it():
    with ExitStack() as stack:

        @told.told
        def slow(_request):
            stack.enter_context(clock.frozen(datetime(2026, 11, 5, 0, 0, 10, tzinfo=HANOI)))
            return HttpResponse("x")

        stack.enter_context(clock.frozen(datetime(2026, 11, 4, 23, 59, 40, tzinfo=HANOI)))
        assert slow(RequestFactory().get("/x/"))["Cache-Control"] == "public, max-age=20"


def test_the_language_goes_along_to_what_stands(client, version):
    with in_november(4):
        own = f"/ban-tin/{version.bulletin_id}/"
        assert client.get(f"{own}1/?lang=en")["Location"] == f"{own}?lang=en"
        assert client.get(f"{own}1/?lang=fr")["Location"] == own
