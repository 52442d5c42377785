import pytest
from django.urls import reverse

from agencies.models import Role
from search.backends.base import SearchUnavailable
from tests import factories

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


def test_degraded_is_labelled(page, index, monkeypatch):
    case = factories.case(narrative="Kem trộn")

    def away(*args, **options):
        raise SearchUnavailable("away")

    monkeypatch.setattr(type(index), "search", away)
    response = page(case.number)
    assert response.context["answer"].degraded
    assert case.number in response.content.decode()
    assert "notice-warning" in response.content.decode()


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


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("kem", 6),
        ("cq: sct kem", 7),
        ("cq: sct xã: cao lãnh kem troonj", 8),
        ("cq: sct xã: cao lãnh troonj ABCDE-FGHJK", 9),
    ],
)
def test_a_field_that_names_an_agency_or_a_commune_is_read_once(
    page, client, sct, deliver, django_assert_max_num_queries, text, most
):
    """However often the text is read; a case number without its province takes two more. Nothing found saves one."""
    factories.case(narrative="Kem trộn")
    page("kem")
    with django_assert_max_num_queries(most):
        client.get("/backoffice/search/", {"q": text})


def test_six_queries_or_fewer(page, client, sct, deliver, django_assert_max_num_queries):
    for n in range(5):
        factories.case(narrative=f"Kem trộn {n}", idempotency_key=f"{n:032x}")
    page("kem")
    with django_assert_max_num_queries(6):
        assert len(client.get(URL, {"q": "kem trộn"}).context["hits"]) == 5
