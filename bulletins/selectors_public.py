"""What a public page asks: the copies that may be read today, why one no longer may be, and when anything changed.

Published copies, versions and items' take-downs are read, nothing else: no query here touches a case or a complaint.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from bulletins.bulletin_states import State
from bulletins.models import Audience, BulletinVersion, PublishedItem, WarningItem
from bulletins.selectors_published import not_over, over, published_items, today, told_versions
from bulletins.told_words import is_paper_clean
from workflows.deadlines import HANOI

#: Versions whose items may be read while their bulletin stands: one that was replaced stays, marked.
READABLE = (State.PUBLISHED, State.CORRECTED)
LARGE = ("content", "figures", "charts")


@dataclass(frozen=True)
class Mark:
    """When what the public reads changed last, the beginning of the Hanoi day at the earliest: listings end at
    midnight. ``tag`` differs whenever anything was told, replaced, withdrawn or taken down, and every day."""

    at: datetime
    tag: str


@dataclass(frozen=True)
class Ended:
    """Why an item that was told is no longer: ``reason`` is listing_over, taken_down, withdrawn or left_out."""

    reason: str
    copy: PublishedItem


def told_mark(province: str) -> Mark:
    """Two queries."""
    versions = told_versions(province).order_by().aggregate(
        told=Max("published_at"), ended=Max("ended_at"), n=Count("pk")
    )  # fmt: skip
    items = WarningItem.objects.filter(province=province).aggregate(down=Max("taken_down_at"), n=Count("taken_down_at"))
    day = today()
    times = [versions["told"], versions["ended"], items["down"], datetime.combine(day, time.min, HANOI)]
    tag = "|".join(map(str, [day, versions["told"], versions["ended"], versions["n"], items["down"], items["n"]]))
    return Mark(max(moment for moment in times if moment), tag)


def current_items(province: str, **filters: str) -> QuerySet[PublishedItem]:
    """As `published_items`, an item that two bulletins tell in its newest copy alone."""
    newer = published_items(province).filter(item=OuterRef("item")).filter(
        Q(published_at__gt=OuterRef("published_at")) | Q(published_at=OuterRef("published_at"), pk__gt=OuterRef("pk"))
    )  # fmt: skip
    rows = published_items(province, **filters).filter(~Exists(newer.order_by()))
    return rows.select_related(
        "product_group", "scam", "version__bulletin__agency", "version__registered__register__agency"
    ).defer(*(f"version__{name}" for name in LARGE))  # fmt: skip


def ended_item(province: str, item_id: int) -> Ended | None:
    """Why an item that may not be read any more may not; None of one the public never was told."""
    copies = PublishedItem.objects.filter(
        item=item_id, province=province, version__bulletin__audience=Audience.PUBLIC
    ).select_related("item", "version__bulletin__agency", "version__registered__register__agency")  # fmt: skip
    copy = copies.order_by("-published_at", "-pk").first()
    if copy is None:
        return None
    if copy.down_on and copy.down_on <= today():
        return Ended("listing_over", copy)
    if copy.item.taken_down_at:
        return Ended("taken_down", copy)
    return Ended("withdrawn" if copy.version.state == State.WITHDRAWN else "left_out", copy)


def copy_before(copy: PublishedItem) -> PublishedItem | None:
    """The item as the version told it that this one corrects, where it told something else."""
    version = copy.version
    if not version.is_correction:
        return None
    rows = PublishedItem.objects.filter(item=copy.item_id, version__bulletin=version.bulletin_id)
    before = rows.filter(version__number__lt=version.number).order_by("-version__number").first()
    return before if before and before.content != copy.content else None


def bulletins_told(province: str) -> QuerySet[BulletinVersion]:
    """Each bulletin as it was told last, newest first; withdrawn ones too, marked."""
    later = BulletinVersion.objects.told().filter(bulletin=OuterRef("bulletin"), number__gt=OuterRef("number"))
    return _light(told_versions(province).filter(~Exists(later)))


def _light(versions: QuerySet[BulletinVersion]) -> QuerySet[BulletinVersion]:
    return versions.select_related("bulletin__agency", "registered__register__agency").defer(*LARGE)


def told_versions_of(province: str, bulletin_id: int) -> list[BulletinVersion]:
    """Every version of a bulletin the public was told, newest first."""
    rows = told_versions(province).filter(bulletin=bulletin_id).order_by("-number")
    return list(rows.select_related("bulletin__province", "bulletin__agency", "registered__register__agency"))


def is_readable(version: BulletinVersion, versions: list[BulletinVersion]) -> bool:
    """Whether it stands, or stood until a correction; ``versions``: all of its bulletin that were told, newest first.
    With the last of them withdrawn nothing the bulletin ever told is read any more."""
    return version.state in READABLE and versions[0].state in READABLE


def may_be_handed_out(version: BulletinVersion, versions: list[BulletinVersion]) -> bool:
    """Whether everybody may have the signed file: a PDF goes on naming whom the page leaves out."""
    return is_readable(version, versions) and is_paper_clean(version)


def readable_copies(version: BulletinVersion) -> list[PublishedItem]:
    """What may be read today of a version that is readable."""
    return list(PublishedItem.objects.filter(not_over(), version=version).order_by("position", "pk"))


def ended_copies(version: BulletinVersion) -> list[PublishedItem]:
    """What it tells and may not be shown any more: listings that are over, items taken down."""
    return list(PublishedItem.objects.filter(over(), version=version).order_by("pk"))


def copies_with_photo(province: str, item_id: int) -> QuerySet[PublishedItem]:
    """The copies of an item whose photos may be looked at today, those of replaced versions too while their bulletin
    stands."""
    standing = BulletinVersion.objects.filter(bulletin=OuterRef("version__bulletin"), state=State.PUBLISHED)
    return PublishedItem.objects.filter(
        not_over(), Exists(standing), item=item_id, province=province, version__state__in=READABLE,
        version__bulletin__audience=Audience.PUBLIC,
    ).order_by(F("published_at").desc(), "-pk")  # fmt: skip
