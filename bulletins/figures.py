"""The figures of a period, as plain data. A group smaller than MIN_GROUP is never shown by itself; the total of a period
is no group, and is told however small it is.

Bulletins and open data tell the same groups of the same sums (`told_groups`): of two tables that hid different groups,
each would tell what the other hides.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

MIN_GROUP = 5
TOP_COMMUNES = 15
#: The code of a group that says nothing: where, of what kind.
NOT_SAID = "khong_ghi"
NOT_SAID_LABEL = "Không ghi"


@dataclass(frozen=True)
class Row:
    """``number`` None: fewer than MIN_GROUP, and not to be told. ``label`` empty: several small groups together."""

    label: str
    number: int | None
    code: str = ""


def shown(
    counts: Mapping[str, int], *, minimum: int = MIN_GROUP, total_is_told: bool = False, hidden: Collection[str] = ()
) -> list[Row]:
    """Groups of at least ``minimum`` that are not ``hidden``, largest first; the others together at the end.

    ``total_is_told``: what is hidden could be had by subtraction, so the smallest shown group is hidden with it until
    two or more are hidden that are ``minimum`` together.
    """
    told = {label: n for label, n in counts.items() if n >= minimum and label not in hidden}
    large = sorted(((n, label) for label, n in told.items()), key=lambda x: (-x[0], x[1]))
    small = [n for label, n in counts.items() if n > 0 and label not in told]
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


NO_SUMS = Sums({}, {})
Labels = Mapping[str, Mapping[str, str]]
TABLES = {
    "kind": ("Phản ánh theo loại", "Loại phản ánh"),
    "track": ("Phản ánh theo hướng xử lý", "Hướng xử lý"),
    "group": ("Phản ánh theo nhóm hàng hóa, dịch vụ", "Nhóm hàng hóa, dịch vụ"),
    "channel": ("Phản ánh theo nơi mua bán", "Nơi mua bán"),
    "commune": ("Phản ánh theo địa bàn", "Xã, phường"),
}


def told_groups(sums: Sums, measure: str, labels: Labels) -> list[Row]:
    """What is told of a split of what was received, in a bulletin and in open data; labels of rows are codes."""
    hidden = _hidden_categories(sums, labels.get("track_of", {})) if measure == "category" else ()
    return shown(_whole(sums, measure), total_is_told=True, hidden=hidden)


def _whole(sums: Sums, measure: str) -> dict[str, int]:
    """The groups of what was received, what says nothing among them: they add up to the total, which is told."""
    return _with_rest(sums.split(measure), sums.count("received"))


def _with_rest(groups: Mapping[str, int], total: int) -> dict[str, int]:
    rest = total - sum(groups.values())
    return {**groups, NOT_SAID: rest} if rest > 0 else dict(groups)


def _hidden_categories(sums: Sums, track_of: Mapping[str, str]) -> set[str]:
    """A category belongs to a track, whose number is a total too: of each track that is told, and of those told
    together, categories are hidden as if that were all there is."""
    told = {row.label for row in told_groups(sums, "track", {})}
    totals: Counter[str] = Counter()
    for track, n in _whole(sums, "track").items():
        totals[track if track in told else ""] += n
    within: dict[str, dict[str, int]] = defaultdict(dict)
    for category, n in sums.split("category").items():
        track = track_of.get(category, "")
        within[track if track in told else ""][category] = n
    hidden: set[str] = set()
    for track, total in totals.items():
        groups = _with_rest(within[track], total)
        hidden |= groups.keys() - {row.label for row in shown(groups, total_is_told=True)}
    return hidden


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
        "on_time": _share(now.count("answered", "in_time"), answered),
        "satisfied": _share(now.amount("satisfied"), scores),
        "loss": now.amount("loss") if now.count("loss") >= MIN_GROUP else None,
        "loss_before": before.amount("loss") if before.count("loss") >= MIN_GROUP else None,
        "tables": [_table(code, now, labels) for code in TABLES],
        "scams": _scams(now, labels),
    }


def not_compared(figures: dict[str, Any], until: date) -> dict[str, Any]:
    """The figures of a period up to a day, without any of another period."""
    others = ("before", "last_year", "resolved_before", "resolved_last_year", "loss_before")
    words = ("against_before", "against_last_year")
    return {**figures, **dict.fromkeys(others), **dict.fromkeys(words, ""), "until": until.isoformat()}


def _share(part: int, whole: int) -> int | None:
    """In percent. With a number of ``part`` from open data it tells what is left: neither may be a small group."""
    if whole < MIN_GROUP or any(0 < n < MIN_GROUP for n in (part, whole - part)):
        return None
    return part * 100 // whole


def _table(code: str, sums: Sums, labels: Labels) -> dict[str, Any]:
    caption, head = TABLES[code]
    rows = _cut(told_groups(sums, code, labels))
    named = {**labels[code], NOT_SAID: NOT_SAID_LABEL, "": ""}
    made: dict[str, Any] = {
        "code": code, "caption": caption, "head": head,
        "rows": [[named.get(row.label, row.label), row.number] for row in rows],
    }  # fmt: skip
    if code == "commune":
        # What a map may shade: the rows of the table that have a name, by the commune's code.
        made["codes"] = dict(sorted((row.label, row.number) for row in rows if row.label not in ("", NOT_SAID)))
    return made


def _cut(rows: list[Row]) -> list[Row]:
    """The largest groups, what says nothing after them; those beyond go into the others. A table of nothing but what is
    hidden tells nothing."""
    named = sorted((row for row in rows if row.label), key=lambda row: row.label == NOT_SAID)
    rest = sum(row.number or 0 for row in (*named[TOP_COMMUNES:], *(row for row in rows if not row.label)))
    others = [Row("", rest)] if rest else []
    return [*named[:TOP_COMMUNES], *others] if named else []


def _scams(sums: Sums, labels: Labels) -> list[list[Any]]:
    """Largest first. They are told in warnings' texts: by the rule of categories."""
    told = told_groups(sums, "category", labels)
    return [[row.label, labels["scam"][row.label], row.number] for row in told if row.label in labels["scam"]]
