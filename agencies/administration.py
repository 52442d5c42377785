"""Whom and what an administrator administers: the people of his agency and its units; a lead agency's also the
province's agencies and rules. Never another agency's people: whoever gives roles there could read its cases."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from agencies.actors import Member, acting_as
from agencies.models import Agency, Membership, Province, Role, User


def administrator(person: User, memberships: Sequence[Membership], agency_code: str | None) -> Member | None:
    """The person as administrator of the agency acted for, or else of the first that made them one."""
    if not person.is_staff:
        return None
    found = acting_as(person, [m for m in memberships if m.role == Role.ADMIN], agency_code)
    return found if isinstance(found, Member) else None


def administered_agencies(actor: Member) -> QuerySet[Agency]:
    """His agency, its units and theirs."""
    found = level = {actor.agency.pk}
    while level:
        level = set(Agency.objects.filter(parent__in=level).values_list("pk", flat=True)) - found
        found = found | level
    return Agency.objects.filter(pk__in=found)


def led_provinces(actor: Member) -> QuerySet[Province]:
    """The provinces his agency leads, or none."""
    return actor.agency.provinces.all() if actor.agency.is_lead else Province.objects.none()


def agencies_in_sight(actor: Member) -> QuerySet[Agency]:
    own = administered_agencies(actor)
    return Agency.objects.filter(Q(pk__in=own) | Q(pk__in=_of_led_provinces(actor)))


def _of_led_provinces(actor: Member) -> QuerySet[Agency]:
    return Agency.objects.filter(provinces__in=led_provinces(actor))


def administered_memberships(actor: Member) -> QuerySet[Membership]:
    """Roles in the administered agencies, past ones too, and the overseers of the led provinces."""
    return Membership.objects.filter(Q(agency__in=administered_agencies(actor)) | Q(province__in=led_provinces(actor)))


def administered_people(actor: Member) -> QuerySet[User]:
    return User.objects.filter(pk__in=administered_memberships(actor).values("person"))


def is_wholly_administered(actor: Member, person: User) -> bool:
    """Whether no other agency depends on this account: only then may its address be changed, or the account closed."""
    held = Membership.objects.filter(person=person, revoked_at=None)
    return not held.exclude(pk__in=administered_memberships(actor)).exists()
