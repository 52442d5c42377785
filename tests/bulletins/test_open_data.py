"""No small number can be had from open data, neither read nor subtracted."""

from itertools import product
from random import Random

import pytest

from bulletins.figures import MIN_GROUP, Sums
from bulletins.models import DailyFigure, FigureDay
from bulletins.open_data import NOT_SAID, TOGETHER, month_lines
from bulletins.selectors_open_data import month_sums, open_lines
from tests import factories
from tests.bulletins.conftest import in_november


def lines_of(measure: str, groups: dict[str, int], not_said: int = 0):
    counts = {(measure, key): n for key, n in groups.items()}
    counts["received", ""] = sum(groups.values()) + not_said
    return list(month_lines("2026-10", Sums(counts, {}), {}))


@pytest.mark.parametrize("seed", range(300))
def test_every_number_is_of_five_or_more_and_hides_two_groups_or_none(seed):
    dice = Random(seed)
    groups, not_said = {key: dice.randint(1, 12) for key in "abcdefgh"[: dice.randint(0, 8)]}, dice.randint(0, 6)
    lines = lines_of("group", groups, not_said)
    assert all(line.number is None or line.number >= MIN_GROUP for line in lines)
    [total] = [line.number for line in lines if line.measure == "tiep_nhan"]
    table = {line.code: line.number for line in lines if line.measure == "theo_nhom_hang"}
    whole = groups | ({NOT_SAID: not_said} if not_said else {})
    named = {code: number for code, number in table.items() if code != TOGETHER}
    assert all(whole[code] == number for code, number in named.items())
    hidden = [n for code, n in whole.items() if code not in named]
    if total is not None and hidden:
        # What is left of the total is of several groups, MIN_GROUP together.
        assert len(hidden) > 1
        assert total - sum(named.values()) == sum(hidden) >= MIN_GROUP
        assert table[TOGETHER] == sum(hidden)


@pytest.mark.parametrize(("satisfied", "other"), list(product(range(0, 13, 2), range(13))))
def test_ratings_and_losses(satisfied, other):
    sums = Sums(
        {("satisfied", ""): satisfied + other, ("loss", ""): other}, {("satisfied", ""): satisfied, ("loss", ""): 9}
    )
    lines = list(month_lines("2026-10", sums, {}))
    ratings = {line.code: line.number for line in lines if line.measure == "hai_long"}
    if 0 < min(satisfied, other) < MIN_GROUP:
        assert set(ratings) == {TOGETHER}
    [loss] = [line for line in lines if line.measure == "thiet_hai"]
    assert (loss.number, loss.amount) == (None, 9 if other >= MIN_GROUP else None)


@pytest.mark.django_db
def test_months_that_are_over_alone(django_assert_num_queries):
    province = factories.province()
    for text, n in (("2026-10-01", 4), ("2026-10-31", 3), ("2026-11-01", 50)):
        day = FigureDay.objects.create(province=province, day=text, stale=False)
        DailyFigure.objects.create(day=day, measure="received", key="", count=n)
        DailyFigure.objects.create(day=day, measure="commune", key="30000", count=n)
    with in_november(20):
        assert [f"{month:%Y-%m}" for month in month_sums(province.pk)] == ["2026-10"]
        with django_assert_num_queries(5):
            lines = open_lines(province.pk)
    assert {line.month for line in lines} == {"2026-10"}
    [total] = [line for line in lines if line.measure == "tiep_nhan"]
    [commune] = [line for line in lines if line.measure == "theo_xa_phuong"]
    assert (total.number, commune.number) == (7, 7)
