"""Figures anybody may take and count with: each month's sums, and no number of fewer than MIN_GROUP anywhere.

A month's groups are those a bulletin tells (`figures.told_groups`), always with the total known: what is reported
without saying where or of what kind is a group of its own, so that every table adds up to its total, and whoever
subtracts what is told from it is left with two hidden groups or more, MIN_GROUP together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bulletins.daily import ANSWERED, FOUND, LOSS, RECEIVED, RESOLVED, SATISFIED, SPLITS
from bulletins.figures import MIN_GROUP, NOT_SAID, NOT_SAID_LABEL, Labels, Row, Sums, shown, told_groups

COLUMNS = ("thang", "chi_tieu", "ma", "ten", "so_luong", "so_tien")
#: The code of a group that stands for others.
TOGETHER = "cac_nhom_khac"
#: Measures as they are called in the files, in their order.
NAMES = {
    RECEIVED: "tiep_nhan", "kind": "theo_loai", "track": "theo_huong_xu_ly", "group": "theo_nhom_hang",
    "channel": "theo_noi_mua_ban", "commune": "theo_xa_phuong", "category": "theo_phan_loai", FOUND: "tu_phat_hien",
    LOSS: "thiet_hai", RESOLVED: "da_giai_quyet", ANSWERED: "tra_loi", SATISFIED: "hai_long",
}  # fmt: skip
WORDS = {
    TOGETHER: "Các nhóm khác", NOT_SAID: NOT_SAID_LABEL, "in_time": "Đúng hạn", "late": "Quá hạn",
    "unlimited": "Không có thời hạn", "satisfied": "Hài lòng", "other": "Chưa hài lòng",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the file. ``number`` None: fewer than MIN_GROUP, or hidden so that such a number cannot be had."""

    month: str
    measure: str
    code: str
    name: str
    number: int | None
    amount: int | None = None

    @property
    def cells(self) -> tuple[str | int | None, ...]:
        return (self.month, self.measure, self.code, self.name, self.number, self.amount)


def month_lines(month: str, sums: Sums, labels: Labels) -> Iterator[Line]:
    """Every line of a month."""
    for measure, name in NAMES.items():
        if measure in SPLITS:
            yield from _table(month, name, told_groups(sums, measure, labels), labels.get(measure, {}))
        elif measure == ANSWERED:
            yield from _table(month, name, shown(sums.split(ANSWERED), total_is_told=True), {})
        elif measure == SATISFIED:
            yield from _table(month, name, shown(_satisfied(sums), total_is_told=True), {})
        elif measure == LOSS:
            # How many stated a sum stays untold: with the total, it would tell of those who did not.
            told = sums.count(LOSS) >= MIN_GROUP
            yield Line(month, name, "", "", None, sums.amount(LOSS) if told else None)
        else:
            yield Line(month, name, "", "", told_number(sums.count(measure)))


def told_number(number: int) -> int | None:
    return number if number >= MIN_GROUP else None


def _satisfied(sums: Sums) -> dict[str, int]:
    scores, satisfied = sums.count(SATISFIED), sums.amount(SATISFIED)
    return {"satisfied": satisfied, "other": scores - satisfied}


def _table(month: str, name: str, rows: Iterable[Row], labels: Mapping[str, str]) -> Iterator[Line]:
    for row in rows:
        code = row.label or TOGETHER
        yield Line(month, name, code, WORDS.get(code) or labels.get(code, code), row.number)
