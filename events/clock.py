"""The one place the time comes from, so that a demo or a test can live a case's year in a second."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_frozen: ContextVar[datetime | None] = ContextVar("frozen", default=None)


def now() -> datetime:
    """The current instant, aware (UTC)."""
    return _frozen.get() or timezone.now()


@contextmanager
def frozen(at: datetime) -> Iterator[None]:
    """Everything recorded inside happens at ``at`` (aware)."""
    token = _frozen.set(at)
    try:
        yield
    finally:
        _frozen.reset(token)
