"""Worked examples a lawyer could read."""

from datetime import date, datetime

import pytest

from workflows.deadlines import HANOI, Calendar, deadline

# 2 January 2026 was taken off and made up for on Saturday 10 January.
NEW_YEAR_SWAP = {date(2026, 1, 2): False, date(2026, 1, 10): True}


def at(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=HANOI)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "overrides", "end"),
    [
        # Working days skip the weekend and New Year's Day …
        ("26/12/2025 09:00", 7, "WD", {}, "07/01/2026 17:00"),
        # … and the day the government swapped.
        ("26/12/2025 09:00", 7, "WD", NEW_YEAR_SWAP, "08/01/2026 17:00"),
        # A worked Saturday counts.
        ("09/01/2026 09:00", 1, "WD", NEW_YEAR_SWAP, "10/01/2026 17:00"),
        ("09/01/2026 09:00", 1, "WD", {}, "12/01/2026 17:00"),
        # Tết Bính Ngọ: 14 to 22 February 2026 are off.
        ("13/02/2026 16:00", 1, "WD", {}, "23/02/2026 17:00"),
        # Hours are exact, day or night.
        ("13/02/2026 23:30", 24, "h", {}, "14/02/2026 23:30"),
        ("13/02/2026 23:30", 2, "h", {}, "14/02/2026 01:30"),
        # Days that end on a day off end on the next working day.
        ("01/06/2026 08:00", 5, "d", {}, "08/06/2026 17:00"),
        ("01/06/2026 08:00", 30, "d", {}, "01/07/2026 17:00"),
        # Months: the end of January plus one month, in a leap year too.
        ("31/01/2028 08:00", 1, "month", {}, "29/02/2028 17:00"),
        ("29/02/2028 08:00", 12, "month", {}, "28/02/2029 17:00"),
    ],
)
def test_a_limit_ends(start, amount, unit, overrides, end):
    assert deadline(at(start), amount, unit, Calendar(overrides)) == at(end)


def test_a_limit_of_days_may_be_told_not_to_roll():
    assert deadline(at("01/06/2026 08:00"), 5, "d", Calendar(), rolls=False) == at("06/06/2026 17:00")


def test_the_day_is_hanois_not_greenwichs():
    late = datetime.fromisoformat("2026-06-01T18:00:00+00:00")  # 01:00 on 2 June in Hanoi
    assert deadline(late, 1, "WD", Calendar()) == at("03/06/2026 17:00")


@pytest.mark.parametrize(("amount", "unit"), [(0, "WD"), (-1, "d"), (1, "year"), (1, "")])
def test_a_limit_that_makes_no_sense_is_refused(amount, unit):
    with pytest.raises(ValueError, match=r"limit|unit"):
        deadline(at("01/06/2026 08:00"), amount, unit, Calendar())
