"""Recording where a bulletin was carried, and striking a wrong record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.folding import normalise
from bulletins.errors import BulletinNotFound
from bulletins.models import BulletinVersion, Coverage, Medium
from events import clock
from events.services.recording import record_event
from workflows.errors import InvalidInput, MoveNotAllowed


@transaction.atomic
def record_coverage(*, version_id: int, given: Mapping[str, Any], by: Member) -> Coverage:
    """Sent twice it is recorded once: the constraint ``coverage_once`` decides between two at the same moment.

    Also of a version that was replaced since: it was carried. Raises BulletinNotFound, InvalidInput.
    """
    version = BulletinVersion.objects.handed_to(by).select_related("bulletin").filter(pk=version_id).first()
    if version is None:
        raise BulletinNotFound(_("There is no such bulletin, or it is not yours to see."))
    medium, place, carried_at = str(given["medium"]), normalise(str(given["place"]))[:160], given["carried_at"]
    if medium not in Medium.values:
        raise InvalidInput("medium", _("Choose where it was carried."))
    if not place:
        raise InvalidInput("place", _("Name the programme, the page or the channel."))
    if carried_at > clock.now():
        raise InvalidInput("carried_on", _("This is in the future. Record it once it was carried."))
    if version.published_at and carried_at < version.published_at.replace(second=0, microsecond=0):
        raise InvalidInput("carried_on", _("The bulletin was not published yet at that time."))
    made, is_new = Coverage.objects.get_or_create(
        version=version, agency=by.agency, medium=medium, place=place, carried_at=carried_at, struck_at=None,
        defaults={
            "link": str(given.get("link") or "")[:500], "note": normalise(str(given.get("note") or ""))[:1_000],
            "recorded_by": by.person, "recorded_at": clock.now(),
        },
    )  # fmt: skip
    if is_new:
        record_event(
            version.bulletin.stream, "bulletin.carried", by=by, version=version.pk, coverage=made.pk, medium=medium
        )
    return made


@transaction.atomic
def strike_coverage(*, coverage_id: int, by: Member) -> Coverage:
    """The agency's own record; struck already, nothing happens. The row lock lets the first of two write.

    Raises BulletinNotFound, MoveNotAllowed.
    """
    seen = Coverage.objects.visible_to(by).select_for_update(of=("self",)).select_related("version__bulletin")
    found = seen.filter(pk=coverage_id).first()
    if found is None:
        raise BulletinNotFound(_("There is no such record, or it is not yours to see."))
    if found.agency_id != by.agency.pk:
        raise MoveNotAllowed(_("Only the agency that recorded it strikes it."))
    if found.struck_at is None:
        found.struck_at, found.struck_by = clock.now(), by.person
        found.save(update_fields=["struck_at", "struck_by"])
        record_event(
            found.version.bulletin.stream,
            "bulletin.coverage_struck",
            by=by,
            version=found.version_id,
            coverage=found.pk,
        )
    return found
