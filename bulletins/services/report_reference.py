"""The kinds of report and the indicators a province starts with. The plans name the days and what is measured; the
wording of the indicators is the project's own, and each province's to change."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from agencies.models import AgencyKind, Province
from agencies.services.seeding import flag, read_seed
from bulletins.models_reports import ReportIndicator, ReportKind

SEEDS = Path(__file__).resolve().parent.parent / "reference"
ADDRESSEE = "Ủy ban nhân dân"
RECIPIENTS = "Bộ Công Thương (để báo cáo)\nCác sở, ban, ngành liên quan\nỦy ban nhân dân các xã, phường"
BASIS = (
    "Luật Bảo vệ quyền lợi người tiêu dùng số 19/2023/QH15",
    "Nghị định số 09/2019/NĐ-CP quy định về chế độ báo cáo của cơ quan hành chính nhà nước",
)


@transaction.atomic
def install_report_kinds(province: Province, seeds: Path = SEEDS) -> int:
    """Give a province that has no kinds of report the usual ones; how many."""
    locked = Province.objects.select_for_update(of=("self",)).get(pk=province.pk)
    if ReportKind.objects.filter(province=locked).exists():
        return 0
    agency_kinds = AgencyKind.objects.in_bulk()
    indicators = read_seed(seeds / "report_indicators.csv")
    rows = json.loads((seeds / "report_kinds.json").read_text(encoding="utf-8"))
    for row in rows:
        kind = _kind(locked, row)
        kind.agency_kinds.set([agency_kinds[code] for code in row["units"] if code in agency_kinds])
        for place, indicator in enumerate((i for i in indicators if i["set"] == row["indicators"]), start=1):
            made = _indicator(kind, indicator, place * 10)
            made.answered_by.set([agency_kinds[c] for c in indicator["answered_by"].split() if c in agency_kinds])
    return len(rows)


def _kind(province: Province, row: dict[str, Any]) -> ReportKind:
    days = {}
    for name in ("from", "to", "due"):
        if name in row:
            days[f"{name}_day"], days[f"{name}_month"] = row[name]
    return ReportKind.objects.create(
        province=province, code=row["code"], name=row["name"], **days, from_year_before=row.get("from_year_before", False), every_commune=row.get("every_commune", False),
        units_days_before=row["units_days_before"], remind_before=row["remind_before"], remind_after=row["remind_after"],
        addressee=f"{ADDRESSEE} {province.title}", recipients=RECIPIENTS, legal_basis="\n".join(BASIS),
    )  # fmt: skip


def _indicator(kind: ReportKind, row: dict[str, str], position: int) -> ReportIndicator:
    return ReportIndicator.objects.create(
        kind=kind, position=position, code=row["code"], wording=row["wording"], hint=row["hint"], form=row["form"],
        measure=row["measure"], decimals=int(row["decimals"]), most=row["most"] or None, computation=row["computation"],
        consolidation=row["consolidation"], required=flag(row["required"]),
    )  # fmt: skip
