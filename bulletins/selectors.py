"""Reading for bulletins: sums of a period, what agencies found in it, versions and items. No narrative, no identity."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Count, Exists, F, Max, OuterRef, Prefetch, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import override

from agencies.actors import Actor
from agencies.folding import fold
from agencies.models import Commune, Province
from agencies.services.seeding import read_seed
from bulletins.bulletin_states import State
from bulletins.errors import BulletinNotFound
from bulletins.figures import NO_SUMS, Labels, Sums, assembled, not_compared
from bulletins.models import Bulletin, BulletinVersion, DailyFigure, FigureDay, ItemPhoto, Rejection, WarningItem
from bulletins.spans import Span
from complaints.models import Category, Channel, Kind, ProductGroup
from workflows.models import Resolution
from workflows.states import Outcome, Track

ADVICE = Path(__file__).resolve().parent / "reference" / "advice.csv"
# A finding of an agency: only such a case is proposed as a warning about a product.
FOUND = (Outcome.SANCTIONED, Outcome.GOODS_SEIZED, Outcome.CONTENT_REMOVED, Outcome.PROSECUTION_OPENED)
TOP = 10


def period_figures(province: Province, span: Span, until: date | None = None) -> dict[str, Any]:
    """The figures of a period against the last and last year's, from the daily sums. Eight queries at any size.
    ``until``: of a part of it, which is compared with nothing: the others are whole."""
    if until:
        part = period_sums(province, replace(span, last=until))
        return not_compared(assembled(part, NO_SUMS, NO_SUMS, _labels(province)), until)
    now, before, last_year = (period_sums(province, one) for one in (span, span.before, span.last_year))
    return assembled(now, before, last_year, _labels(province))


def period_sums(province: Province, span: Span) -> Sums:
    rows = (
        DailyFigure.objects.filter(day__province=province, day__day__gte=span.first, day__day__lte=span.last)
        .values_list("measure", "key")
        .annotate(n=Sum("count"), total=Sum("amount"))
        .order_by("measure", "key")
    )
    found = [(measure, key, n, total) for measure, key, n, total in rows]
    return Sums({(m, k): n for m, k, n, _total in found}, {(m, k): total for m, k, _n, total in found})


def _labels(province: Province) -> Labels:
    """Vietnamese, whatever the reader's language: they go into an official text."""
    with override("vi"):
        kinds, tracks = ({str(one.value): str(one.label) for one in choices} for choices in (Kind, Track))
    categories = list(Category.objects.values_list("code", "label_vi", "parent", "default_track"))
    return {
        "kind": kinds,
        "track": tracks,
        "group": dict(ProductGroup.objects.values_list("code", "label_vi")),
        "channel": dict(Channel.objects.values_list("code", "label_vi")),
        "commune": dict(Commune.objects.filter(province=province).values_list("code", "full_name")),
        "scam": {code: label for code, label, parent, _track in categories if "FRAUD" in (code, parent)},
        "track_of": {code: track for code, _label, _parent, track in categories},
    }


def days_with_reports(province: Province) -> tuple[date, date] | None:
    """The first and the last day something was counted on."""
    bounds = FigureDay.objects.filter(province=province).order_by("day")
    first, last = bounds.first(), bounds.last()
    return (first.day, last.day) if first and last else None


@dataclass(frozen=True)
class Finding:
    """Cases of one product in which an agency found something: what a product warning can be drafted from."""

    key: str
    product: str
    brand: str
    group: ProductGroup | None
    channels: str
    risk: str
    how_to_recognise: str
    what_to_do: str
    cases: tuple[int, ...]


@dataclass(frozen=True)
class Sanction:
    """A decision of the period; ``case`` is where it was entered."""

    key: str
    number: str
    date: date | None
    issuer: str
    act: str
    party: str
    amount: int | None
    case: int


def findings(province: Province, span: Span) -> list[Finding]:
    """Products an agency found something wrong with, the same product and brand together, most cases first."""
    concluded = _concluded(province, span).filter(outcome__in=FOUND, case__track__in=[Track.VIOLATION, Track.CONSUMER])
    rows = concluded.exclude(case__complaint__product="").select_related(
        "case__category", "case__complaint__product_group", "case__complaint__channel"
    ).order_by("pk")  # fmt: skip
    groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in rows:
        said = row.case.complaint
        groups[fold(said.product), fold(said.brand)].append(row.case)
    made = [_finding(key, group) for key, group in groups.items()]
    return sorted(made, key=lambda one: (-len(one.cases), one.product))[:TOP]


def _concluded(province: Province, span: Span) -> QuerySet[Resolution]:
    return Resolution.objects.filter(case__province=province, resolved_at__gte=span.start, resolved_at__lt=span.end)


def _finding(key: tuple[str, str], group: list[Any]) -> Finding:
    """``risk`` as the agency classified it, not as it was reported."""
    said, found = group[0].complaint, group[0].category
    recognise, advice = advice_for("product", said.product_group_id or "other")
    channels = Counter(str(c.channel.label_vi) for c in (case.complaint for case in group) if c.channel)
    return Finding(
        key="|".join(key),
        product=without_numbers(said.product),
        brand=without_numbers(said.brand),
        group=said.product_group,
        channels=", ".join(name for name, _n in channels.most_common(3)),
        risk=found.label_vi if found else "Vi phạm đã được xác minh",
        how_to_recognise=recognise,
        what_to_do=advice,
        cases=tuple(dict.fromkeys(case.pk for case in group)),
    )


def without_numbers(text: str) -> str:
    """A citizen may have put a phone or an account into the product's name: long numbers are left out."""
    return " ".join(re.sub(r"\+?\d[\d .\-]{6,}\d", "", text).split())


def sanctions(province: Province, span: Span) -> list[Sanction]:
    """Luật 19/2023 Đ40: only with the decision."""
    decided = _concluded(province, span).filter(outcome=Outcome.SANCTIONED).exclude(decision_number="")
    rows = decided.annotate(act=F("case__category__label_vi")).select_related("agency").order_by("decision_date", "pk")
    return [
        Sanction(
            str(r.pk), r.decision_number, r.decision_date, r.decision_issuer or r.agency.name, r.legal_basis or r.act or "",
            r.sanctioned_party, r.sanction_amount, r.case_id,
        )
        for r in rows
    ]  # fmt: skip


def scams_of(figures: dict[str, Any]) -> list[dict[str, Any]]:
    """The kinds of scam reported often enough to be told, with the advice that stands for them."""
    told = [(code, label, n, advice_for("scam", code)) for code, label, n in figures["scams"][:TOP]]
    return [
        {"code": code, "name": label, "reports": n, "how_to_recognise": text[0], "what_to_do": text[1]}
        for code, label, n, text in told
    ]


@cache
def _advice_table() -> dict[tuple[str, str], tuple[str, str]]:
    return {(row["subject"], row["code"]): (row["recognise"], row["advice"]) for row in read_seed(ADVICE)}


def advice_for(subject: str, code: str) -> tuple[str, str]:
    """How to recognise it and what to do, as the seed has it for a product group or a kind of scam."""
    table = _advice_table()
    general = ("product", "other") if subject == "product" else ("scam", "FRAUD")
    return table.get((subject, code)) or table[general]


def bulletins_of(actor: Actor | None) -> QuerySet[Bulletin]:
    """The actor's bulletins, newest first, each with its versions, newest first, and what they were rejected for. Three
    queries."""
    rejected = Rejection.objects.filter(answered_at=None).select_related("registered__register__agency")
    versions = (
        BulletinVersion.objects.select_related("registered__register__agency", "edited_by")
        .prefetch_related(Prefetch("rejections", queryset=rejected, to_attr="open_rejections"))
        .order_by("-number")
    )
    return Bulletin.objects.visible_to(actor).prefetch_related(Prefetch("versions", queryset=versions))


def open_rejection(version: BulletinVersion) -> Rejection | None:
    """What the version was last given back for, until it goes to review again."""
    rows = version.rejections.filter(answered_at=None).select_related("registered__register__agency", "rejected_by")
    return rows.first()


def begun_for(province: Province, span: Span, actor: Actor | None) -> list[Bulletin]:
    """The actor's bulletins of this period, newest first, for whomever they are; none whose versions were all discarded."""
    kept = BulletinVersion.objects.filter(bulletin=OuterRef("pk")).exclude(state=State.DISCARDED)
    rows = bulletins_of(actor).filter(Exists(kept), province=province, period_kind=span.kind, first_day=span.first)
    return list(rows.filter(last_day=span.last))


def find_version(pk: int, actor: Actor | None) -> BulletinVersion:
    """Raises BulletinNotFound."""
    rows = BulletinVersion.objects.visible_to(actor).select_related(
        "bulletin__province", "bulletin__agency__parent", "registered__register__agency", "edited_by", "approved_by"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise BulletinNotFound(_("There is no such bulletin, or it is not yours to see."))
    return found


def find_item(pk: int, actor: Actor | None) -> WarningItem:
    """Raises BulletinNotFound."""
    rows = WarningItem.objects.visible_to(actor).select_related(
        "product_group", "scam", "channel", "province", "agency"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise BulletinNotFound(_("There is no such warning, or it is not yours to see."))
    return found


def items_in(version: BulletinVersion) -> list[WarningItem]:
    """In their order, with what they are printed from. Two queries."""
    photos = Prefetch("photos", queryset=ItemPhoto.objects.order_by("position", "pk"))
    rows = WarningItem.objects.filter(entries__version=version).select_related("product_group", "scam", "channel")
    return list(rows.prefetch_related(photos).order_by("entries__position", "entries__pk"))


def loose_items(version: BulletinVersion, actor: Actor | None) -> QuerySet[WarningItem]:
    """What could be taken into the version: the agency's newest items that are not in it."""
    inside = version.entries.values("item")
    rows = WarningItem.objects.visible_to(actor).filter(taken_down_at=None).exclude(pk__in=inside)
    return rows.annotate(told=Count("published"), last_told=Max("published__published_at")).order_by("-pk")[:50]


def told_items(version: BulletinVersion) -> QuerySet[WarningItem]:
    """What the version told the public, in its order. One query."""
    return WarningItem.objects.filter(published__version=version).order_by("published__position", "pk")


def find_told_item(version: BulletinVersion, item_id: int) -> WarningItem:
    """Raises BulletinNotFound."""
    found = told_items(version).filter(pk=item_id).first()
    if found is None:
        raise BulletinNotFound(_("There is no such warning, or it is not yours to see."))
    return found
