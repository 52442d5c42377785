"""What narrows a search, on the page: facets, chips, days, order, months, the map."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from agencies.models import Commune
from casemgr.backoffice.commune_map import class_limits
from casemgr.backoffice.search_asked import read_asked
from casemgr.backoffice.search_facets import fields_explained, histogram
from complaints.models import ProductGroup
from search.backends.base import Order
from search.choices import KnownChoices
from search.fields import FIELDS
from search.names import Name
from search.query import parse
from tests import factories
from tests.factories import journeys

pytestmark = pytest.mark.django_db
URL, MAP = "/backoffice/search/", "/backoffice/search/map/"
KNOWN = (Name("owner", "qltt", "Chi cục Quản lý thị trường", "QLTT"), Name("commune", "29869", "Cao Lãnh", ""))


def facet(response, field: str) -> dict[str, int]:
    found = {one.field: one for one in response.context["facets"]}
    return {choice.value: choice.count for choice in [*found[field].choices, *found[field].more]}


def test_facets_count_and_narrow(page, sct):
    journeys.lodged(sct, narrative="Kem trộn một")
    journeys.accepted(sct, narrative="Kem trộn hai")
    journeys.lodged(sct, narrative="Chuyện khác")
    assert facet(page("kem"), "state") == {"lodged": 1, "accepted": 1}
    narrowed = page("kem", state="accepted")
    assert len(narrowed.context["hits"]) == 1
    assert facet(narrowed, "state") == {"accepted": 1, "lodged": 1}, "counted without its own filter"
    html = narrowed.content.decode()
    assert re.search(r'value="accepted"\s+checked', html)
    [chip] = narrowed.context["chips"]
    assert (chip.field, chip.url) == ("state", "?q=kem")


@pytest.mark.parametrize(("language", "called"), [("vi", "Hàng giả"), ("en", "Counterfeits")])
def test_values_are_called_by_their_names(page, client, sct, monkeypatch, language, called):
    """Agencies and communes have one in both languages."""
    monkeypatch.setattr("search.names.KEPT_SECONDS", -1)
    client.cookies["django_language"] = language
    group = ProductGroup.objects.create(code="counterfeits", label_vi="Hàng giả", label_en="Counterfeits")
    where = {"province": factories.province(), "kind": "ward", "name": "Cao Lãnh", "full_name": "Phường Cao Lãnh"}
    Commune.objects.get_or_create(code="29869", defaults=where)
    journeys.lodged(sct, narrative="Kem trộn", product_group=group.pk, commune="29869")
    facets = {one.field: one.choices[0].label for one in page("kem").context["facets"]}
    assert facets["product_group"] == called
    assert facets["owner"] == sct.agency.short_name
    assert facets["commune"] == "Phường Cao Lãnh"


def test_a_choice_that_fits_nothing_stays_to_be_taken_back(page, sct):
    journeys.lodged(sct, narrative="Kem trộn")
    response = page("kem", state="closed", owner="nobody")
    assert response.context["hits"] == []
    assert facet(response, "state")["closed"] == 0
    assert {chip.field for chip in response.context["chips"]} == {"state", "owner"}
    assert '<a class="btn btn-secondary" href="?q=kem">' in response.content.decode()


@pytest.mark.parametrize(
    "nonsense",
    [
        {"state": "x" * 500}, {"state": ["\x00", ""]}, {"from": "yesterday", "to": "9999-99-99"}, {"order": "fastest"},
        {"month": "2026"}, {"amount_band": "-1"}, {"page": "zzz"}, {"from": "0001-01-01"}, {"commune": ["1"] * 300},
        {"from": "2026-12-31", "to": "2026-01-01"},
    ],
)  # fmt: skip
def test_any_address_gets_a_page(page, sct, nonsense):
    journeys.lodged(sct, narrative="Kem trộn")
    assert page("kem", **nonsense).status_code == 200


def test_days_and_order_are_read_and_written_back():
    asked = read_asked(QueryDict("q=kem&from=2026-11-30&to=2026-11-01&order=newest&state=lodged&state=lodged&x=1"))
    assert (str(asked.narrowing.since), str(asked.narrowing.until)) == ("2026-11-01", "2026-11-30")
    assert asked.narrowing.order is Order.NEWEST
    assert asked.url() == "?q=kem&order=newest&from=2026-11-01&to=2026-11-30&state=lodged"
    assert asked.url(state=[], order="") == "?q=kem&from=2026-11-01&to=2026-11-30"


def test_months_stand_side_by_side_without_gaps():
    asked = read_asked(QueryDict("q=kem&from=2026-10-01"))
    bars = histogram(asked, {"2026-08": 4, "2026-11": 2, "nonsense": 9})
    assert [(bar.label, bar.count, bar.within) for bar in bars] == [
        ("08/2026", 4, False), ("09/2026", 0, False), ("10/2026", 0, True), ("11/2026", 2, True),
    ]  # fmt: skip
    assert [bar.height for bar in bars] == ["72.0", "0.0", "0.0", "36.0"]
    assert bars[3].url == "?q=kem&from=2026-11-01&to=2026-11-30"
    assert histogram(asked, {"nonsense": 9}) == []


@pytest.mark.parametrize(
    ("first", "last", "labels", "ends", "bars"),
    [
        ("2023-12", "2026-11", ("12/2023", "11/2026"), "from=2026-11-01&to=2026-11-30", 36),
        ("2023-11", "2026-11", ("Quý 4/2023", "Quý 4/2026"), "from=2026-10-01&to=2026-12-31", 13),
        ("2018-01", "2026-12", ("Quý 1/2018", "Quý 4/2026"), "from=2026-10-01&to=2026-12-31", 36),
        ("2017-12", "2026-11", ("Năm 2017", "Năm 2026"), "from=2026-01-01&to=2026-12-31", 10),
        ("1991-12", "2026-01", ("Năm 1991", "Năm 2026"), "from=2026-01-01&to=2026-12-31", 36),
        ("1990-12", "2026-01", ("1990–1994", "2025–2029"), "from=2025-01-01&to=2029-12-31", 8),
        ("1900-01", "2199-12", ("1900–1909", "2190–2199"), "from=2190-01-01&to=2199-12-31", 30),
    ],
)
def test_where_months_are_too_many_a_bar_is_more_than_one(first, last, labels, ends, bars):
    """And none is left out without a word."""
    with override("vi"):
        drawn = histogram(read_asked(QueryDict("q=kem")), {first: 4, last: 2})
    assert (drawn[0].label, drawn[-1].label) == labels
    assert (len(drawn), sum(bar.count for bar in drawn)) == (bars, 6)
    assert drawn[-1].url == f"?q=kem&{ends}"
    assert all(after.first - before.last == timedelta(days=1) for before, after in pairwise(drawn))


def test_months_of_one_bar_are_added_up():
    bars = histogram(read_asked(QueryDict("q=kem&to=2022-05-31")), {"2022-04": 1, "2022-06": 2, "2026-11": 5})
    assert [(bar.count, bar.within) for bar in bars if bar.count] == [(3, True), (5, False)]


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (["2026-10-10"] * 2, ["Tiếp nhận trong tháng 10/2026: 2 vụ việc"]),
        (["2026-10-10", "2026-11-10"], ["Vụ việc tiếp nhận theo tháng", "10/2026: 1 vụ việc"]),
        (["2022-11-10", "2026-11-10"], ["Vụ việc tiếp nhận theo quý", "Quý 4/2022: 1 vụ việc"]),
        (["2016-11-10", "2026-11-10"], ["Vụ việc tiếp nhận theo năm", "Năm 2016: 1 vụ việc"]),
        (["1986-11-10", "2026-11-10"], ["Vụ việc tiếp nhận, mỗi cột nhiều năm", "1985–1989: 1 vụ việc"]),
    ],
)
def test_the_chart_says_what_a_bar_is(page, sct, days, said):
    for day in days:
        journeys.lodged(sct, narrative="Kem trộn", received_on=date.fromisoformat(day))
    html = " ".join(page("kem").content.decode().split())
    assert [text for text in said if text not in html] == []
    assert ("data-brush" in html) is (len(set(days)) > 1)


def test_with_facets_too_six_queries_or_fewer(page, client, sct):
    journeys.lodged(sct, narrative="Kem trộn")
    page("kem")
    with CaptureQueriesContext(connection) as seen:
        response = client.get(URL, {"q": "kem", "state": "lodged", "from": "2020-01-01"})
    assert response.context["facets"]
    assert len(seen) <= 6


def test_the_map_shades_communes_by_their_cases(page, client, sct):
    Commune.objects.get_or_create(
        code="29869",
        defaults={"province": factories.province(), "kind": "ward", "name": "Cao Lãnh", "full_name": "Phường Cao Lãnh"},
    )
    journeys.lodged(sct, narrative="Kem trộn", commune="29869")
    page("kem")
    drawn = client.get(MAP, {"q": "kem"}).context["map"]
    assert {shape.code: shape.count for shape in drawn.shapes if shape.count} == {"29869": 1}
    assert len(drawn.shapes) > 50
    [chosen] = [
        shape for shape in client.get(MAP, {"q": "kem", "commune": "29869"}).context["map"].shapes if shape.chosen
    ]
    assert (chosen.code, chosen.count, chosen.url) == ("29869", 1, "?q=kem")
    assert client.get(MAP, {"q": "không có"}).context["map"].legend == []
    rows = client.get(MAP, {"q": "kem"}).content.decode().partition("<table")[2]
    assert rows.count('scope="row"') == 1
    assert ">1</td>" in rows


@pytest.mark.parametrize(
    ("counts", "limits"), [([], []), ([0, 0], []), ([7], [7]), ([1, 1, 1], [1]), ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5])]
)
def test_classes_of_the_map_are_never_two_alike(counts, limits):
    assert class_limits(counts) == limits


def test_another_agency_gets_no_counts(client, sct, deliver):
    journeys.lodged(sct, narrative="Kem trộn")
    deliver()
    client.force_login(factories.member("congan").person)
    response = client.get(URL, {"q": "kem"})
    assert response.context["facets"] == []
    assert response.context["bars"] == []


def test_numbers_that_are_estimates_are_told_as_such(page, client, sct, monkeypatch):
    """As where very many cases fit, and all of them were in the sample."""
    for name, value in {"ONE_OF": 1, "LARGE": 0, "SURE": 2}.items():
        monkeypatch.setattr(f"search.backends.sample.{name}", value)
    journeys.lodged(sct, narrative="Kem trộn một")
    journeys.lodged(sct, narrative="Kem trộn hai")
    much = page("kem").content.decode()
    assert re.search("(?i)hơn <strong>10.?000</strong>", much)
    assert "ước lượng" in much
    assert re.findall(r'search-count">([^<]+)<', much)[0] == "≈ 2"
    drawn = client.get(MAP, {"q": "kem"}).content.decode()
    assert "ước lượng" in drawn
    assert re.search(r'<a\s[^>]*aria-label="[^"]+: ít hoặc không có"', drawn), "to be chosen all the same"
    little = page('"trộn hai"').content.decode()
    assert "≈" not in little
    assert "ước lượng" not in little
    assert "ước lượng" not in client.get(MAP, {"q": '"trộn hai"'}).content.decode()


@pytest.mark.parametrize(("sure", "told"), [(2, "Hơn 10.000 vụ việc có đúng"), (3, "2 vụ việc có đúng")])
def test_how_many_hold_the_words_exactly_is_told_where_very_many_are_found(page, sct, monkeypatch, sure, told):
    for name, value in {"ONE_OF": 1, "LARGE": 0, "SURE": sure}.items():
        monkeypatch.setattr(f"search.backends.sample.{name}", value)
    for narrative in ("Mỹ phẩm một", "Mỹ phẩm hai", "My pham ba"):
        journeys.lodged(sct, narrative=narrative)
    html = page("mỹ phẩm").content.decode()
    assert told in " ".join(html.split())
    assert "exact=1" in html
    assert "có đúng các từ" not in page("my pham").content.decode(), "all of them do"


@pytest.mark.parametrize("example", [one["example"] for one in fields_explained(FIELDS)])
def test_the_help_does_what_it_shows(example):
    """All the words of an example are looked for where it says, and none anywhere else."""
    query = parse(example, KnownChoices(lambda: KNOWN))
    assert [said.text for said in query.clauses.said] == [example]
    assert not query.clauses.text.strip()


def test_the_help_says_what_several_words_need(page):
    html = page().content.decode()
    assert "tệp: &quot;hóa đơn&quot;" in html
    assert "Nhiều từ của một sản phẩm, nhãn hiệu, người bán, ghi chú hay tệp thì đặt trong ngoặc kép." in html
