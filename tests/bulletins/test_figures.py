import pytest

from bulletins.figures import Month, Row, change, shown
from bulletins.selectors import month_figures, without_numbers
from events import clock
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


def test_a_month_is_hanois():
    month = Month.parse("2026-12")
    assert month.start.isoformat() == "2026-12-01T00:00:00+07:00"
    assert month.end.isoformat() == "2027-01-01T00:00:00+07:00"
    assert (str(month), month.last.day, str(month.shifted(-12))) == ("12/2026", 31, "12/2025")


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "10/2026", "x"])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(ValueError, match=r"format|range|remains"):
        Month.parse(text)


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


@pytest.mark.django_db
def test_what_officers_found_is_not_counted_as_received():
    factories.rules()
    officer = factories.member("sct")
    factories.lodge()
    found = Finding(factories.lodgement(kind="violation"), "inspection", clock.now())
    open_own_initiative(by=officer, found=found)
    figures = month_figures(factories.province(), Month.parse(f"{clock.now():%Y-%m}"))
    assert (figures.received, figures.found_by_officers, figures.open_now) == (1, 1, 1)
