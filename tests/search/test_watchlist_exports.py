"""Files of what a watchlist finds: the same as its page, under the rules of every export."""

import re
from collections.abc import Iterator

import pytest

from events.models import Event
from events.relay import Relay
from search.exporting import MOST_RUNNING
from search.models import SavedSearch, SearchExport
from search.services_saved import Asked, Keeping, save_search
from tests import factories
from tests.search.test_exports import rows
from workflows.models import Case

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_storage")]
ACCOUNT, LINES = ("bank_account", "19035678901234"), "1903 5678 9012 34\n0934 567 890"


@pytest.fixture
def deliver(index):
    return lambda: Relay(["index"]).run_until_idle() + Relay(["slow"]).run_until_idle()


@pytest.fixture
def desk(client, sct):
    client.force_login(sct.person)
    return client


def kept(by, *, shared: bool = False, **asked) -> SavedSearch:
    asked = {"text": LINES, "is_watchlist": True} | asked
    return save_search(by=by, keeping=Keeping("Theo dõi", "none", shared), asked=Asked(**asked))


def file_of(client, saved, form: str = "csv"):
    return client.post(f"/backoffice/exports/watchlists/{saved.pk}/", {"format": form})


def dead_links(html: str) -> Iterator[str]:
    return (name for name in re.findall(r'href="#([^"]+)"', html) if f'id="{name}"' not in html)


def test_it_holds_what_its_page_shows(desk, sct, deliver, monkeypatch):
    monkeypatch.setattr("search.exporting.PAGE", 2)
    cases = [factories.case(identifiers=[ACCOUNT]) for _ in range(3)]
    cases.append(factories.case(identifiers=[("phone", "0934567890")]))
    factories.case(narrative="Không có số nào.")
    foreign = factories.case(identifiers=[ACCOUNT])
    deliver()
    Case.objects.filter(pk=foreign.pk).update(owner=factories.agency("qltt"))
    saved = kept(sct)
    page = desk.get(f"/backoffice/searches/{saved.pk}/cases/")
    assert file_of(desk, saved)["Location"] == "/backoffice/exports/"
    deliver()
    found = rows(SearchExport.objects.get())
    assert {row["Số hồ sơ"] for row in found} == {case.number for case in cases}
    assert {hit["case"] for hit in page.context["hits"]} == set(cases)


def test_every_link_of_the_page_leads_somewhere(desk, sct, deliver):
    factories.case(identifiers=[ACCOUNT])
    deliver()
    saved = kept(sct)
    html = desk.get(f"/backoffice/searches/{saved.pk}/cases/").content.decode()
    assert 'href="#search-export"' in html
    assert "search-save" not in html, "it is saved"
    assert list(dead_links(html)) == []
    assert f'action="/backoffice/exports/watchlists/{saved.pk}/"' in html
    assert list(dead_links(desk.get("/backoffice/search/", {"q": "19035678901234"}).content.decode())) == []


def test_a_colleague_takes_a_shared_one_along_and_nobody_else_does(client, sct, deliver):
    own, shared = kept(sct), kept(factories.member("sct"), shared=True)
    client.force_login(sct.person)
    assert file_of(client, shared).status_code == 302
    client.force_login(factories.member("sct").person)
    assert file_of(client, own).status_code == 404
    client.force_login(factories.member("qltt").person)
    assert file_of(client, shared).status_code == 404
    client.force_login(factories.member("sct", "auditor").person)
    assert file_of(client, shared).status_code == 403
    assert SearchExport.objects.get().owner == sct.person


def test_the_limits_and_the_log_are_those_of_every_file(desk, sct, deliver):
    saved = kept(sct)
    for _ in range(MOST_RUNNING + 1):
        file_of(desk, saved)
    assert SearchExport.objects.count() == MOST_RUNNING
    told = Event.objects.filter(kind="search.export_asked")
    assert told.count() == MOST_RUNNING
    assert "1903" not in str([event.data for event in told])


def test_nonsense_is_no_file(desk, sct, deliver):
    saved, search = kept(sct), save_search(by=sct, keeping=Keeping("Kem"), asked=Asked("kem"))
    assert file_of(desk, saved, "exe").status_code == 302
    assert file_of(desk, search).status_code == 404
    assert desk.get(f"/backoffice/exports/watchlists/{saved.pk}/").status_code == 405
    assert not SearchExport.objects.exists()


def test_what_is_changed_in_the_list_later_does_not_change_the_file(desk, sct, deliver):
    case = factories.case(identifiers=[ACCOUNT])
    saved = kept(sct)
    file_of(desk, saved)
    SavedSearch.objects.filter(pk=saved.pk).update(text="0988777666")
    deliver()
    assert [row["Số hồ sơ"] for row in rows(SearchExport.objects.get())] == [case.number]
