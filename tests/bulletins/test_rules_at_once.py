"""Two approvals and a rejection of one version, sent at once."""

import pytest

from agencies.models import Role
from bulletins.services import issuing
from tests import factories
from tests.bulletins.conftest import in_november, numbered, written
from tests.factories.races import in_threads


@pytest.mark.django_db(transaction=True)
def test_two_approvers_and_a_rejection_at_once(committed_october, editor):
    one, other = (factories.member("sct", Role.APPROVER) for _ in range(2))
    with in_november():
        version = numbered(written(committed_october, editor, kinds=("product", "scam", "violator", "advice")), editor)
    asked = {"version_id": version.pk, "revision": version.revision}
    came_to = in_threads(
        lambda: issuing.approve(**asked, sha256=version.sha256, by=one),
        lambda: issuing.approve(**asked, sha256=version.sha256, by=other),
        lambda: issuing.reject(**asked, reason="Thiếu", by=other),
    )
    assert came_to == ["StaleBulletin", "StaleBulletin", "done"]
