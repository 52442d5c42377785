"""Coming in by a link: the secret, the one-time code, and everything that must not open a page."""

import pytest
from django.http import HttpResponse
from django.test import Client
from django.test.utils import override_settings
from django.urls import path

from casemgr.business import access
from casemgr.urls import urlpatterns as site
from tests import factories
from tests.factories import business
from workflows.link_codes import digits_of
from workflows.models import OneTimeCode, Purpose

pytestmark = pytest.mark.django_db
ENTRANCE = "/doanh-nghiep/"


@access.requires_purpose(Purpose.ANSWER)
def probe(request, actor):
    return HttpResponse(f"case {actor.case_id} link {actor.link_id}")


urlpatterns = [*site, path("doanh-nghiep/probe/", probe)]


@pytest.fixture(autouse=True)
def _urls():
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.fixture
def sct():
    return factories.member("sct")


@pytest.fixture
def sent(sct):
    return business.sent_link(factories.case(), sct)


def digits(link) -> str:
    return digits_of(OneTimeCode.objects.filter(link=link).latest("pk"))


def enter(client: Client, code: str):
    return client.post(ENTRANCE, {"code": code})


def test_the_whole_way_in(sent):
    client = Client()
    assert enter(client, sent.code)["Location"] == "/doanh-nghiep/ma/"
    assert client.get("/doanh-nghiep/probe/").status_code == 403, "the link alone opens nothing"
    client.post("/doanh-nghiep/ma/", {"digits": digits(sent.link)})
    assert client.get("/doanh-nghiep/probe/").content.decode() == f"case {sent.link.case_id} link {sent.link.pk}"
    sent.link.refresh_from_db()
    assert sent.link.used_at is not None
    client.post("/doanh-nghiep/thoat/")
    assert client.get("/doanh-nghiep/probe/").status_code == 403
