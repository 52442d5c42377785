"""Whatever is typed, or stands in an address, gets an answer; what could be keystrokes or a field is read as people mean it."""

from __future__ import annotations

import math
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from search import watchlists
from search.backends.base import Order, Range, encode_cursor
from search.query import parse
from search.selectors import Narrowing, find_cases
from tests.search.asking import lodge, numbers

pytestmark = [pytest.mark.django_db]


def test_a_brand_that_could_be_keystrokes_is_found_first(sct, deliver):
    """“max” is what Telex makes “mã” of."""
    case = lodge(narrative="Nồi cơm hỏng.", product="Nồi cơm", brand="Max")
    lodge(narrative="Shop gửi sai mã đơn hàng.")
    deliver()
    assert case.number in numbers(sct, "max")


def test_a_quoted_word_is_never_read_as_keystrokes(sct, deliver):
    case = lodge(narrative="Nồi cơm hỏng.", product="Nồi cơm", brand="Max")
    lodge(narrative="Shop gửi sai mã đơn hàng.")
    deliver()
    assert case.number in numbers(sct, '"max"')


def test_a_field_of_the_query_language_is_no_keystroke(sct, deliver):
    """`tax:` is the English name in the help panel."""
    case = lodge(narrative="Hóa đơn sai.", identifiers=[("tax_code", "0312345678")])
    lodge(narrative="Gọi số 0312345678 hoài.", identifiers=[("phone", "0312345678")])
    deliver()
    assert numbers(sct, "tax: 0312345678") == {case.number} == numbers(sct, "mst: 0312345678")


def test_who_is_read_as_keystrokes_may_ask_for_what_was_typed(sct, page):
    meant = lodge(narrative="Mua phải kem trộn.")
    answer = page("troonj")
    assert meant.number in answer.content.decode()
    link = answer.context["as_typed_url"]
    assert link in answer.content.decode().replace("&amp;", "&")
    assert parse_qs(urlsplit(link).query)["q"] == ['"troonj"']
    assert meant.number not in page('"troonj"').content.decode()


def test_an_amount_in_words_is_that_amount():
    query = parse("số tiền: > 5 triệu")
    assert (query.clauses.ranges, query.words) == ((Range("amount", 5_000_001),), ())


def test_a_span_of_amounts_in_words():
    query = parse("số tiền: 1 triệu..5 triệu")
    assert (query.clauses.ranges, query.words) == ((Range("amount", 1_000_000, 5_000_001),), ())


@pytest.mark.parametrize("typed", ["-tình trạng: đã đóng kem", "-từ: 01/11/2026 kem", "-xã: Cao Lãnh kem"])
def test_a_field_that_cannot_be_barred_bars_no_word_of_its_name(typed):
    assert parse(typed).clauses.barred == ()


@pytest.mark.parametrize("after", [[math.nan, 1], [math.inf, 1], [1e400, 2], [True, False], [1.5, 2.5], [1, 10**30]])
@pytest.mark.parametrize("order", list(Order))
def test_any_cursor_is_a_place_or_the_beginning(sct, deliver, after, order):
    lodge()
    deliver()
    answer = find_cases(sct, "kem", cursor=encode_cursor(after), narrowing=Narrowing(order=order))
    assert not answer.degraded


@pytest.mark.parametrize("typed", ["-giả", '-"kem trộn"', "-0987000111", "____", "kem ____", "-_a_b"])
def test_any_input_gets_a_page(sct, page, typed):
    """Also where exclusions, or nothing at all, are left of it."""
    case = lodge(narrative="Máy giặt hỏng.")
    answer = page(typed)
    assert answer.status_code == 200
    if typed.startswith("-"):
        assert case.number in answer.content.decode()


@pytest.mark.parametrize("typed", ["số tiền: 99999999999999999999", "số tiền: < 99999999999999999999 kem"])
def test_an_amount_beyond_any_is_no_failure_of_the_engine(sct, deliver, typed):
    lodge()
    deliver()
    assert not find_cases(sct, typed).degraded


def test_numbers_that_are_not_looked_for_are_named():
    numbers_typed = " , ".join(f"09{n:08}" for n in range(12345670, 12345679))
    query = parse(numbers_typed)
    assert len(query.identifiers) < 9
    assert query.shortened


def test_every_identifier_of_a_line_is_watched_or_refused():
    reading = watchlists.read("0912345678; stk 19035678901234")
    watched = {key for one in reading.understood for key in one.span.keys}
    assert not reading.unknown
    assert {"0912345678", "19035678901234"} <= watched


@pytest.mark.parametrize("piece", ["a.", "..", "a@x.", "\u0301", "từ: ", '"'])
def test_a_query_of_ten_thousand_characters_is_read_within_a_second(piece):
    begun = time.perf_counter()
    parse((piece * 10_000)[:10_000])
    assert time.perf_counter() - begun < 1


def test_no_story_holds_up_the_page_that_quotes_it(sct, deliver):
    """Though it is one word of twenty thousand signs."""
    lodge(narrative="Gọi 0934567890 " + "." * 20_000, identifiers=[("phone", "0934567890")])
    deliver()
    begun = time.perf_counter()
    assert find_cases(sct, "0934567890").total == 1
    assert time.perf_counter() - begun < 1
