"""Whose session a socket came with, and whether it still holds: two queries for many sockets at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from agencies.models import Membership, User
from casemgr.backoffice.access import people_without_second_factor
from notifications.models import Inbox


@dataclass(frozen=True)
class Right:
    """``agencies``: ids of those the person belongs to now; ``cursor``: where the person's inbox stands."""

    person_id: int
    agencies: frozenset[int]
    cursor: int


@dataclass(frozen=True)
class _Claim:
    person_id: int
    signed: str


def find_rights(session_keys: Collection[str]) -> dict[str, Right]:
    """Session key → right, for those that live, whose password is still the person's, and whose person still
    belongs somewhere."""
    alive = Session.objects.filter(session_key__in=session_keys, expire_date__gt=timezone.now())
    claims = {key: claim for key, data in alive.values_list("session_key", "session_data") if (claim := _claim(data))}
    people = _people({claim.person_id for claim in claims.values()})
    return {key: right for key, claim in claims.items() if (right := _right(claim, people))}


@lru_cache(maxsize=4096)
def _claim(session_data: str) -> _Claim | None:
    """Reading a session costs more than asking for it, and it seldom changes."""
    held: dict[str, Any] = Session(session_data=session_data).get_decoded()
    person = str(held.get(SESSION_KEY, ""))
    if not person.isdecimal() or held.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    return _Claim(int(person), str(held.get(HASH_SESSION_KEY, "")))


@dataclass
class _Person:
    password: str
    cursor: int
    agencies: set[int]


def _people(ids: Collection[int]) -> dict[int, _Person]:
    cursor = Inbox.objects.filter(person=OuterRef("person")).values("cursor")
    held = Membership.objects.filter(person__in=ids, revoked_at=None, person__is_active=True)
    held = held.exclude(Q(agency__is_active=False) | Q(person__in=people_without_second_factor()))
    found: dict[int, _Person] = {}
    rows: Iterable[tuple[int, int | None, str, int | None]] = held.values_list(
        "person_id", "agency_id", "person__password", Subquery(cursor)
    )
    for person, agency, password, at in rows:
        one = found.setdefault(person, _Person(password, at or 0, set()))
        one.agencies.update([agency] if agency else [])
    return found


def _right(claim: _Claim, people: dict[int, _Person]) -> Right | None:
    person = people.get(claim.person_id)
    if person is None or not constant_time_compare(claim.signed, _hash_of(person.password)):
        return None
    return Right(claim.person_id, frozenset(person.agencies), person.cursor)


@lru_cache(maxsize=4096)
def _hash_of(password: str) -> str:
    return User(password=password).get_session_auth_hash()
