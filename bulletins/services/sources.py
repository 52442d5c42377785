"""Taking out a case a warning was drafted from, which it has nothing to do with."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from bulletins.errors import BulletinNotFound
from bulletins.models import WarningItem
from bulletins.services.checking import tells_of_sender
from bulletins.services.items import locked_item, touch_item
from workflows.errors import InvalidInput
from workflows.models import Case


@transaction.atomic
def remove_source(*, item_id: int, case_id: int, by: Member) -> WarningItem:
    """From then on the checks do not look for who stands behind that case; the event keeps which it was. Raises
    BulletinNotFound, MoveNotAllowed, and InvalidInput while a photo comes from the case or the words tell of a sender."""
    item = locked_item(item_id, by)
    seen = Case.objects.visible_to(by).filter(pk=case_id)
    source = item.sources.filter(case__in=seen).select_related("case").first()
    if source is None or source.case is None:
        raise BulletinNotFound(_("There is no such case, or it is not yours to see."))
    if item.photos.filter(evidence__complaint=source.case.complaint_id).exists():
        raise InvalidInput("source", _("A photo in the warning comes from this case. Remove the photo first."))
    if tells_of_sender(item):
        raise InvalidInput("source", _("The warning tells of somebody who complained. Leave that out first."))
    source.delete()
    return touch_item(item, by, "warning.source_removed", case=case_id)
