"""What a test committed is taken out again: from the tables that hold rows, and no more.

Django's own way truncates every table (on PostgreSQL a new file for each of them and of their indexes: seconds a test) and
then makes all content types and permissions anew; here these stay, being the same for every test.
"""

from django.core.management.color import no_style
from django.db import OperationalError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

LOCKS_SECONDS = 20
END_OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
STAYING = {"auth_permission", "django_content_type", "django_migrations"}


def take_over() -> None:
    """Have `TransactionTestCase`, which pytest-django uses too, end its tests so."""
    TransactionTestCase._fixture_teardown = _empty_all  # type: ignore[method-assign]


def _empty_all(case: TransactionTestCase) -> None:
    for alias in case._databases_names(include_mirrors=False):
        empty(connections[alias])


def empty(connection: BaseDatabaseWrapper) -> None:
    """A session of the test that is over may have been left with locks: it is ended rather than waited for."""
    try:
        _delete(connection)
    except OperationalError:
        if connection.vendor != "postgresql":
            raise
        with connection.cursor() as cursor:
            cursor.execute(END_OTHERS)
        _delete(connection)


def _delete(connection: BaseDatabaseWrapper) -> None:
    filled = _filled(connection)
    if not filled:
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Neither foreign keys nor the triggers that forbid deleting are asked.
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(f"SET LOCAL lock_timeout = '{LOCKS_SECONDS}s'")
            statements = [f"DELETE FROM {connection.ops.quote_name(table)}" for table in filled]
        else:
            statements = connection.ops.sql_flush(no_style(), filled)
        for statement in statements:
            cursor.execute(statement)


def _filled(connection: BaseDatabaseWrapper) -> list[str]:
    there = connection.introspection.django_table_names(only_existing=True, include_views=False)
    tables = sorted(set(there) - STAYING)
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in tables)
        )
        return [name for (name,) in cursor.fetchall()]
