"""Rows that several tests look at: made once for a class or a module; what one of the tests changes is taken back after it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation


@contextmanager
def shared_rows(blocker: Any) -> Iterator[None]:
    """Around all of a class or a module whose tests commit nothing: theirs are savepoints of this transaction.

    ``blocker`` is pytest-django's ``django_db_blocker``; ask for ``django_db_setup``, too.
    """
    with blocker.unblock(), transaction.atomic():
        with translation.override(settings.LANGUAGE_CODE):
            yield
        transaction.set_rollback(True)
