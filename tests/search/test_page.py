import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Role
from search.backends.base import SearchUnavailable
from search.services_saved import Asked, Keeping, save_search
from tests import factories
from tests.factories import journeys
from tests.search.test_index_life import lose
from workflows.services import referral

pytestmark = pytest.mark.django_db
URL = "/backoffice/search/"


def test_results_with_marks_total_and_link(page):
    case = factories.case(narrative="Nhận được bản xước, <b>móp</b>")
    html = page("ban xuoc").content.decode()
    assert "<mark>bản</mark>" in html
    assert "&lt;b&gt;" in html, html[html.index("search-fragment") :][:400]
    assert reverse("backoffice:case", args=[case.number]) in html
    assert "<strong>1</strong>" in html


def test_before_asking_there_is_only_the_box(page):
    html = page().content.decode()
    assert 'name="q"' in html
    assert "search-results" not in html
    assert "empty-title" not in html


@pytest.mark.parametrize("text", ["không có gì như thế zzz", "?!", "\x00", "x" * 9_999, "🙂", '"'])
def test_nothing_found_is_said_plainly(page, text):
    factories.case(narrative="Kem trộn")
    response = page(text)
    assert response.status_code == 200
    assert "empty-title" in response.content.decode()


def test_what_was_typed_stays_and_is_escaped(page):
    html = page('"><script>alert(1)</script>').content.decode()
    assert "<script>alert" not in html
    assert 'value="&quot;&gt;&lt;script&gt;' in html


def test_paging(page):
    for n in range(23):
        factories.case(narrative=f"Kem trộn {n}", idempotency_key=f"{n:032x}")
    first = page("kem trộn")
    assert len(first.context["hits"]) == 20
    second = page("kem trộn", page=first.context["answer"].cursor)
    assert len(second.context["hits"]) == 3
    assert not {h["case"].pk for h in first.context["hits"]} & {h["case"].pk for h in second.context["hits"]}
    assert second.context["first_url"]


def test_a_damaged_cursor_is_the_beginning(page):
    factories.case(narrative="Kem trộn")
    assert len(page("kem", page="%%%").context["hits"]) == 1


def test_degraded_is_labelled(page, index, answering, monkeypatch):
    case = factories.case(narrative="Kem trộn")

    def away(*args, **options):
        raise SearchUnavailable("away")

    monkeypatch.setattr(answering, "search", away)
    response = page(case.number)
    assert response.context["answer"].degraded
    assert case.number in response.content.decode()
    assert "notice-warning" in response.content.decode()


BY_ITSELF, REBUILT = "tự hoạt động trở lại", "manage.py rebuild_index"


@pytest.mark.both_profiles
def test_an_index_that_is_lost_is_not_said_to_come_back_by_itself(page, client, sct, index):
    case = factories.case(narrative="Kem trộn", identifiers=[("phone", "0912345678")])
    saved = save_search(by=sct, keeping=Keeping("Theo dõi"), asked=Asked("0912345678", is_watchlist=True))
    assert page(case.number).context["hits"]
    lose(index)
    for html in (page(case.number), client.get(f"/backoffice/searches/{saved.pk}/cases/")):
        assert case.number in html.content.decode()
        assert REBUILT in html.content.decode()
        assert BY_ITSELF not in html.content.decode()


@pytest.mark.both_profiles
def test_one_that_is_away_or_not_begun_yet_comes_back_by_itself(client, sct, index, answering, monkeypatch, deliver):
    case = factories.case(narrative="Kem trộn")
    client.force_login(sct.person)
    shown = client.get("/backoffice/search/", {"q": case.number}).content.decode()
    assert BY_ITSELF in shown, "a new installation: the first case begins it"
    assert REBUILT not in shown
    deliver()

    def away(*args, **options):
        raise SearchUnavailable("away")

    monkeypatch.setattr(answering, "search", away)
    shown = client.get("/backoffice/search/", {"q": case.number}).content.decode()
    assert BY_ITSELF in shown
    assert REBUILT not in shown


def test_a_long_search_is_shortened_and_says_so(page):
    factories.case(narrative="Kem trộn")
    assert page("kem " + " ".join(f"tu{n}" for n in range(100))).context["answer"].shortened


def test_the_complainant_is_found_and_not_shown(page):
    factories.case(narrative="Kem trộn")
    html = page("Trần Thị Mẫu").content.decode().replace('value="Trần Thị Mẫu"', "").replace("Trần Thị Mẫu ·", "")
    assert "Trần Thị Mẫu" not in html
    assert "search-result" in html


def test_people_who_handle_no_cases_have_no_search(client, index):
    client.force_login(factories.member("sct", Role.EDITOR).person)
    assert client.get(URL, {"q": "kem"}).status_code == 403


def test_strangers_sign_in_first(client, index):
    assert client.get(URL, {"q": "kem"}).status_code == 302


@pytest.fixture
def names_unread(monkeypatch):
    """As in a process that was just begun, and as every minute."""
    monkeypatch.setattr("search.names.KEPT_SECONDS", -1)


@pytest.fixture
def queries(client, page, sct):
    """What the whole page asks of the database, session and all."""
    page("kem")

    def of(text: str, **more: str) -> tuple[int, HttpResponse]:
        with CaptureQueriesContext(connection) as seen:
            response = client.get(URL, {"q": text} | more)
        assert response.status_code == 200
        return len(seen), response

    return of


TEXTS = [
    "", "kem", "kem trộn", "kem troonj", "kem tronn", "zzz không có gì", "cq: sct kem", "cq: sct xã: cao lãnh kem troonj",
    "cq: sct xã: cao lãnh troonj ABCDE-FGHJK", "ABCDE-FGHJK FGHJK-ABCDE", "0912 345 678", "xax: cao lanh troonj",
]  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_the_whole_page_is_six_queries_or_fewer(queries, names_unread, settings, text, deliver, index):
    settings.MFA_REQUIRED_ROLES = frozenset({"auditor"})
    for n in range(3):
        factories.case(narrative=f"Kem trộn {n}", idempotency_key=f"{n:032x}")
    deliver()
    for more in ({}, {"state": "lodged", "from": "2020-01-01"}, {"exact": "1"}):
        assert queries(text, **more)[0] <= 6
    lose(index)
    assert queries(text)[0] <= 7, "and whether it was lost"


def test_by_its_number_without_the_province_six_or_fewer(queries, names_unread, page):
    case = factories.case(narrative="Kem trộn")
    page("kem")
    count, response = queries(case.number.partition("-")[2])
    assert [hit["case"] for hit in response.context["hits"]] == [case]
    assert count <= 6


def test_while_cases_change_hands_six_or_fewer(queries, names_unread, sct, page):
    """Each is excluded by a query that says so; its owner's are not."""
    mine, theirs = (journeys.accepted(sct, narrative=f"Kem trộn {n}").case for n in "ab")
    police = factories.member("congan")
    theirs = referral.refer_case(
        case_id=theirs.pk, by=sct, version=theirs.version, to=police.agency, reason="x", explanation="Tội phạm."
    )
    page("kem")
    referral.take_referral(case_id=theirs.pk, by=police, version=theirs.version)
    referral.refer_case(
        case_id=mine.pk, by=sct, version=mine.version, to=police.agency, reason="x", explanation="Tội phạm."
    )
    count, response = queries("cq: sct kem")
    assert [hit["case"].pk for hit in response.context["hits"]] == [mine.pk]
    assert response.context["answer"].total == 1
    assert count <= 6


def test_who_needs_a_second_factor_costs_none_more(queries, names_unread, sct, settings):
    settings.MFA_REQUIRED_ROLES = frozenset({"supervisor"})
    Authenticator.objects.create(user=sct.person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    factories.case(narrative="Kem trộn")
    assert queries("cq: sct kem")[0] <= 6


@pytest.mark.parametrize("answered", range(4))
def test_while_the_engine_goes_away_six_or_fewer(queries, names_unread, page, index, answering, monkeypatch, answered):
    """Before it is asked, and between two of its answers."""
    case = factories.case(narrative="Kem trộn")
    page("kem")
    asked = iter(range(answered))

    def until_away(ask):
        def answer(*args, **options):
            if next(asked, None) is None:
                raise SearchUnavailable("away")
            return ask(*args, **options)

        return answer

    for name in ("search", "tally"):
        monkeypatch.setattr(answering, name, until_away(getattr(answering, name)))
    count, response = queries(f"cq: sct {case.number.partition('-')[2]}")
    assert [hit["case"] for hit in response.context["hits"]] == [case]
    assert count <= 6


@pytest.mark.parametrize("colon", [":", "："])
def test_an_agency_is_found_by_its_new_name_at_once(page, sct, colon):
    """Names are kept for a minute, but not for those who ask for one."""
    factories.case(narrative="Kem trộn")
    page("kem")
    sct.agency.short_name = "Sở Mới Tinh"
    sct.agency.save()
    assert len(page(f'cq{colon} "sở mới tinh" kem').context["hits"]) == 1
