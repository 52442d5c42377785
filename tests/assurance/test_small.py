"""A small run of every assurance property that has one; `make assurance` makes the long ones, and all."""

import pytest

from tests.assurance.__main__ import run_apart
from tests.assurance.catalogue import PROPERTIES
from tests.assurance.installation import PRODUCTION, copy_of, prepared
from tests.conftest import PROFILE, VARIABLES

NEEDED = VARIABLES if PROFILE == PRODUCTION else ()
pytestmark = [pytest.mark.slow, pytest.mark.both_profiles, *(pytest.mark.service(name) for name in NEEDED)]


@pytest.fixture(scope="module")
def original():
    with prepared(PROFILE) as made:
        yield made


@pytest.mark.parametrize(
    "row", [row for row in PROPERTIES if PROFILE in row.profiles and row.small], ids=lambda row: row.name
)
def test_property_holds_in_a_few_runs(row, original):
    with copy_of(original) as installation:
        outcome = run_apart(row, row.small, installation)
    assert outcome.failures == []
    assert outcome.runs == row.small > 0
