"""From all that is told of a month, by its bulletin and by open data, no group of one to four can be worked out."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bulletins.figures import MIN_GROUP, NOT_SAID, NOT_SAID_LABEL, TABLES, TOP_COMMUNES, Sums, assembled
from bulletins.open_data import NAMES, TOGETHER, month_lines

Cell = tuple[str, str]
SIZES = st.integers(1, 12)
NOTHING = Sums({}, {})
PRIME = 2**61 - 1


def told_of(counts: dict[tuple[str, str], int], track_of: dict[str, str]) -> tuple[dict, list]:
    scams = {category: category for category in track_of}
    labels = {code: {} for code in TABLES} | {"scam": scams, "track_of": track_of}
    sums = Sums(counts, {})
    return assembled(sums, NOTHING, NOTHING, labels), list(month_lines("2026-10", sums, labels))


def rows_of(measure: str, figures: dict, lines: list) -> tuple[dict[str, int], dict[str, int]]:
    """The bulletin's table and the file's, in the same words."""
    printed = {label: n for table in figures["tables"] if table["code"] == measure for label, n in table["rows"]}
    filed = {line.code: line.number for line in lines if line.measure == NAMES[measure]}
    words = {"": TOGETHER, NOT_SAID_LABEL: NOT_SAID}
    return {words.get(label, label): n for label, n in printed.items()}, filed


class Known:
    """All that adding and subtracting what is told gives: its rows in echelon form, modulo a large prime."""

    def __init__(self, rows: list[list[int]]) -> None:
        self.pivots: dict[int, list[int]] = {}
        for row in rows:
            left = self._left_of(row)
            column = next((n for n, value in enumerate(left) if value), None)
            if column is not None:
                inverse = pow(left[column], -1, PRIME)
                self.pivots[column] = [value * inverse % PRIME for value in left]

    def _left_of(self, row: list[int]) -> list[int]:
        for column in range(len(row)):
            if row[column] and column in self.pivots:
                by = row[column]
                row = [(a - by * b) % PRIME for a, b in zip(row, self.pivots[column], strict=True)]
        return row

    def gives(self, wanted: list[int]) -> bool:
        return not any(self._left_of(wanted))


def vector(cells: list[Cell], holds) -> list[int]:
    return [int(holds(cell)) for cell in cells]


def known_of(told: dict[str, int], cells: list[Cell], part: int) -> list[list[int]]:
    """What a table's numbers say of the cells; ``part`` of a cell is its group in the table."""
    named = set(told) - {TOGETHER}
    rows = [vector(cells, lambda cell, group=group: cell[part] == group) for group in named]
    return [*rows, vector(cells, lambda cell: cell[part] not in named)] if told.get(TOGETHER) else rows


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([f"{n:02}" for n in range(24)]), SIZES, max_size=24), st.integers(0, 6))
def test_a_bulletin_and_open_data_tell_the_same_groups(groups, not_said):
    counts = {("commune", key): n for key, n in groups.items()} | {("received", ""): sum(groups.values()) + not_said}
    figures, lines = told_of(counts, {})
    whole = groups | ({NOT_SAID: not_said} if not_said else {})
    printed, filed = rows_of("commune", figures, lines)
    assert len(printed) <= TOP_COMMUNES + 1
    assert all(filed[code] == n == whole[code] for code, n in printed.items() if code != TOGETHER)
    cells = [("", code) for code in whole]
    everything = [vector(cells, lambda _: True), *known_of(printed, cells, 1), *known_of(filed, cells, 1)]
    small = [code for code, n in whole.items() if n < MIN_GROUP]
    if figures["received"] >= MIN_GROUP:
        assert sum(printed.values()) in (0, figures["received"])
        known = Known(everything)
        assert not any(known.gives(vector(cells, lambda cell, code=code: cell[1] == code)) for code in small)
    table = next(table for table in figures["tables"] if table["code"] == "commune")
    assert table["codes"] == {code: n for code, n in printed.items() if code not in (TOGETHER, NOT_SAID)}


TRACKS = st.dictionaries(
    st.sampled_from(["consumer", "violation", "crime", NOT_SAID]),
    st.dictionaries(st.sampled_from(["a", "b", "c", NOT_SAID]), SIZES, min_size=1, max_size=4),
    min_size=1,
)


@settings(deadline=None)
@given(TRACKS)
def test_no_small_category_or_track_can_be_had_from_both_tables(tracks):
    cells = {
        (track, category if category == NOT_SAID else f"{track}-{category}"): n
        for track, categories in tracks.items()
        for category, n in categories.items()
    }
    counts: dict[tuple[str, str], int] = {("received", ""): sum(cells.values())}
    for (track, category), n in cells.items():
        for key in (("track", track), ("category", category)):
            if key[1] != NOT_SAID:
                counts[key] = counts.get(key, 0) + n
    figures, lines = told_of(counts, {category: track for track, category in cells if category != NOT_SAID})
    printed, by_track = rows_of("track", figures, lines)
    by_category = rows_of("category", figures, lines)[1]
    scams = {code: n for code, _label, n in figures["scams"]}
    assert scams.items() <= by_category.items()
    names = list(cells)
    everything = [vector(names, lambda _: True), *known_of(by_category, names, 1)]
    everything += [*known_of(printed, names, 0), *known_of(by_track, names, 0)]
    if figures["received"] < MIN_GROUP:
        return
    known = Known(everything)
    groups = [lambda cell, one=one: cell == one for one in names]
    groups += [lambda cell, one=one: cell[0] == one for one in tracks]
    groups += [lambda cell, one=one: cell[1] == one for one in {category for _track, category in names}]
    for holds in groups:
        if sum(n for cell, n in cells.items() if holds(cell)) < MIN_GROUP:
            assert not known.gives(vector(names, holds))


@given(st.dictionaries(st.sampled_from(["a", "b", "c"]), st.integers(1, 4)), st.integers(0, 4))
def test_beside_a_total_under_five_no_group_is_told(groups, not_said):
    total = sum(groups.values()) + not_said
    if total >= MIN_GROUP:
        return
    counts = {(measure, key): n for measure in (*TABLES, "category") for key, n in groups.items()}
    figures, lines = told_of(counts | {("received", ""): total}, dict.fromkeys(groups, "a"))
    assert figures["received"] == total
    assert all(table["rows"] == [] for table in figures["tables"])
    assert figures["scams"] == []
    assert all(line.number is None for line in lines)


def test_the_adversary_of_these_tests_can_subtract():
    assert Known([[1, 1, 1], [1, 1, 0]]).gives([0, 0, 1])
    assert not Known([[1, 1, 1], [1, 0, 0]]).gives([0, 0, 1])


def test_what_was_had_before():
    groups = {("group", "a"): 20, ("group", "b"): 6, ("group", "c"): 3, ("received", ""): 29}
    printed, filed = rows_of("group", *told_of(groups, {}))
    assert printed == filed == {"a": 20, TOGETHER: 9}
    categories = {"TRADE_FRAUD": 30, "SMUGGLED": 3, "FRAUD_DEPOSIT": 16, "FRAUD": 2}
    counts = {("category", code): n for code, n in categories.items()}
    counts |= {("track", "violation"): 33, ("track", "crime"): 18, ("received", ""): 51}
    track_of = {code: "crime" if code.startswith("FRAUD") else "violation" for code in categories}
    figures, lines = told_of(counts, track_of)
    assert rows_of("category", figures, lines)[1] == {TOGETHER: 51}
    assert figures["scams"] == []


@pytest.mark.parametrize(
    ("in_time", "late", "told"), [(20, 3, None), (3, 20, None), (20, 0, 100), (15, 5, 75), (4, 0, None)]
)
def test_a_share_tells_of_no_small_group(in_time, late, told):
    counts = {("answered", "in_time"): in_time, ("answered", "late"): late}
    assert told_of(counts, {})[0]["on_time"] == told
