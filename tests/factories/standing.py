"""A bulletin that stands, without its way there: rows as publishing leaves them, and the event it records."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from agencies.actors import System
from agencies.models import User
from bulletins.models import Bulletin, BulletinVersion, PublishedItem, Subscription, SubscriptionRequest, WarningItem
from bulletins.services import subscribing
from bulletins.subscription_links import CONFIRM, token_of
from complaints.models import ProductGroup
from documents.services.numbering import take_number
from events import clock
from events.services.recording import record_event
from events.services.sending import digest_of
from tests import factories

BY = System("tests")


def group(code: str = "cosmetics", label: str = "Mỹ phẩm") -> ProductGroup:
    return ProductGroup.objects.get_or_create(code=code, defaults={"label_vi": label, "label_en": code})[0]


def bulletin(period_kind: str = "month", **fields: Any) -> Bulletin:
    agency = factories.agency("sct")
    first, last = date(2026, 10, 1), date(2026, 10, 31)
    return Bulletin.objects.create(
        province=factories.province(), agency=agency, period_kind=period_kind, first_day=first, last_day=last,
        created_by=factories.person(), created_at=clock.now(), **fields,
    )  # fmt: skip


@transaction.atomic
def version(
    of: Bulletin | None = None, items: tuple[tuple[str, ProductGroup | None], ...] = (), **fields: Any
) -> BulletinVersion:
    """Published, with items (kind and title, product group)."""
    of = of or bulletin()
    writer, approver, now = factories.person(), factories.person(), clock.now()
    number = of.versions.count() + 1
    for old in of.versions.filter(state="published"):
        old.replace(at=now)
        old.save()
        record_event(of.stream, "bulletin.corrected", by=BY, version=old.pk)
    made = BulletinVersion.objects.create(
        bulletin=of, number=number, state="published", edited_by=writer, edited_at=now, sha256="a" * 64,
        approved_sha256="a" * 64, approved_by=approver, issued_sha256="b" * 64, published_at=now, issued_on=now.date(),
        registered=take_number(agency=of.agency, year=2026, document_type="TB", purpose="x", by=writer),
        **{"title": "Cảnh báo tháng 10/2026", "what_changed": "Sửa tên hàng." if number > 1 else "", **fields},
    )  # fmt: skip
    for position, (name, product_group) in enumerate(items, 1):
        _item(made, position, name, product_group, writer)
    record_event(of.stream, "bulletin.published", by=BY, version=made.pk)
    return made


def _item(version: BulletinVersion, position: int, name: str, product_group: ProductGroup | None, by: User) -> None:
    kind, _colon, title = name.partition(":")
    now, bulletin = clock.now(), version.bulletin
    decision = {"business": title, "decision_number": "1/QĐ", "decision_date": date(2026, 10, 2), "decision_issuer": "Chi cục", "act": "Bán hàng giả"}  # fmt: skip
    item = WarningItem.objects.create(
        agency=bulletin.agency, province=bulletin.province, kind=kind, title=title, product_group=product_group,
        created_by=by, created_at=now, changed_by=by, changed_at=now, **(decision if kind == "violator" else {}),
    )  # fmt: skip
    PublishedItem.objects.create(
        version=version, item=item, province=bulletin.province, kind=kind, position=position, title=title, slug="x",
        product_group=product_group, content={}, search_text="", published_at=now,
        down_on=date(2030, 1, 1) if kind == "violator" else None,
    )  # fmt: skip


@transaction.atomic
def withdraw(version: BulletinVersion, reason: str = "Thông tin không còn đúng.") -> None:
    version.refresh_from_db()
    version.withdraw(at=clock.now(), reason=reason)
    version.save()
    record_event(version.bulletin.stream, "bulletin.withdrawn", by=BY, version=version.pk)


def subscriber(
    address: str = "doc@thu.example", wish: str = "all", groups: tuple[ProductGroup, ...] = ()
) -> Subscription:
    """Asked for and confirmed through the services; nothing is mailed until a relay runs."""
    subscribing.ask(province=factories.province(), address=address, wish=wish, groups=groups)
    asked = SubscriptionRequest.objects.get(address_digest=digest_of(address))
    assert subscribing.confirm(token_of(CONFIRM, asked.nonce))
    return Subscription.objects.get(address_digest=digest_of(address))
