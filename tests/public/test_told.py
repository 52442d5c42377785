"""What everybody reads of bulletins: pages, files, feeds and figures, without a case being touched."""

from datetime import datetime

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bulletins.services import publishing
from tests.bulletins.conftest import (  # noqa: F401 - fixtures
    approver,
    editor,
    in_november,
    october,
    published,
    signing_key,
    trial_key,
    written,
)
from tests.public.test_pages import check

pytestmark = pytest.mark.django_db
ADDRESSES = (
    "/canh-bao/", "/canh-bao/?q=kem+trang+da&loai=product", "/canh-bao/nhung/", "/canh-bao/atom.xml", "/canh-bao/feed.json",
    "/kien-thuc/", "/ban-tin/", "/ban-tin/atom.xml", "/ban-tin/feed.json", "/du-lieu-mo/", "/du-lieu-mo/so-lieu.csv",
    "/du-lieu-mo/so-lieu.json",
)  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["pages"].clear()


@pytest.fixture
def version(october, editor, approver, signing_key):  # noqa: F811
    with in_november():
        return published(written(october, editor), editor, approver)


@pytest.mark.parametrize("address", ADDRESSES)
def test_empty_pages(client, october, address):  # noqa: F811
    assert client.get(address).status_code == 200


def test_whole(client, version):
    with in_november(4):
        for address in ADDRESSES:
            assert client.get(address).status_code == 200, address
        page = client.get("/canh-bao/").content.decode()
        print(page)
        page = client.get(f"/ban-tin/{version.bulletin_id}/").content.decode()
        print(page)
