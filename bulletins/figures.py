"""The figures of a period, as plain data. A group smaller than MIN_GROUP is never shown by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MIN_GROUP = 5
TOP_COMMUNES = 15


@dataclass(frozen=True)
class Row:
    """``number`` None: fewer than MIN_GROUP, and not to be told. ``label`` empty: several small groups together."""

    label: str
    number: int | None
    code: str = ""


def shown(counts: Mapping[str, int], *, minimum: int = MIN_GROUP, total_is_told: bool = False) -> list[Row]:
    """Groups of at least ``minimum``, largest first; the smaller ones together at the end.

    ``total_is_told``: what is hidden could be had by subtraction, so the smallest shown group is hidden with it until
    two or more are hidden that are ``minimum`` together.
    """
    large = sorted(((n, label) for label, n in counts.items() if n >= minimum), key=lambda x: (-x[0], x[1]))
    small = [n for n in counts.values() if 0 < n < minimum]
    while total_is_told and small and large and (len(small) < 2 or sum(small) < minimum):
        small.append(large.pop()[0])
    rows = [Row(label, n) for n, label in large]
    if small:
        rest = sum(small)
        # One hidden group could be had by subtraction from the total; two or more together tell nothing of one.
        rows.append(Row("", rest if rest >= minimum and len(small) > 1 else None))
    return rows


def change(now: int, before: int) -> str:
    """Against an earlier period, in words a reader of an official notice expects."""
    if before == 0:
        return "kỳ so sánh không có phản ánh" if now else "không thay đổi"
    percent = round((now - before) * 100 / before)
    if percent == 0:
        return "không thay đổi"
    return f"{'tăng' if percent > 0 else 'giảm'} {abs(percent)}%"


@dataclass(frozen=True)
class Sums:
    """What the days of a period come to: counts by measure and key, amounts likewise."""

    counts: Mapping[tuple[str, str], int]
    amounts: Mapping[tuple[str, str], int]

    def count(self, measure: str, key: str = "") -> int:
        return self.counts.get((measure, key), 0)

    def split(self, measure: str) -> dict[str, int]:
        return {key: n for (name, key), n in self.counts.items() if name == measure}

    def amount(self, measure: str) -> int:
        return self.amounts.get((measure, ""), 0)


Labels = Mapping[str, Mapping[str, str]]
TABLES = {
    "kind": ("Phản ánh theo loại", "Loại phản ánh"),
    "track": ("Phản ánh theo hướng xử lý", "Hướng xử lý"),
    "group": ("Phản ánh theo nhóm hàng hóa, dịch vụ", "Nhóm hàng hóa, dịch vụ"),
    "channel": ("Phản ánh theo nơi mua bán", "Nơi mua bán"),
    "commune": ("Phản ánh theo địa bàn", "Xã, phường"),
}
#: Every report is in one group of these, so that a reader who has the total could subtract.
WHOLE = ("kind", "track")


def assembled(now: Sums, before: Sums, last_year: Sums, labels: Labels) -> dict[str, Any]:
    """All that is told of a period, as JSON: equal sums give equal figures."""
    received = now.count("received")
    answered = now.count("answered", "in_time") + now.count("answered", "late")
    scores = now.count("satisfied")
    return {
        "received": received,
        "found": now.count("found"),
        "before": before.count("received"),
        "last_year": last_year.count("received"),
        "against_before": change(received, before.count("received")),
        "against_last_year": change(received, last_year.count("received")),
        "resolved": now.count("resolved"),
        "resolved_before": before.count("resolved"),
        "resolved_last_year": last_year.count("resolved"),
        # A share of fewer than MIN_GROUP would tell of single cases.
        "on_time": now.count("answered", "in_time") * 100 // answered if answered >= MIN_GROUP else None,
        "satisfied": now.amount("satisfied") * 100 // scores if scores >= MIN_GROUP else None,
        "loss": now.amount("loss") if now.count("loss") >= MIN_GROUP else None,
        "loss_before": before.amount("loss") if before.count("loss") >= MIN_GROUP else None,
        "tables": [_table(code, now, labels) for code in TABLES],
        "scams": _scams(now, labels),
    }


def _table(code: str, sums: Sums, labels: Labels) -> dict[str, Any]:
    caption, head = TABLES[code]
    named = {labels[code].get(key, key): n for key, n in sums.split(code).items()}
    rows = shown(named, total_is_told=code in WHOLE)
    # A table of nothing but what is hidden tells nothing.
    rows = rows[:TOP_COMMUNES] if any(row.label for row in rows) else []
    made: dict[str, Any] = {
        "code": code, "caption": caption, "head": head, "rows": [[row.label, row.number] for row in rows],
    }  # fmt: skip
    if code == "commune":
        # What a map may shade: the rows of the table that have a name, by the commune's code.
        told = {row.label for row in rows if row.number is not None and row.label}
        counted = sums.split(code).items()
        made["codes"] = {key: n for key, n in sorted(counted) if labels[code].get(key, key) in told}
    return made


def _scams(sums: Sums, labels: Labels) -> list[list[Any]]:
    counted = {code: n for code, n in sums.split("category").items() if code in labels["scam"] and n >= MIN_GROUP}
    return [[code, labels["scam"][code], n] for code, n in sorted(counted.items(), key=lambda x: (-x[1], x[0]))]
