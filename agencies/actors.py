"""Who acts. Every action names the agency it was done for; events keep ids and codes only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet

from .models import Agency, Membership, Role, User


@dataclass(frozen=True, eq=False)
class Member:
    """A person acting for one agency, with every role held there."""

    person: User
    agency: Agency
    roles: frozenset[str]

    def reference(self) -> dict[str, Any]:
        return {"type": "member", "person": self.person.pk, "agency": self.agency.code}

    def has(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)

    @cached_property
    def handles_cases(self) -> bool:
        return self.has(Role.INTAKE, Role.HANDLER, Role.SUPERVISOR)

    @property
    def is_police(self) -> bool:
        return self.agency.is_police


@dataclass(frozen=True)
class Overseer:
    """A person who sees a province's figures and no case."""

    person: User
    province_code: str

    def reference(self) -> dict[str, Any]:
        return {"type": "overseer", "person": self.person.pk, "province": self.province_code}


@dataclass(frozen=True)
class Citizen:
    """Whoever holds a complaint's tracking code."""

    complaint_id: int | None = None

    def reference(self) -> dict[str, Any]:
        return {"type": "citizen"}


@dataclass(frozen=True)
class Business:
    """The business complained of, on one case, by a link sent to it."""

    case_id: int
    link_id: int

    def reference(self) -> dict[str, Any]:
        return {"type": "business", "link": self.link_id}


@dataclass(frozen=True)
class System:
    """The installation itself, at a named job."""

    job: str

    def reference(self) -> dict[str, Any]:
        return {"type": "system", "job": self.job}


Actor = Member | Overseer | Citizen | Business | System


def active_memberships() -> QuerySet[Membership]:
    """Those that count at this moment, of whatever person."""
    return Membership.objects.filter(revoked_at=None).exclude(agency__is_active=False)


def memberships_of(person: User, **computed: Any) -> list[Membership]:
    """The person's active memberships, agency and kind loaded, with what is ``computed`` of each: one query."""
    return list(
        active_memberships()
        .filter(person=person)
        .annotate(**computed)
        .select_related("agency__kind", "province")
        .order_by("agency_id", "role")
    )


def acting_as(person: User, memberships: list[Membership], agency_code: str | None) -> Member | Overseer | None:
    """The person as a member of the chosen agency (the first when none or a foreign one is named)."""
    agencies = {m.agency.code: m.agency for m in memberships if m.agency}
    agency = agencies.get(agency_code or "") or next(iter(agencies.values()), None)
    if agency:
        roles = frozenset(m.role for m in memberships if m.agency_id == agency.pk)
        return Member(person, agency, roles)
    overseen = next((m.province_id for m in memberships if m.province_id), None)
    return Overseer(person, overseen) if overseen else None


def member(email: str, agency_code: str | None = None) -> Member:
    """The active person with this e-mail acting for the agency; raises LookupError when there is none."""
    person = User.objects.filter(email=email.lower(), is_active=True).first()
    found = acting_as(person, memberships_of(person), agency_code) if person else None
    if not isinstance(found, Member) or (agency_code and found.agency.code != agency_code):
        raise LookupError(f"{email} is not an active member of {agency_code or 'any agency'}")
    return found
