"""Reading the duty roster, and who may write it."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from agencies.actors import Actor, Member
from agencies.administration import administered_agencies
from agencies.models import Agency, DutyShift, Membership, Role, User

CASE_ROLES = (Role.INTAKE, Role.HANDLER, Role.SUPERVISOR)


def may_plan_duty(actor: Actor) -> bool:
    return isinstance(actor, Member) and actor.has(Role.SUPERVISOR)


def roster_agencies(actor: Member) -> QuerySet[Agency]:
    """The agency acted for and its units: one roster."""
    return administered_agencies(actor).filter(is_active=True).order_by("parent_id", "code")


def shifts_of(actor: Member, after: datetime) -> QuerySet[DutyShift]:
    """Those not over at this moment, the first to begin first."""
    seen = DutyShift.objects.filter(agency__in=roster_agencies(actor).order_by(), ends_at__gt=after)
    return seen.select_related("agency", "person").order_by("starts_at", "agency", "pk")


def able_people(agencies: QuerySet[Agency]) -> QuerySet[User]:
    """Who handles cases in one of them."""
    held = Membership.objects.filter(agency__in=agencies.order_by(), revoked_at=None, role__in=CASE_ROLES)
    return User.objects.filter(pk__in=held.values("person"), is_active=True).order_by("name", "pk")


def duty_places(actor: Member) -> list[Membership]:
    """Who may be put on duty where, each once: a membership with its agency and person. The agency acted for comes
    first."""
    held = Membership.objects.filter(agency__in=roster_agencies(actor).order_by(), revoked_at=None, role__in=CASE_ROLES)
    rows = held.filter(person__is_active=True).select_related("agency", "person")
    found = {(row.agency_id, row.person_id): row for row in rows.order_by("agency__code", "person__name", "person")}
    return sorted(found.values(), key=lambda row: row.agency_id != actor.agency.pk)


def on_duty(since: datetime, until: datetime) -> QuerySet[DutyShift]:
    """Shifts that run at some moment between the two, of people who handle cases there now."""
    held = Membership.objects.filter(
        agency=OuterRef("agency"), person=OuterRef("person"), revoked_at=None, role__in=CASE_ROLES
    )
    there = DutyShift.objects.filter(Exists(held), starts_at__lte=until, ends_at__gt=since, person__is_active=True)
    return there.order_by("starts_at", "pk")
