"""Choosing how one is told, and what an agency's people must be told of."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.models import Agency, Role, User
from events.services.recording import record_event
from events.services.sending import confirm_address
from notifications.groups import CODES, SUMMARY
from notifications.models import CompulsoryWay, Preference, Way
from notifications.ways import chosen_by, compulsory_in
from workflows.errors import InvalidInput, MoveNotAllowed


@transaction.atomic
def choose_ways(*, by: Member, chosen: Mapping[str, str]) -> dict[str, str]:
    """Keep the person's own choice for each named group; what changed. Raises InvalidInput for a group or a way there
    is none of."""
    User.objects.select_for_update(of=("self",)).get(pk=by.person.pk)
    before = chosen_by(by.person)
    changed = {group: _way(group, way) for group, way in chosen.items() if before.get(group) != way}
    for group, way in changed.items():
        Preference.objects.update_or_create(person=by.person, group=group, defaults={"way": way})
    if changed:
        record_event(f"notices:{by.person.pk}", "notices.chosen", by=by, values={**changed})
    return {**changed}


@transaction.atomic
def make_compulsory(*, by: Member, chosen: Mapping[str, str]) -> dict[str, str]:
    """The least the people of the agency acted for are told through, per group; empty: they choose. What changed.
    Raises MoveNotAllowed for who does not supervise it, InvalidInput."""
    if not by.has(Role.SUPERVISOR):
        raise MoveNotAllowed(_("Only a supervisor makes notifications compulsory."))
    Agency.objects.select_for_update(of=("self",)).get(pk=by.agency.pk)
    before = compulsory_in([by.agency])
    changed = {group: way and _way(group, way) for group, way in chosen.items() if before.get(group, "") != way}
    for group, way in changed.items():
        rows = CompulsoryWay.objects.filter(agency=by.agency, group=group)
        if way == Way.PUSH:
            raise InvalidInput(group, _("Choose one of the list."))
        if way in ("", Way.OFF):
            rows.delete()
        else:
            CompulsoryWay.objects.update_or_create(agency=by.agency, group=group, defaults={"way": way})
    if changed:
        record_event(f"notices:{by.agency.code}", "notices.made_compulsory", by=by, values={**changed})
    return {**changed}


def _way(group: str, way: str) -> str:
    """The morning's summary comes by mail or not at all."""
    allowed = (Way.OFF, Way.DIGEST) if group == SUMMARY else tuple(Way)
    if group not in CODES or way not in allowed:
        raise InvalidInput(group, _("Choose one of the list."))
    return way


@transaction.atomic
def confirm_own_address(*, by: Member) -> bool:
    """Write to it again although messages came back; whether it was doubted."""
    doubted = confirm_address(by.person.email)
    if doubted:
        record_event(f"notices:{by.person.pk}", "notices.address_confirmed", by=by)
    return doubted
