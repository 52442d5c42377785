from collections.abc import Iterator

import pytest

from agencies.models import Role
from tests import factories
from tests.notifications.push_service import HOST, PushService, running


@pytest.fixture(scope="session")
def _running_push_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PushService]:
    with running(tmp_path_factory.mktemp("push")) as service:
        yield service


@pytest.fixture
def push_service(_running_push_service, settings, monkeypatch) -> PushService:
    """A real one on this machine, known and trusted by name; the network of this machine is allowed."""
    service = _running_push_service
    service.answers, service.pushed = {}, []
    settings.PUSH_SERVICES, settings.PUSH_PRIVATE_NETWORKS = [HOST], [f"{HOST}/32"]
    monkeypatch.setenv("SSL_CERT_FILE", str(service.certificate))
    return service


@pytest.fixture
def desk():
    """SCT and the police with one person in each case role."""
    roles = (Role.INTAKE, Role.HANDLER, Role.SUPERVISOR, Role.AUDITOR)
    return {(code, role): factories.member(code, role) for code in ("sct", "congan") for role in roles}
