"""What the public reads: published copies only. No query here touches a case, a complaint or an item being edited."""

from __future__ import annotations

from datetime import date, timedelta

from django.db.models import Prefetch, Q, QuerySet

from agencies.folding import fold
from agencies.models import Province
from bulletins.bulletin_states import State
from bulletins.models import Audience, BulletinVersion, ItemKind, PublishedItem, WarningItem
from events import clock
from workflows.deadlines import HANOI

# NĐ 55/2024 Đ24.3: a listing of a violator stays public for 30 days.
LISTED_FOR = timedelta(days=30)


def today() -> date:
    return clock.now().astimezone(HANOI).date()


def over() -> Q:
    """Copies that may not be shown any more: listings that are over, items taken down."""
    return Q(down_on__lte=today()) | Q(item__taken_down_at__isnull=False)


def not_over() -> Q:
    return (Q(down_on=None) | Q(down_on__gt=today())) & Q(item__taken_down_at=None)


def published_versions(province: Province | str | None = None) -> QuerySet[BulletinVersion]:
    """The versions that stand, newest first."""
    rows = BulletinVersion.objects.filter(state=State.PUBLISHED, bulletin__audience=Audience.PUBLIC)
    rows = rows.filter(bulletin__province=province) if province else rows
    return rows.select_related("bulletin__province", "bulletin__agency", "registered").order_by("-published_at", "-pk")


def told_versions(province: Province | str | None = None) -> QuerySet[BulletinVersion]:
    """Every version the public was ever told, those replaced or withdrawn too: they stay reachable and are marked."""
    rows = BulletinVersion.objects.told().filter(bulletin__audience=Audience.PUBLIC)
    rows = rows.filter(bulletin__province=province) if province else rows
    return rows.select_related("bulletin__province", "bulletin__agency", "registered").order_by("-published_at", "-pk")


def standing_version(version: BulletinVersion) -> BulletinVersion | None:
    """The version of the same bulletin that stands now: what to point to from one that was replaced."""
    return published_versions().filter(bulletin=version.bulletin_id).first()


def published_items(
    province: Province | str | None = None, *, kind: str = "", product_group: str = "", scam: str = "", query: str = ""
) -> QuerySet[PublishedItem]:
    """The items the public may read today, newest first: of versions that stand, and not taken down."""
    rows = PublishedItem.objects.filter(
        not_over(), version__state=State.PUBLISHED, version__bulletin__audience=Audience.PUBLIC
    )
    chosen = {"province": province, "kind": kind, "product_group": product_group, "scam": scam}
    rows = rows.filter(**{name: value for name, value in chosen.items() if value})
    for word in fold(query).split():
        rows = rows.filter(search_text__contains=word)
    return rows.select_related("product_group", "scam", "version__registered", "version__bulletin")


def with_published_items(versions: QuerySet[BulletinVersion]) -> QuerySet[BulletinVersion]:
    """Each version with ``shown_items``: its items that may be read today. One query more."""
    shown = published_items().order_by("position")
    return versions.prefetch_related(Prefetch("published_items", queryset=shown, to_attr="shown_items"))


def first_listed_on(item: WarningItem) -> date | None:
    """The day in Hanoi on which the public read it first. Of a violator: its decision, in whichever bulletin; neither a
    correction nor the month's bulletin after the week's begins the thirty days anew."""
    same = Q(item=item)
    if item.kind == ItemKind.VIOLATOR and item.decision_number:
        decision = {name: getattr(item, name) for name in ("decision_number", "decision_issuer", "decision_date")}
        same |= Q(
            kind=ItemKind.VIOLATOR,
            province=item.province_id,
            **{f"item__{name}": is_ for name, is_ in decision.items()},
        )
    first = PublishedItem.objects.filter(same).order_by("published_at").values_list("published_at", flat=True).first()
    return first.astimezone(HANOI).date() if first else None


def is_listing_over(item: WarningItem) -> bool:
    """Whether a violator was listed for as long as the law allows."""
    first = first_listed_on(item) if item.kind == ItemKind.VIOLATOR else None
    return first is not None and first + LISTED_FOR <= today()
