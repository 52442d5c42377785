"""A search index of its own for each test, on the engine of the profile under test."""

import secrets
from collections.abc import Callable, Iterator

import pytest

from events.relay import Relay
from search.backends.base import Backend
from search.backends.elastic import ElasticBackend
from search.engine import engine


@pytest.fixture
def index(db, settings, tmp_path) -> Iterator[Backend]:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    settings.ELASTICSEARCH_INDEX_PREFIX = f"test-{secrets.token_hex(6)}"
    backend = engine()
    yield backend
    if isinstance(backend, ElasticBackend):
        for name in backend.live():
            backend.client.indices.delete(index=name)


@pytest.fixture
def deliver(index) -> Callable[[], int]:
    """Let the relay index what is due."""
    return lambda: Relay(["index"]).run_until_idle()
