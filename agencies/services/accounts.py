"""Accounts: making a person, giving and revoking roles, keeping what hangs on them right."""

from __future__ import annotations

from allauth.account.models import EmailAddress

from agencies.models import Agency, Membership, Role, User
from events import clock


def settle(person: User) -> None:
    """Bring the account in line with its roles and address.

    The administration site is open to whoever is an administrator somewhere, and signing in works with the
    present address only: allauth keeps addresses of its own.
    """
    person.is_staff = Membership.objects.filter(person=person, role=Role.ADMIN, revoked_at=None).exists()
    person.save(update_fields=["is_staff"])
    EmailAddress.objects.filter(user=person).exclude(email=person.email).delete()
    EmailAddress.objects.get_or_create(user=person, email=person.email, defaults={"verified": True, "primary": True})


def revoke(membership: Membership) -> bool:
    """End a role now; whether it was still held. The row stays: it tells who could do what, and when."""
    ended = Membership.objects.filter(pk=membership.pk, revoked_at=None).update(revoked_at=clock.now())
    settle(membership.person)
    return bool(ended)


def make_administrator(email: str, name: str, agency: Agency) -> tuple[User, bool]:
    """The person with this address as administrator of ``agency``; and whether anything was new."""
    person = User.objects.filter(email=email.lower()).first()
    if person is None:
        person = User.objects.create_user(email, name=name)
    _role, made = Membership.objects.get_or_create(person=person, agency=agency, role=Role.ADMIN, revoked_at=None)
    settle(person)
    return person, made
