from datetime import date

import pytest

from bulletins.figures import Row, change, shown
from bulletins.selectors import period_figures, without_numbers
from bulletins.services.summarising import add_up_stale, hanoi_day, keep_up, mark_days_of, recount
from bulletins.spans import Span
from events import clock
from events.relay import Relay
from tests import factories
from workflows.services.own_initiative import Finding, open_own_initiative


@pytest.mark.parametrize(
    ("counts", "rows"),
    [
        ({}, []),
        ({"A": 7, "B": 12}, [Row("B", 12), Row("A", 7)]),
        # One small group could be had by subtraction: its number is not told.
        ({"A": 7, "B": 4}, [Row("A", 7), Row("", None)]),
        ({"A": 7, "B": 3, "C": 3}, [Row("A", 7), Row("", 6)]),
        ({"A": 7, "B": 1, "C": 2}, [Row("A", 7), Row("", None)]),
        ({"A": 0, "B": 0}, []),
    ],
)
def test_small_groups_are_not_shown_by_themselves(counts, rows):
    assert shown(counts) == rows


@pytest.mark.parametrize(
    ("counts", "rows"),
    [
        ({"A": 7, "B": 12}, [Row("B", 12), Row("A", 7)]),
        # Where the total is told, whoever subtracts finds two groups together, five at least, or nothing.
        ({"A": 7, "B": 4, "C": 20}, [Row("C", 20), Row("", 11)]),
        ({"A": 7, "B": 1, "C": 1}, [Row("", 9)]),
        ({"A": 4}, [Row("", None)]),
        ({"A": 3, "B": 3}, [Row("", 6)]),
    ],
)
def test_nothing_is_had_by_subtraction(counts, rows):
    assert shown(counts, total_is_told=True) == rows


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (10, 10, "không thay đổi"),
        (15, 10, "tăng 50%"),
        (5, 10, "giảm 50%"),
        (5, 0, "kỳ so sánh không có phản ánh"),
        (0, 0, "không thay đổi"),
        (0, 4, "giảm 100%"),
    ],
)
def test_a_change_in_words(now, before, words):
    assert change(now, before) == words


@pytest.mark.parametrize(
    ("kind", "day", "first", "last", "before", "last_year", "words"),
    [
        ("month", (2026, 12, 5), (2026, 12, 1), (2026, 12, 31), (2026, 11, 1), (2025, 12, 1), "tháng 12/2026"),
        ("month", (2024, 2, 29), (2024, 2, 1), (2024, 2, 29), (2024, 1, 1), (2023, 2, 1), "tháng 02/2024"),
        ("quarter", (2026, 11, 5), (2026, 10, 1), (2026, 12, 31), (2026, 7, 1), (2025, 10, 1), "quý IV/2026"),
        ("quarter", (2026, 1, 1), (2026, 1, 1), (2026, 3, 31), (2025, 10, 1), (2025, 1, 1), "quý I/2026"),
        ("week", (2026, 11, 5), (2026, 11, 2), (2026, 11, 8), (2026, 10, 26), (2025, 11, 3), "tuần từ 02/11/2026 đến 08/11/2026"),
        ("urgent", (2026, 11, 5), (2026, 11, 5), (2026, 11, 5), (2026, 11, 4), (2025, 11, 6), "ngày 05/11/2026"),
    ],
)  # fmt: skip
def test_spans(kind, day, first, last, before, last_year, words):
    span = Span.holding(kind, date(*day))
    assert (span.first, span.last, span.words) == (date(*first), date(*last), words)
    assert (span.before.first, span.last_year.first) == (date(*before), date(*last_year))
    assert span.before.last < span.first


def test_a_month_is_hanois():
    span = Span.of_month("2026-12")
    assert span.start.isoformat() == "2026-12-01T00:00:00+07:00"
    assert span.end.isoformat() == "2027-01-01T00:00:00+07:00"


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "10/2026", "x"])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match=r"format|range|remains"):
        Span.of_month(text)


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("Máy lọc nước 0912 345 678", "Máy lọc nước"),
        ("Sữa bột 900g", "Sữa bột 900g"),
        ("iPhone 15 Pro Max 256", "iPhone 15 Pro Max 256"),
        ("Cọc về +84912345678 chị Lan", "Cọc về chị Lan"),
    ],
)
def test_long_numbers_are_left_out_of_a_products_name(written, printed):
    assert without_numbers(written) == printed


def this_month() -> Span:
    return Span.holding("month", hanoi_day(clock.now()))


@pytest.mark.django_db
def test_what_officers_found_is_not_counted_as_received():
    factories.rules()
    officer = factories.member("sct")
    factories.lodge()
    found = Finding(factories.lodgement(kind="violation"), "inspection", clock.now())
    open_own_initiative(by=officer, found=found)
    recount("82", this_month())
    figures = period_figures(factories.province(), this_month())
    assert (figures["received"], figures["found"]) == (1, 1)


@pytest.mark.django_db
def test_the_relay_owes_and_pays_the_sums_of_what_happened():
    factories.agency("sct")
    factories.case()
    Relay(["notify"]).run_until_idle()
    keep_up()
    assert period_figures(factories.province(), this_month())["received"] == 1
    for _ in range(2):
        case = factories.case()
    Relay(["notify"]).run_until_idle()
    assert period_figures(factories.province(), this_month())["received"] == 1
    assert add_up_stale() == 1
    assert period_figures(factories.province(), this_month())["received"] == 3
    # A repeated delivery, or another sum of the same day, changes nothing.
    mark_days_of([case.pk])
    mark_days_of([case.pk])
    add_up_stale()
    assert period_figures(factories.province(), this_month())["received"] == 3


@pytest.mark.django_db
def test_a_province_that_was_never_added_up_is_added_up_whole():
    factories.case()
    keep_up()
    assert period_figures(factories.province(), this_month())["received"] == 1


@pytest.mark.django_db
def test_adding_up_costs_the_same_whatever_the_number_of_cases(django_assert_max_num_queries):
    for _ in range(5):
        factories.case()
    with django_assert_max_num_queries(90):
        recount("82", this_month())
