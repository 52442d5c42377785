"""The search engine of this profile."""

from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from .backends.base import Backend


def engine() -> Backend:
    """The backend that the settings name; one for each place it keeps its index."""
    place = getattr(settings, "SEARCH_INDEX_DIR", None), getattr(settings, "ELASTICSEARCH_URL", None)
    return _made(settings.SEARCH_BACKEND, *map(str, place), settings.ELASTICSEARCH_INDEX_PREFIX)


@lru_cache(maxsize=8)
def _made(path: str, *place: str) -> Backend:
    return import_string(path)()
