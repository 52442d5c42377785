"""Who is to be written to about a version, and how many subscribe. Counts leave here, never an address."""

from __future__ import annotations

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from agencies.models import Agency
from bulletins.models import Audience, BulletinVersion, Mailing, PeriodKind, Subscription, Wish
from bulletins.selectors_published import published_items

SET_ASIDE = "set_aside"


def to_be_told(version: BulletinVersion, news: str) -> QuerySet[Subscription]:
    """Of a withdrawal, whoever was told what is withdrawn, or may have been; of a version, also whoever wants such a
    bulletin. What is being sent now counts: `mailing.begin` commits that before a mail server is asked."""
    if version.bulletin.audience != Audience.PUBLIC:
        return Subscription.objects.none()
    of_bulletin = Mailing.objects.filter(subscription=OuterRef("pk"), version__bulletin=version.bulletin_id)
    sent = of_bulletin.filter(
        Q(status__in=(Mailing.Status.SENT, Mailing.Status.UNSURE))
        | Q(status=Mailing.Status.OWED, begun_at__isnull=False)
    )
    rows = Subscription.objects.filter(province=version.bulletin.province_id, set_aside_at=None)
    if news == Mailing.News.WITHDRAWN:
        return rows.filter(Exists(sent))
    return rows.filter(Exists(sent) | _wanted(version))


def _wanted(version: BulletinVersion) -> Q:
    if version.bulletin.period_kind == PeriodKind.URGENT:
        return Q(wish__in=Wish.values)
    told = published_items().filter(version=version).exclude(product_group=None).values("product_group")
    chosen = Subscription.groups.through.objects.filter(subscription=OuterRef("pk"), productgroup__in=told)
    return Q(wish=Wish.ALL) | Q(Exists(chosen), wish=Wish.GROUPS)


def subscriber_counts(agency: Agency) -> dict[str, int]:
    """How many of the agency's provinces want what; those set aside on their own. One query."""
    rows = Subscription.objects.filter(province__in=agency.provinces.all())
    written_to = {wish: Count("pk", filter=Q(wish=wish, set_aside_at=None)) for wish in Wish.values}
    counts: dict[str, int] = rows.aggregate(**written_to, **{SET_ASIDE: Count("set_aside_at")})
    return counts
