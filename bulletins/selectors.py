"""What a month's bulletin tells, read from complaints and cases. No narrative, no identity, no seller's name."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from django.db.models import Count, F, Q, QuerySet, Sum

from agencies.folding import fold
from agencies.models import Province
from agencies.services.seeding import read_seed
from bulletins.figures import MIN_GROUP, Month, Row, change, shown
from complaints.models import Category, Channel, Complaint, Kind, Origin, ProductGroup
from workflows.models import Case, Resolution
from workflows.states import Outcome, Track

ADVICE = Path(__file__).resolve().parent / "reference" / "advice.csv"
# A finding of an agency: only such a case becomes a warning about a product.
FOUND = (Outcome.SANCTIONED, Outcome.GOODS_SEIZED, Outcome.CONTENT_REMOVED, Outcome.PROSECUTION_OPENED)
TOP = 10


@dataclass(frozen=True)
class ProductWarning:
    product: str
    brand: str
    group: str
    channels: str
    risk: str
    cases: int
    recognise: str
    advice: str


@dataclass(frozen=True)
class ScamMethod:
    name: str
    reports: int
    recognise: str
    advice: str


@dataclass(frozen=True)
class Sanction:
    number: str
    date: date | None
    issuer: str
    act: str
    amount: int | None


@dataclass(frozen=True)
class MonthFigures:
    """``loss`` in VND as the senders state it; ``open_now`` at the moment of asking, of all lodged up to the month's end."""

    month: Month
    received: int
    found_by_officers: int
    against_last_month: str
    against_last_year: str
    by_kind: list[Row]
    by_group: list[Row]
    by_channel: list[Row]
    loss: int
    resolved: int
    open_now: int
    warnings: list[ProductWarning]
    scams: list[ScamMethod]
    sanctions: list[Sanction]


def month_figures(province: Province, month: Month) -> MonthFigures:
    """All that is told of one month of one province. Eleven queries at any size."""
    complaints = _received(province, month)
    received = complaints.count()
    before, last_year = _received(province, month.shifted(-1)).count(), _received(province, month.shifted(-12)).count()
    concluded = Resolution.objects.filter(
        case__province=province, resolved_at__gte=month.start, resolved_at__lt=month.end
    )
    return MonthFigures(
        month=month,
        received=received,
        found_by_officers=_of_month(province, month).filter(origin=Origin.OWN_INITIATIVE).count(),
        against_last_month=change(received, before),
        against_last_year=change(received, last_year),
        by_kind=_by_kind(complaints),
        by_group=shown(_labelled(complaints, "product_group", ProductGroup)),
        by_channel=shown(_labelled(complaints, "channel", Channel)),
        loss=_loss(complaints),
        resolved=concluded.values("case").distinct().count(),
        open_now=Case.objects.filter(province=province, lodged_at__lt=month.end, has_sender=True).open().count(),
        warnings=_warnings(concluded),
        scams=_scams(complaints),
        sanctions=_sanctions(concluded),
    )


def _received(province: Province, month: Month) -> QuerySet[Complaint]:
    """What people sent: what officers found themselves is told apart."""
    return _of_month(province, month).exclude(origin=Origin.OWN_INITIATIVE)


def _of_month(province: Province, month: Month) -> QuerySet[Complaint]:
    return Complaint.objects.filter(province=province, lodged_at__gte=month.start, lodged_at__lt=month.end)


def _by_kind(complaints: QuerySet[Complaint]) -> list[Row]:
    counts = dict(complaints.values_list("kind").annotate(n=Count("id")).order_by())
    return [Row(str(kind.label), counts.get(kind, 0)) for kind in Kind]


def _loss(complaints: QuerySet[Complaint]) -> int:
    """Nothing while fewer than MIN_GROUP name a sum: a single one would be somebody's."""
    told = complaints.exclude(amount=None).aggregate(n=Count("id"), total=Sum("amount"))
    return (told["total"] or 0) if told["n"] >= MIN_GROUP else 0


def _labelled(complaints: QuerySet[Complaint], field: str, model: type[ProductGroup | Channel]) -> dict[str, int]:
    names = dict(model.objects.values_list("code", "label_vi"))
    counts = complaints.exclude(**{field: None}).values_list(field).annotate(n=Count("id")).order_by()
    return {names[code]: n for code, n in counts}


def _warnings(concluded: QuerySet[Resolution]) -> list[ProductWarning]:
    """Products an agency found something wrong with, the same product and brand together, most cases first."""
    found = concluded.filter(outcome__in=FOUND, case__track__in=[Track.VIOLATION, Track.CONSUMER]).exclude(
        case__complaint__product=""
    )
    rows = found.select_related(
        "case__category", "case__complaint__product_group", "case__complaint__channel"
    ).order_by("pk")
    groups: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for row in rows:
        said = row.case.complaint
        groups[fold(said.product), fold(said.brand)].append(row.case)
    warnings = [_warning(group) for group in groups.values()]
    return sorted(warnings, key=lambda w: (-w.cases, w.product))[:TOP]


def _warning(group: list[Case]) -> ProductWarning:
    """``risk`` as the agency classified it, not as it was reported."""
    said, found = group[0].complaint, group[0].category
    recognise, advice = _advice("product", said.product_group_id or "other")
    channels = Counter(str(c.channel.label_vi) for c in (case.complaint for case in group) if c.channel)
    return ProductWarning(
        product=without_numbers(said.product),
        brand=without_numbers(said.brand),
        group=said.product_group.label_vi if said.product_group else "",
        channels=", ".join(name for name, _n in channels.most_common(3)),
        risk=found.label_vi if found else "Vi phạm đã được xác minh",
        cases=len(group),
        recognise=recognise,
        advice=advice,
    )


def without_numbers(text: str) -> str:
    """A citizen may have put a phone or an account into the product's name: long numbers are left out."""
    return " ".join(re.sub(r"\+?\d[\d .\-]{6,}\d", "", text).split())


def _scams(complaints: QuerySet[Complaint]) -> list[ScamMethod]:
    names = dict(Category.objects.filter(Q(parent="FRAUD") | Q(pk="FRAUD")).values_list("code", "label_vi"))
    counts = (
        complaints.filter(case__category__in=names)
        .values_list("case__category")
        .annotate(n=Count("id"))
        .order_by("-n", "case__category")
    )
    return [ScamMethod(names[code], n, *_advice("scam", code)) for code, n in counts[:TOP]]


def _sanctions(concluded: QuerySet[Resolution]) -> list[Sanction]:
    """Luật 19/2023 Đ40: only with the decision. The violator's name waits for the editor's check."""
    decided = concluded.filter(outcome=Outcome.SANCTIONED).exclude(decision_number="").order_by("decision_date", "pk")
    rows = decided.annotate(act=F("case__category__label_vi")).select_related("agency")
    return [Sanction(r.decision_number, r.decision_date, r.agency.name, r.act or "", r.sanction_amount) for r in rows]


@cache
def _advice_table() -> dict[tuple[str, str], tuple[str, str]]:
    return {(row["subject"], row["code"]): (row["recognise"], row["advice"]) for row in read_seed(ADVICE)}


def _advice(subject: str, code: str) -> tuple[str, str]:
    table = _advice_table()
    general = ("product", "other") if subject == "product" else ("scam", "FRAUD")
    return table.get((subject, code)) or table[general]


def months_with_reports(province: Province) -> list[Month]:
    """The months in which something was lodged, newest first."""
    found = Complaint.objects.filter(province=province).datetimes("lodged_at", "month", order="DESC")
    return [Month(moment.date().replace(day=1)) for moment in found]
