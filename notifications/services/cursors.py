"""Taking places in people's inboxes. The only writer of `Inbox`."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from notifications.models import Inbox


def advance(steps: Mapping[int, int]) -> dict[int, int]:
    """Move each person's cursor on by so many steps; person id → where it stands now.

    Call it inside the transaction of the change: the rows stay locked until that ends, so cursors are committed in
    their order. Locked in the order of the ids, so that two who advance several never wait for each other. A place
    taken in vain (the event was told already) stays empty; nobody counts on the numbers being without gaps.
    """
    people = sorted(person for person, count in steps.items() if count > 0)
    if not people:
        return {}
    table = Inbox._meta.db_table
    with connection.cursor() as cursor:
        # Our own table name and placeholders only.
        cursor.execute(
            f"INSERT INTO {table} (person_id, cursor) VALUES {', '.join(['(%s, %s)'] * len(people))} "  # nosec B608
            f"ON CONFLICT (person_id) DO UPDATE SET cursor = {table}.cursor + excluded.cursor "
            "RETURNING person_id, cursor",
            [value for person in people for value in (person, steps[person])],
        )
        return dict(cursor.fetchall())
