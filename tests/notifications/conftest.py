import pytest

from agencies.models import Role
from tests import factories


@pytest.fixture
def desk():
    """SCT and the police with one person in each case role."""
    roles = (Role.INTAKE, Role.HANDLER, Role.SUPERVISOR, Role.AUDITOR)
    return {(code, role): factories.member(code, role) for code in ("sct", "congan") for role in roles}
