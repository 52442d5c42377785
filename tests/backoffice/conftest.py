"""Signed-in browsers for the members of the small province."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from agencies.actors import Member
from casemgr.backoffice.middleware import SESSION_KEY
from tests import factories
from tests.reporting import at_opening, in_english, lead, report  # noqa: F401 - fixtures


def url(name: str, pk: int | None = None) -> str:
    return reverse(f"backoffice:{name}", args=[] if pk is None else [pk])


def page(answer: HttpResponse) -> str:
    return answer.content.decode()


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
