"""Signed-in browsers for the members of the small province."""

from collections.abc import Callable

import pytest
from django.test import Client

from agencies.actors import Member
from casemgr.backoffice.middleware import SESSION_KEY
from tests import factories


def sign_in(member: Member) -> Client:
    """A client signed in as this member, acting for this agency, reading English (the texts of the code)."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(member.person)
    session = client.session
    session[SESSION_KEY] = member.agency.code
    session.save()
    return client


@pytest.fixture
def at_desk() -> Callable[[Member], Client]:
    return sign_in


@pytest.fixture
def sct(db) -> Member:
    return factories.member("sct")


@pytest.fixture
def police(db) -> Member:
    return factories.member("congan")


@pytest.fixture
def association(db) -> Member:
    return factories.member("hoi")
