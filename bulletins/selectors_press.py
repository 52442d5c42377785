"""What is handed to press and broadcasters, and what they carried. Published copies only; no query touches a case."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from agencies.actors import Actor
from bulletins.bulletin_states import State
from bulletins.errors import BulletinNotFound
from bulletins.models import BulletinVersion, Coverage, PublishedItem
from bulletins.selectors_published import not_over
from bulletins.told_words import is_paper_clean


def handed_versions(actor: Actor | None) -> QuerySet[BulletinVersion]:
    """Newest first, each with ``times_carried`` as far as the actor sees it."""
    seen = Coverage.objects.visible_to(actor).standing()
    rows = BulletinVersion.objects.handed_to(actor).select_related("registered__register__agency", "bulletin__agency")
    counted = Count("coverage", filter=Q(coverage__in=seen))
    return rows.annotate(times_carried=counted).order_by("-published_at", "-pk")


def find_handed(pk: int, actor: Actor | None) -> BulletinVersion:
    """Raises BulletinNotFound."""
    found = handed_versions(actor).filter(pk=pk).first()
    if found is None:
        raise BulletinNotFound(_("There is no such bulletin, or it is not yours to see."))
    return found


def items_to_carry(version: BulletinVersion) -> list[PublishedItem]:
    """Its items that may be told today, in their order; none of a version that was replaced or withdrawn."""
    if version.state != State.PUBLISHED:
        return []
    return list(
        version.published_items.filter(not_over()).select_related("version__bulletin").order_by("position", "pk")
    )


def may_take_pdf(version: BulletinVersion) -> bool:
    """Not once an item came down, of this version or one before: the signed file goes on naming it."""
    return version.state == State.PUBLISHED and is_paper_clean(version)


def find_item_to_carry(pk: int, actor: Actor | None) -> PublishedItem:
    """Raises BulletinNotFound."""
    found = PublishedItem.objects.filter(pk=pk, version__in=BulletinVersion.objects.handed_to(actor)).first()
    one = next((item for item in items_to_carry(found.version) if item.pk == pk), None) if found else None
    if one is None:
        raise BulletinNotFound(_("There is no such warning, or it is not yours to see."))
    return one


def coverage_of(version: BulletinVersion, actor: Actor | None) -> QuerySet[Coverage]:
    return Coverage.objects.visible_to(actor).standing().filter(version=version).select_related("agency", "recorded_by")


def coverage_of_bulletin(version: BulletinVersion, actor: Actor | None) -> QuerySet[Coverage]:
    """Of every version of the bulletin: a correction does not undo what was carried."""
    rows = Coverage.objects.visible_to(actor).standing().filter(version__bulletin=version.bulletin_id)
    return rows.select_related("agency", "recorded_by", "version")
