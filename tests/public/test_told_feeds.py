"""Feeds and files for programs, against what their formats ask for."""

import csv
import io
import json
from datetime import datetime
from xml.etree import ElementTree

import pytest
from django.core.cache import caches

from bulletins.models import DailyFigure, FigureDay, PublishedItem
from bulletins.services import issuing, publishing
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

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["pages"].clear()


def atom(client, address: str):
    answer = client.get(address)
    assert answer["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(answer.content)


def ids(feed) -> dict[str, str]:
    """Updated by id; every element RFC 4287 (4.1) asks for is there."""
    for name in ("id", "title", "updated", "author/{http://www.w3.org/2005/Atom}name"):
        assert feed.find(f"{ATOM}{name}").text
    assert {link.get("rel") for link in feed.findall(f"{ATOM}link")} >= {"self", "alternate"}
    found = {}
    for entry in feed.findall(f"{ATOM}entry"):
        for name in ("id", "title", "updated", "published", "summary"):
            assert entry.find(f"{ATOM}{name}").text
        assert entry.find(f"{ATOM}link").get("href").startswith("http")
        assert datetime.fromisoformat(entry.find(f"{ATOM}updated").text).tzinfo
        found[entry.find(f"{ATOM}id").text] = entry.find(f"{ATOM}updated").text
    assert len(found) == len(feed.findall(f"{ATOM}entry"))
    return found


def json_feed(client, address: str) -> dict[str, dict]:
    """Items by id; what JSON Feed 1.1 asks for is there."""
    answer = client.get(address)
    assert answer["Content-Type"].startswith("application/feed+json")
    feed = json.loads(answer.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert item["content_text"]
        assert item["url"].startswith("http")
        assert datetime.fromisoformat(item["date_published"]).tzinfo
    return {item["id"]: item for item in feed["items"]}


def test_a_correction_is_an_update_of_the_same_entries(client, october, editor, approver, signing_key):  # noqa: F811
    with in_november():
        first = published(written(october, editor), editor, approver)
    with in_november(4):
        before, bulletin = ids(atom(client, "/canh-bao/atom.xml")), ids(atom(client, "/ban-tin/atom.xml"))
        assert set(before) == set(json_feed(client, "/canh-bao/feed.json"))
        assert set(bulletin) == set(json_feed(client, "/ban-tin/feed.json"))
        assert len(before) == PublishedItem.objects.count() == 4
        assert len(bulletin) == 1
    with in_november(5):
        second = issuing.begin_correction(
            version_id=first.pk, revision=first.revision, what_changed="Sửa tên: ghi nhầm.", by=editor
        )
        second = published(second, editor, approver)
    with in_november(6):
        after = ids(atom(client, "/canh-bao/atom.xml"))
        assert set(after) == set(before)
        assert all(after[key] > before[key] for key in after)
        items = json_feed(client, "/canh-bao/feed.json").values()
        assert all(item["date_published"] < item["date_modified"] for item in items)
        publishing.withdraw(version_id=second.pk, revision=second.revision, reason="Sai.", by=approver)
    with in_november(7):
        assert ids(atom(client, "/canh-bao/atom.xml")) == {}
        [item] = json_feed(client, "/ban-tin/feed.json").values()
        assert item["title"].startswith("Đã thu hồi")
        assert set(ids(atom(client, "/ban-tin/atom.xml"))) == set(bulletin)


def test_csv_and_json_say_the_same(client, october):  # noqa: F811
    for text, key, n in (("2026-10-02", "30000", 7), ("2026-10-03", "=1+1", 6), ("2026-10-04", "30001", 2)):
        day = FigureDay.objects.create(province=october, day=text, stale=False)
        DailyFigure.objects.create(day=day, measure="received", key="", count=n)
        DailyFigure.objects.create(day=day, measure="commune", key=key, count=n)
    with in_november(4):
        table, data = client.get("/du-lieu-mo/so-lieu.csv"), json.loads(client.get("/du-lieu-mo/so-lieu.json").content)
        page = client.get("/du-lieu-mo/").content.decode()
    assert table.content.startswith(b"\xef\xbb\xbf")
    assert table["Access-Control-Allow-Origin"] == "*"
    rows = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    told = [(row["chi_tieu"], row["ma"], row["so_luong"]) for row in rows]
    assert told == [(row["chi_tieu"], row["ma"], str(row["so_luong"] or "")) for row in data["rows"]]
    assert ("tiep_nhan", "", "15") in told
    assert ("theo_xa_phuong", "30000", "7") in told
    # Six and two are told together: two alone could be had from the total.
    assert ("theo_xa_phuong", "cac_nhom_khac", "8") in told
    assert not any(cell.startswith("=") for row in rows for cell in row.values())
    assert all(f"<code>{name}</code>" in page for name in data["rows"][0])
