"""Fixtures of periodic reports, for the conftests of the rooms whose tests ask for them."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from agencies.actors import Member
from bulletins.models_reports import Report
from events import clock
from tests.factories import reports


@pytest.fixture
def at_opening() -> Iterator[None]:
    with clock.frozen(reports.OPENED):
        yield


@pytest.fixture
def in_english() -> Iterator[None]:
    """In the words of the code."""
    with translation.override("en"):
        yield


@pytest.fixture
def lead(db) -> Member:
    return reports.lead()


@pytest.fixture
def report(lead: Member) -> Report:
    with clock.frozen(reports.OPENED):
        return reports.opened(lead)
