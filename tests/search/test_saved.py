"""Keeping, changing and seeing saved searches, and their pages."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from agencies.models import Membership, Role
from events import clock
from events.relay import Relay
from notifications.models import Notification
from search.models import Alert, SavedSearch, SearchMatch
from search.selectors import Narrowing
from search.selectors_saved import saved_searches
from search.services_saved import MOST_SEARCHES, Asked, Keeping, change_search, delete_search, save_search
from tests import factories
from tests.backoffice.conftest import sign_in
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.services.referral import recall_referral, refer_case

pytestmark = pytest.mark.django_db
LIST = "/backoffice/searches/"


@pytest.fixture
def sct():
    return factories.member("sct")


def keep(by, text="kem trộn", *, name="", alert=Alert.NOW, watchlist=False, shared=False):
    return save_search(
        by=by, keeping=Keeping(name or text[:40], alert, shared), asked=Asked(text, is_watchlist=watchlist)
    )


def names(actor) -> list[str]:
    return [saved.name for saved in saved_searches(actor)]


def tell():
    Relay(["alerts", "notify"]).run_until_idle()


# Whose they are


def test_a_shared_search_is_seen_by_the_agency_and_by_nobody_else(sct):
    keep(sct, name="riêng")
    keep(sct, name="chung", shared=True)
    assert names(sct) == ["chung", "riêng"]
    assert names(factories.member("sct", Role.HANDLER)) == ["chung"]
    for other in (
        factories.member("congan"),
        factories.member("sct", Role.EDITOR),
        factories.member("sct", Role.AUDITOR),
    ):
        assert names(other) == []


def test_for_another_agency_a_person_has_others(sct):
    keep(sct)
    assert names(factories.member("congan", who=sct.person)) == []


def test_only_the_owner_changes_and_deletes(sct):
    saved, colleague = keep(sct, shared=True), factories.member("sct")
    for verb in (
        lambda: change_search(search_id=saved.pk, by=colleague, keeping=Keeping("y")),
        lambda: delete_search(search_id=saved.pk, by=colleague),
        lambda: delete_search(search_id=saved.pk, by=factories.member("congan", who=sct.person)),
    ):
        with pytest.raises(CaseNotFound):
            verb()
    change_search(search_id=saved.pk, by=sct, keeping=Keeping("z", Alert.WEEKLY))
    saved.refresh_from_db()
    assert (saved.name, saved.alert, saved.shared_with_unit) == ("z", "weekly", False)
    delete_search(search_id=saved.pk, by=sct)
    assert not SavedSearch.objects.exists()


def test_only_people_who_handle_cases_save():
    with pytest.raises(MoveNotAllowed):
        keep(factories.member("sct", Role.EDITOR))


@pytest.mark.parametrize(
    ("text", "name", "watchlist", "field"),
    [
        ("", "x", False, "text"),
        ("?!", "x", False, "text"),
        ("x" * 10_001, "x", False, "text"),
        ("kem", " ", False, "name"),
        ("kem", "x" * 101, False, "name"),
        ("", "x", True, "lines"),
        ("0912345678\nkem", "x", True, "lines"),
        ("\n".join(f"09{n:08d}" for n in range(201)), "x", True, "lines"),
    ],
)
def test_what_cannot_be_kept_is_said(sct, text, name, watchlist, field):
    with pytest.raises(InvalidInput) as refused:
        save_search(by=sct, keeping=Keeping(name), asked=Asked(text, is_watchlist=watchlist))
    assert refused.value.field == field
    assert not SavedSearch.objects.exists()


def test_a_name_is_used_once(sct):
    keep(sct, name="x")
    with pytest.raises(InvalidInput):
        keep(sct, name=" x ")
    keep(factories.member("sct"), name="x")


def test_at_most_a_hundred(sct):
    now = clock.now()
    rows = (
        SavedSearch(owner=sct.person, agency=sct.agency, name=f"{n}", text="x", created_at=now, opened_at=now, digested_at=now)
        for n in range(MOST_SEARCHES)
    )  # fmt: skip
    SavedSearch.objects.bulk_create(rows)
    with pytest.raises(MoveNotAllowed, match="100"):
        keep(sct)


# The pages


def test_saving_from_the_search_page_and_opening_again(sct, index):
    client = sign_in(sct)
    Relay(["index"]).run_until_idle()
    html = client.get("/backoffice/search/", {"q": "kem trộn", "state": "lodged", "page": "x"}).content.decode()
    carried = dict(re.findall(r'<input type="hidden" name="(q|state|page)" value="([^"]*)"', html))
    assert carried == {"q": "kem trộn", "state": "lodged"}
    posted = carried | {"name": "Kem", "alert": "now", "shared": "on", "from": "2026-01-01"}
    assert client.post(reverse("backoffice:search-save"), posted)["Location"] == LIST
    saved = SavedSearch.objects.get()
    assert saved.filters == {"filters": {"state": ["lodged"]}, "since": "2026-01-01"}
    assert saved.shared_with_unit
    opened = client.post(reverse("backoffice:search-open", args=[saved.pk]))["Location"]
    assert opened == "/backoffice/search/?q=kem+tr%E1%BB%99n&from=2026-01-01&state=lodged"
    assert "Kem" in client.get(LIST).content.decode()


def test_one_as_long_as_a_message_is_opened_too(sct):
    text = "kem trộn giả " * 700
    saved = keep(sct, text=text)
    html = sign_in(sct).post(reverse("backoffice:search-open", args=[saved.pk])).content.decode()
    (place,) = re.findall(r'http-equiv="refresh" content="0; url=([^"]+)"', html)
    assert parse_qs(urlsplit(unescape(place)).query)["q"] == [saved.text]


def test_who_is_signed_out_is_asked_to_sign_in_however_long_the_search(client):
    answer = client.get("/backoffice/search/", {"q": "kem trộn giả " * 700})
    assert answer["Location"] == "/accounts/login/?next=/backoffice/search/"


def test_what_cannot_be_saved_keeps_what_was_searched_for(sct):
    client = sign_in(sct)
    answer = client.post(
        reverse("backoffice:search-save"), {"q": 'kem "trộn"', "state": "lodged", "name": "", "alert": "now"}
    )
    assert answer.status_code == 400
    html = answer.content.decode()
    assert 'name="q" value="kem &quot;trộn&quot;"' in html
    assert 'name="state" value="lodged"' in html


def test_without_anything_asked_there_is_nothing_to_save(sct, index):
    assert "search-save" not in sign_in(sct).get("/backoffice/search/").content.decode()


def test_new_ones_are_counted_until_it_is_opened(sct):
    client = sign_in(sct)
    saved = keep(sct)
    factories.case(narrative="Kem trộn")
    factories.case(narrative="Kem trộn khác")
    tell()
    assert '<span class="count">2</span>' in client.get(LIST).content.decode()
    client.post(reverse("backoffice:search-open", args=[saved.pk]))
    assert '<span class="count">2</span>' not in client.get(LIST).content.decode()


def test_what_may_be_seen_no_more_is_not_counted(sct):
    police = factories.member("congan")
    keep(police)
    case = factories.case(narrative="Kem trộn")
    case = refer_case(case_id=case.pk, to=police.agency, by=sct, reason="Cần xác minh.", version=case.version)
    tell()
    assert [saved.fresh for saved in saved_searches(police)] == [1]
    recall_referral(case_id=case.pk, by=sct, version=case.version, reason="Nhầm nơi.")
    assert SearchMatch.objects.count() == 1
    assert [saved.fresh for saved in saved_searches(police)] == [0]


def test_the_inbox_says_which_search(sct):
    keep(sct, name="Tên riêng của tôi")
    case = factories.case(narrative="Kem trộn")
    tell()
    html = sign_in(sct).get("/backoffice/inbox/").content.decode()
    assert case.number in html
    assert "saved search “Tên riêng của tôi”" in html
    SavedSearch.objects.all().delete()
    assert "a saved search of yours" in sign_in(sct).get("/backoffice/inbox/").content.decode()


def test_the_inbox_opens_the_case_while_it_may_be_seen(sct):
    ward = factories.agency("ward", assisted_intake_only=True)
    clerk = factories.member("ward")
    keep(clerk)
    case = factories.case(narrative="Kem trộn", received_at_agency=ward.pk)
    tell()
    row = Notification.objects.get(recipient=clerk.person, kind="search.matched")
    opened = sign_in(clerk).post(reverse("backoffice:inbox-open", args=[row.pk]))
    assert opened["Location"] == reverse("backoffice:case", args=[case.number])
    assert ward == row.agency


def test_a_watchlist_from_paste_to_cases(sct, index):
    client, url = sign_in(sct), reverse("backoffice:watchlist-new")
    form = {"name": "Bích Ngọc", "alert": "now", "lines": "0987 654 321\nBích Ngọc\nstk 19035678901234"}
    refused = client.post(url, form)
    assert refused.status_code == 400
    html = refused.content.decode()
    assert "<li>Bích Ngọc</li>" in html
    assert "0987 654 321\nBích Ngọc\nstk 19035678901234</textarea>" in html
    assert "phone number" in html
    assert not SavedSearch.objects.exists()
    looked_at = client.post(url, form | {"lines": "0987 654 321", "check": "yes"})
    assert "0987654321" in looked_at.content.decode()
    assert not SavedSearch.objects.exists()
    saved = client.post(url, form | {"lines": "0987 654 321\nstk 19035678901234"})
    case = factories.case(identifiers=[("bank_account", "19035678901234")])
    factories.case(narrative="Khác")
    Relay(["index"]).run_until_idle()
    page = client.get(saved["Location"])
    assert [hit["case"] for hit in page.context["hits"]] == [case]
    assert "19035678901234" in page.content.decode()


def test_a_shared_watchlist_shows_each_agency_member_the_same_and_strangers_nothing(sct, index):
    saved = keep(sct, "0912345678", watchlist=True, shared=True)
    page = reverse("backoffice:watchlist", args=[saved.pk])
    assert sign_in(factories.member("sct", Role.HANDLER)).get(page).status_code == 200
    assert sign_in(factories.member("congan")).get(page).status_code == 404


def test_what_a_search_asks_is_changed_and_what_narrows_it_stays(sct):
    """What fitted the old words is no match of the new ones; nothing is lost where the new ones say nothing."""
    saved = save_search(
        by=sct, keeping=Keeping("kem"), asked=Asked("kem trộn", Narrowing(filters={"state": ["received"]}))
    )
    client = sign_in(sct)
    page = f"{LIST}{saved.pk}/"
    assert client.post(page, {"name": "kem", "text": "  ", "alert": "none"}).status_code == 302
    saved.refresh_from_db()
    assert (saved.text, saved.filters["filters"]) == ("", {"state": ["received"]})
    client.post(page, {"name": "kem", "text": "sữa giả -kem", "alert": "none"})
    saved.refresh_from_db()
    assert (saved.text, saved.filters["filters"]) == ("sữa giả -kem", {"state": ["received"]})
    bare = keep(sct, "nồi")
    empty = client.post(f"{LIST}{bare.pk}/", {"name": "nồi hấp", "text": "??", "alert": "none"})
    assert empty.status_code == 400
    assert 'value="nồi hấp"' in empty.content.decode()
    bare.refresh_from_db()
    assert (bare.name, bare.text) == ("nồi", "nồi")


def test_changing_and_deleting_by_the_pages(sct):
    saved = keep(sct, "0912345678", watchlist=True)
    client, edit = sign_in(sct), reverse("backoffice:search-edit", args=[saved.pk])
    assert "0912345678</textarea>" in client.get(edit).content.decode()
    assert client.post(edit, {"name": "n", "alert": "none", "lines": "x"}).status_code == 400
    assert client.post(edit, {"name": "n", "alert": "daily", "lines": "0987654321"}).status_code == 302
    saved.refresh_from_db()
    assert (saved.name, saved.alert, saved.text) == ("n", "daily", "0987654321")
    delete = reverse("backoffice:search-delete", args=[saved.pk])
    assert client.get(delete).status_code == 200
    assert SavedSearch.objects.exists()
    client.post(delete)
    assert not SavedSearch.objects.exists()


@pytest.mark.parametrize("name", ["search-edit", "search-open", "search-delete", "watchlist"])
def test_the_searches_of_others_are_not_found(sct, name):
    saved = keep(sct)
    client = sign_in(factories.member("sct"))
    method = client.post if name == "search-open" else client.get
    assert method(reverse(f"backoffice:{name}", args=[saved.pk])).status_code == 404


def test_who_left_the_agency_reaches_nothing(sct):
    saved = keep(sct)
    client = sign_in(sct)
    Membership.objects.filter(person=sct.person).update(revoked_at=clock.now())
    assert client.get(reverse("backoffice:search-edit", args=[saved.pk])).status_code in (302, 403, 404)


def test_the_list_is_a_few_queries_however_long(sct, django_assert_max_num_queries):
    colleague = factories.member("sct")
    for n in range(15):
        keep(sct, name=f"{n}")
        keep(colleague, name=f"{n}", shared=True)
    factories.case(narrative="Kem trộn")
    tell()
    client = sign_in(sct)
    with django_assert_max_num_queries(6):
        assert client.get(LIST).status_code == 200
