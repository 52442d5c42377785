"""The search engine of this profile, or another that a command asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from .backends.base import Backend

BACKENDS = {
    "tantivy": "search.backends.tantivy.TantivyBackend",
    "elastic": "search.backends.elastic.ElasticBackend",
}
_another: ContextVar[str] = ContextVar("another", default="")


def engine() -> Backend:
    """The backend that the settings name; one for each place it keeps its index."""
    place = getattr(settings, "SEARCH_INDEX_DIR", None), getattr(settings, "ELASTICSEARCH_URL", None)
    return _made(_named(), *map(str, place), settings.ELASTICSEARCH_INDEX_PREFIX)


@contextmanager
def using(path: str) -> Iterator[None]:
    """`engine` is this one inside; the settings' own where it is empty."""
    token = _another.set(path)
    try:
        yield
    finally:
        _another.reset(token)


def is_written_by_the_relay() -> bool:
    """Another than the settings' own is only as new as its last rebuild."""
    return _named() == settings.SEARCH_BACKEND


def _named() -> str:
    return _another.get() or settings.SEARCH_BACKEND


@lru_cache(maxsize=8)
def _made(path: str, *place: str) -> Backend:
    return import_string(path)()
