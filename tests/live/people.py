"""People with a session, and what they are told, for the tests of sockets."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from agencies.actors import Member
from agencies.models import Membership, Role, User
from events import clock
from events.models import Event
from notifications.audience import CONCERNS
from notifications.services.inbox import tell
from tests import factories

SOON = 20.0  # seconds: what comes, comes long before, but a loaded machine is no fault


def session_of(person: User) -> SessionStore:
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return session


def signed_in(agency: str = "sct", *roles: Role) -> tuple[Member, SessionStore]:
    """A new member and a session of theirs."""
    member = factories.member(agency, *roles)
    return member, session_of(member.person)


def tell_of(count: int = 1) -> list[str]:
    """Have so many cases lodged with SCT and their people told, without waking anybody; the numbers."""
    numbers = [factories.case().number for _ in range(count)]
    tell(Event.objects.filter(kind__in=CONCERNS).order_by("pk"))
    return numbers


def log_out(member: Member, session: SessionStore) -> None:
    session.delete()


def revoke(member: Member, session: SessionStore) -> None:
    Membership.objects.filter(person=member.person).update(revoked_at=clock.now())


def change_password(member: Member, session: SessionStore) -> None:
    member.person.set_password("another-demo-password")
    member.person.save()


def deactivate(member: Member, session: SessionStore) -> None:
    User.objects.filter(pk=member.person.pk).update(is_active=False)


RIGHTS_ENDED = (log_out, revoke, change_password, deactivate)
