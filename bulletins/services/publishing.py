"""Telling the public: publishing a signed version, replacing the one before it, withdrawing, taking violators down."""

from __future__ import annotations

import hashlib
import re
from datetime import date
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from agencies.actors import Member, System
from agencies.folding import fold, normalise
from bulletins.bulletin_states import State
from bulletins.content import texts_of
from bulletins.errors import BulletinNotFound
from bulletins.models import BulletinVersion, ItemKind, PublishedItem, WarningItem
from bulletins.policy import require_something_to_correct, require_taking_down
from bulletins.selectors import items_in
from bulletins.selectors_published import LISTED_FOR, first_listed_on
from bulletins.services.checking import holds_personal_data
from bulletins.services.issuing import begin, finish
from events import clock
from events.services.recording import record_event
from workflows.deadlines import HANOI
from workflows.errors import InvalidInput, MoveNotAllowed

JOB = System("bulletins.take_down")


@transaction.atomic
def publish(*, version_id: int, revision: int, by: Member) -> BulletinVersion:
    """Make the copies the public reads, and end the version that stood until now. What is published begins with the
    bytes that were approved: files are compared before anything is told. Raises as `issuing.begin`."""
    version = begin(version_id, "publish", by, revision)
    require_same_bytes(version)
    now = clock.now()
    standing = list(version.bulletin.versions.select_for_update(of=("self",)).filter(state=State.PUBLISHED))
    if version.is_correction and not standing:
        # Withdrawn since `begin` looked: only under this lock it is certain.
        require_something_to_correct("publish", version)
    for old in standing:
        old.replace(at=now)
        finish(old, "bulletin.corrected", by=by, by_version=version.pk)
    version.publish(at=now)
    PublishedItem.objects.bulk_create(_copies(version))
    return finish(version, "bulletin.published", by=by, bulletin=version.bulletin_id, sha256=version.issued_sha256)


def require_same_bytes(version: BulletinVersion) -> None:
    """Raises MoveNotAllowed unless the signed file is the approved one with something appended."""
    with default_storage.open(str(version.frozen.name)) as file:
        frozen = file.read()
    with default_storage.open(str(version.issued.name)) as file:
        issued = file.read()
    approved = hashlib.sha256(frozen).hexdigest() == version.approved_sha256
    signed = hashlib.sha256(issued).hexdigest() == version.issued_sha256
    if not (approved and signed and issued.startswith(frozen)):
        raise MoveNotAllowed(_("The files are not those that were approved and signed. Tell your administrator."))


def _copies(version: BulletinVersion) -> list[PublishedItem]:
    """From the frozen content alone: what the items say by now is the next version's."""
    content = version.content or {}
    told = [item for section in content["sections"] for item in section["items"]]
    day = clock.now().astimezone(HANOI).date()
    return [_copy(version, item, position, day) for position, item in enumerate(told, 1)]


def _copy(version: BulletinVersion, item: dict[str, Any], position: int, day: date) -> PublishedItem:
    words = " ".join(texts_of({name: item[name] for name in ("title", "paragraphs", "lines", "identifiers")}))
    return PublishedItem(
        version=version, item_id=item["item"], province_id=version.bulletin.province_id, kind=item["kind"],
        position=position, title=item["title"], slug=slug_of(item["title"]), product_group_id=item["product_group"] or None,
        scam_id=item["scam"] or None, content=item, search_text=fold(words), published_at=version.published_at or clock.now(),
        down_on=_down_on(item["item"], day) if item["kind"] == ItemKind.VIOLATOR else None,
    )  # fmt: skip


def _down_on(item_id: int, day: date) -> date:
    return (first_listed_on(WarningItem.objects.get(pk=item_id)) or day) + LISTED_FOR


def slug_of(title: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", fold(title)))[:120].strip("-") or "canh-bao"


@transaction.atomic
def withdraw(*, version_id: int, revision: int, reason: str, by: Member) -> BulletinVersion:
    """The public no longer finds it; its address stays and says why. Raises as `issuing.begin`, InvalidInput."""
    version = begin(version_id, "withdraw", by, revision)
    reason = normalise(reason)
    if not reason:
        raise InvalidInput("reason", _("Say why the bulletin is withdrawn: the public reads it."))
    if holds_personal_data(items_in(version), reason):
        raise InvalidInput(
            "reason", _("This tells of somebody who complained, and the public reads it. Leave that out.")
        )
    version.withdraw(at=clock.now(), reason=reason[:2000])
    return finish(version, "bulletin.withdrawn", by=by, bulletin=version.bulletin_id)


@transaction.atomic
def take_down(*, item_id: int, reason: str, by: Member) -> WarningItem:
    """End a published warning before its time, in every version that tells it. The lock on its row makes two, or somebody
    and the job, take turns: the second finds it taken down and changes nothing. Raises BulletinNotFound,
    MoveNotAllowed, InvalidInput."""
    require_taking_down(by)
    told = Exists(PublishedItem.objects.filter(item=OuterRef("pk")))
    item = WarningItem.objects.visible_to(by).select_for_update(of=("self",)).filter(told, pk=item_id).first()
    if item is None:
        raise BulletinNotFound(_("There is no such warning, or it is not yours to see."))
    reason = normalise(reason)
    if not reason:
        raise InvalidInput("reason", _("Please write something here."))
    if item.taken_down_at:
        return item
    if holds_personal_data([item], reason):
        raise InvalidInput("reason", _("This tells of somebody who complained. Leave that out: the reason is kept."))
    item.taken_down_at, item.taken_down_reason = clock.now(), reason[:2000]
    item.save(update_fields=["taken_down_at", "taken_down_reason"])
    record_event(item.stream, "warning.taken_down_early", by=by, item=item.pk)
    return item


def take_down_due() -> int:
    """End the listings whose thirty days are over. Who asks twice finds nothing left to do. How many."""
    today = clock.now().astimezone(HANOI).date()
    due = WarningItem.objects.filter(taken_down_at=None, published__down_on__lte=today).distinct()
    taken = 0
    for pk in due.values_list("pk", flat=True):
        with transaction.atomic():
            item = WarningItem.objects.select_for_update(of=("self",)).filter(pk=pk, taken_down_at=None).first()
            if item:
                item.taken_down_at = clock.now()
                item.save(update_fields=["taken_down_at"])
                record_event(item.stream, "warning.taken_down", by=JOB, item=pk)
                taken += 1
    return taken
