"""A search index of its own for each test, on the engine of the profile under test."""

import secrets
from collections.abc import Callable, Iterator

import pytest

from events.relay import Relay
from search.backends.base import Backend, Searched
from search.backends.elastic import ElasticBackend
from search.backends.tantivy import TantivyBackend
from search.backends.tantivy_view import TantivyView
from search.engine import BACKENDS, engine, using
from tests import factories

# Each time an index is dropped the server writes down what it has.
DROPPED_AT_ONCE = 20


@pytest.fixture(scope="session")
def dropped() -> Iterator[Callable[[ElasticBackend], None]]:
    """Takes the indexes of a test, and drops those of several together."""
    left: set[str] = set()
    servers: list[ElasticBackend] = []

    def drop(backend: ElasticBackend) -> None:
        servers[:] = [backend]
        left.update(backend.client.indices.get(index=f"{backend.alias}-*"))
        if len(left) >= DROPPED_AT_ONCE:
            backend.drop(left)
            left.clear()

    yield drop
    for backend in servers:
        backend.drop(left)


@pytest.fixture
def index(db, settings, tmp_path, dropped) -> Iterator[Backend]:
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    settings.ELASTICSEARCH_INDEX_PREFIX = f"test-{secrets.token_hex(6)}"
    backend = engine()
    yield backend
    if isinstance(backend, ElasticBackend):
        dropped(backend)


@pytest.fixture
def another(index: Backend, settings, opensearch_url) -> Iterator[str]:
    """What `--backend` calls the engine that is not this profile's; nothing is in it yet."""
    settings.ELASTICSEARCH_URL = opensearch_url
    if not isinstance(index, TantivyBackend):
        yield "tantivy"
        return
    yield "elastic"
    with using(BACKENDS["elastic"]):
        backend = engine()
        backend.drop(backend.client.indices.get(index=f"{backend.alias}-*"))


@pytest.fixture
def deliver(index) -> Callable[[], int]:
    """Let the relay index what is due."""
    return lambda: Relay(["index"]).run_until_idle()


@pytest.fixture
def sct(db):
    return factories.member("sct")


@pytest.fixture
def page(client, sct, deliver):
    """The search page as a handler of SCT, after everything due was indexed."""

    def get(text: str | None = None, **more):
        deliver()
        client.force_login(sct.person)
        return client.get("/backoffice/search/", ({} if text is None else {"q": text}) | more)

    return get


@pytest.fixture
def answering(index: Backend) -> type[Searched]:
    """What answers where `index` is searched: to be patched where it is to fail."""
    return TantivyView if isinstance(index, TantivyBackend) else type(index)
