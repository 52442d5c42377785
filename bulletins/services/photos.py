"""Photos for warnings: copies of cleared evidence with filled boxes. The original is neither touched nor shown."""

from __future__ import annotations

import io
import json
import struct

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.folding import normalise
from bulletins.errors import BulletinNotFound
from bulletins.models import ItemPhoto, WarningItem
from bulletins.services.items import locked_item, touch_item
from complaints import sandbox
from complaints.models import Derivative, Evidence, Scan
from complaints.storage import StoredBytes, store
from events import clock
from workflows.errors import InvalidInput
from workflows.models import Case

MOST_BOXES, MOST_PHOTOS = 50, 6
FOLDER = "bulletin-photos"


def cleared_pictures(item: WarningItem, by: Member) -> QuerySet[Derivative]:
    """Previews of what is cleared in the item's source cases, of those the editor sees. A preview is decoded and encoded
    anew, and made only of what the scanner has not found infected."""
    seen = Case.objects.visible_to(by).filter(pk__in=item.sources.exclude(case=None).values("case"))
    return Derivative.objects.filter(
        purpose=Derivative.Purpose.PREVIEW, evidence__complaint__in=seen.values("complaint"),
    ).exclude(evidence__scan__verdict=Scan.Verdict.INFECTED).select_related("evidence").order_by("evidence")  # fmt: skip


def find_picture(item: WarningItem, evidence_id: int, by: Member) -> Derivative:
    """Raises BulletinNotFound."""
    found = cleared_pictures(item, by).filter(evidence=evidence_id).first()
    if found is None:
        raise BulletinNotFound(_("There is no such picture among the cleared ones of this warning's cases."))
    return found


def parse_boxes(text: str) -> list[list[int]]:
    """Boxes as the page sends them: one a line, left, top, width and height in thousandths. Raises InvalidInput."""
    try:
        boxes = [[int(number) for number in line.split()] for line in text.splitlines() if line.strip()]
    except ValueError:
        raise InvalidInput("boxes", _("The boxes could not be read. Please draw them again.")) from None
    if len(boxes) > MOST_BOXES:
        raise InvalidInput("boxes", _("At most %(n)d boxes.") % {"n": MOST_BOXES})
    for box in boxes:
        if len(box) != 4 or min(box) < 0 or box[0] + box[2] > 1000 or box[1] + box[3] > 1000 or not (box[2] and box[3]):
            raise InvalidInput("boxes", _("A box lies outside the picture."))
    return boxes


def place_photo(
    *, item_id: int, evidence_id: int, boxes: list[list[int]], nothing_to_hide: bool, alt: str, by: Member
) -> ItemPhoto:
    """Make the copy and put it with the item; placed again, the boxes replace the earlier ones.

    The copy is stored before the row names it, and made before anything is locked. Raises BulletinNotFound,
    MoveNotAllowed, InvalidInput.
    """
    alt = " ".join(normalise(alt).split())
    if not alt:
        raise InvalidInput("alt", _("Say in words what the picture shows: not everybody sees it."))
    if not boxes and not nothing_to_hide:
        raise InvalidInput("boxes", _("Cover faces, names, numbers and addresses, or say that there are none."))
    item = WarningItem.objects.visible_to(by).filter(pk=item_id).first()
    if item is None:
        raise BulletinNotFound(_("There is no such warning, or it is not yours to see."))
    picture = find_picture(item, evidence_id, by)
    stored, width, height = _covered_copy(picture, boxes)
    with transaction.atomic():
        item = locked_item(item_id, by)
        if item.photos.exclude(evidence=evidence_id).count() >= MOST_PHOTOS:
            raise InvalidInput("boxes", _("At most %(n)d photos.") % {"n": MOST_PHOTOS})
        photo, _made = ItemPhoto.objects.update_or_create(
            item=item, evidence=Evidence(pk=evidence_id),
            defaults={
                "alt": alt[:300], "boxes": boxes, "nothing_to_hide": not boxes, "file": stored.name,
                "sha256": stored.sha256, "width": width, "height": height, "placed_by": by.person,
                "placed_at": clock.now(),
            },
        )  # fmt: skip
        touch_item(item, by, "warning.photo_placed", evidence=evidence_id, boxes=len(boxes))
    return photo


def _covered_copy(picture: Derivative, boxes: list[list[int]]) -> tuple[StoredBytes, int, int]:
    with default_storage.open(str(picture.file.name)) as file:
        data = file.read()
    try:
        made = sandbox.run("bulletins.redact_child", data, json.dumps(boxes))
    except sandbox.ChildFailed:
        raise InvalidInput("boxes", _("The picture could not be read. Please choose another.")) from None
    width, height = struct.unpack(">II", made[:8])
    return store(io.BytesIO(made[8:]), folder=FOLDER), width, height


@transaction.atomic
def remove_photo(*, item_id: int, photo_id: int, by: Member) -> None:
    """The file stays for the published copies that name it. Raises BulletinNotFound, MoveNotAllowed."""
    item = locked_item(item_id, by)
    photo = item.photos.filter(pk=photo_id).first()
    if photo is None:
        raise BulletinNotFound(_("There is no such warning, or it is not yours to see."))
    photo.delete()
    touch_item(item, by, "warning.photo_removed", evidence=photo.evidence_id)
