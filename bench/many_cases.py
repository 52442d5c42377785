"""Several years of a province's cases, for bench_search_page: some thousand are lodged as everybody lodges, and the
database itself makes many of them, each with a number, words, names, dates and a history of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

from bench.bench_queue import tidy
from bench.synthetic import documents

DAYS, TEXTS, WORDS = 700, 20_000, 40
# Copies lie up to so many years further back, and between those that were lodged.
YEARS, MINUTES = 3, 3

# Most is settled; the rest stands everywhere in the table.
STATES = """
UPDATE workflows_case SET
  state = CASE WHEN id % 20 < 9 THEN 'closed' WHEN id % 20 < 12 THEN 'resolved' WHEN id % 20 < 14 THEN 'lodged'
               WHEN id % 20 < 15 THEN 'accepted' WHEN id % 20 < 16 THEN 'awaiting_complainant'
               WHEN id % 20 < 17 THEN 'referred' ELSE 'investigating' END,
  resume_state = CASE WHEN id % 20 IN (15, 16) THEN 'accepted' ELSE '' END, escalated_to_id = NULL,
  offered_to_id = CASE WHEN id % 20 <> 16 THEN NULL WHEN owner_id = {police} THEN {sct} ELSE {police} END,
  handler_id = CASE WHEN id % 20 >= 17 AND owner_id = {sct} THEN {handler} END
"""
# What waited for the relay is done; the index is filled by `rebuild_index`.
DELIVERED = "UPDATE events_delivery SET state = 'done', done_at = due_at"
OWED = (
    "t.handler IN ('search.index', 'notifications.inbox') AND EXISTS "
    "(SELECT 1 FROM events_event e WHERE e.id = t.event_id AND e.stream LIKE 'case:%')"
)


def lodge(count: int) -> None:
    """In the installation this process is in."""
    from django.db import connection

    from agencies.models import Agency, User
    from casemgr.demo import content, variation
    from events import clock
    from workflows.services.intake import lodge_batch

    stories, now = content.stories(), clock.now()
    for start in range(0, count, 100):
        with clock.frozen(now - timedelta(days=DAYS) * (1 - start / count)):
            lodge_batch([variation.vary(stories, n, clock.now()) for n in range(start, min(start + 100, count))])
    codes = dict(Agency.objects.values_list("code", "pk"))
    handler = User.objects.get(email="handler@sct.dongthap.example").pk
    with connection.cursor() as cursor:
        cursor.execute(STATES.format(police=codes["congan"], sct=codes["sct"], handler=handler))
        cursor.execute(DELIVERED)
    tidy()


# A text each in two halves, of so many.
LISTED = (
    "JOIN bench_text a ON a.id = ({id} * 7919) % {texts} JOIN bench_text b ON b.id = ({id} * 104729) % {texts} "
    "JOIN bench_commune c ON c.id = {id} % {communes}"
)


def multiply(times: int) -> None:
    """So many times the cases there are, in the tables that searching and its pages read; of the deliveries, those to the
    index and to the inbox."""
    from django.db import connection, transaction

    from complaints.models import Complainant, Complaint, Indicator
    from events.models import Delivery, Event
    from workflows.models import Case

    with transaction.atomic(), connection.cursor() as cursor:
        cases, events = Case.objects.count(), _last(Event)
        assert cases == _last(Case) == _last(Complaint), "complaints and cases were numbered alike"
        new, mine = f"(t.id + n.n * {cases})", f"t.complaint_id + n.n * {cases}"
        copy = partial(_copy, cursor, times - 1)
        copy(Complaint, _complaint(new), joined=LISTED.format(id=new, texts=TEXTS, communes=_listed(cursor)))
        copy(Complainant, {"complaint_id": mine, "phone": _renumbered("phone", mine)})
        copy(Indicator, {"complaint_id": mine, "raw": _renumbered("raw", mine), "value": _renumbered("value", mine)})
        copy(Case, _case(new))
        stream = f"'case:' || (CAST(substr(t.stream, 6) AS bigint) + n.n * {cases})"
        copy(Event, {"id": f"t.id + n.n * {events}", "stream": stream}, where="t.stream LIKE 'case:%'")
        copy(Delivery, {"event_id": f"t.event_id + n.n * {events}"}, where=OWED)
    tidy()


def _last(model: Any) -> int:
    return model.objects.order_by("-pk").values_list("pk", flat=True)[0]


def _listed(cursor: Any) -> int:
    """The tables that copies take their words and communes from; how many communes."""
    from agencies.models import Commune

    cursor.execute("CREATE TEMPORARY TABLE bench_text (id bigint PRIMARY KEY, text text)")
    cursor.execute("CREATE TEMPORARY TABLE bench_commune (id bigint PRIMARY KEY, code text)")
    said = (" ".join(one["parts"][0].text.split()[:WORDS]) for one in documents(TEXTS))
    codes = Commune.objects.filter(province="82").order_by("pk").values_list("pk", flat=True)
    cursor.executemany("INSERT INTO bench_text VALUES (%s, %s)", list(enumerate(said)))
    cursor.executemany("INSERT INTO bench_commune VALUES (%s, %s)", list(enumerate(codes)))
    return len(codes)


def _copy(cursor: Any, times: int, model: Any, changed: Mapping[str, str], where: str = "", joined: str = "") -> None:
    """``times`` more of each row of what was lodged. Without an id in ``changed``, the database gives them."""
    kept = [field.column for field in model._meta.concrete_fields if not field.generated and field.column != "id"]
    names = [*kept, "id"] if "id" in changed else kept
    cursor.execute(
        f"WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {times}) "
        f"INSERT INTO {model._meta.db_table} ({', '.join(names)}) "
        f"SELECT {', '.join(changed.get(name, f't.{name}') for name in names)} "
        f"FROM {model._meta.db_table} t CROSS JOIN n {joined} {'WHERE ' + where if where else ''}"
    )


def _complaint(new: str) -> dict[str, str]:
    return {
        "id": new,
        "narrative": "t.narrative || ' ' || a.text || '. ' || b.text || '.'",
        "seller_name": "CASE WHEN t.seller_name = '' THEN '' ELSE t.seller_name || ' ' || n.n END",
        "commune_id": "c.code",
        "amount": "t.amount * (1 + n.n % 5)",
        "code_hash": f"'c' || {new}",
        "key_hash": f"'k' || {new}",
        "source_id": f"'many-' || {new}",
        "lodged_at": _earlier("lodged_at"),
    }


def _case(new: str) -> dict[str, str]:
    # A bijection of the numbers below 2^40, of which hexadecimal digits are read as any case number's.
    scattered = f"(({new} * 2654435761) % 1099511627776)"
    digits = f"upper(lpad(to_hex({scattered}), 10, '0'))" if _postgresql() else f"printf('%010X', {scattered})"
    number = f"'82-' || substr({digits}, 1, 5) || '-' || substr({digits}, 6, 5)"
    times = {name: _earlier(name) for name in ("lodged_at", "state_since", "due_at")}
    return {"id": new, "complaint_id": f"t.complaint_id - t.id + {new}", "number": number, **times}


def _earlier(name: str) -> str:
    minutes = f"(n.n * {MINUTES} + n.n % {YEARS} * 525600)"
    if _postgresql():
        return f"t.{name} - {minutes} * interval '1 minute'"
    return f"datetime(t.{name}, '-' || {minutes} || ' minutes')"


def _renumbered(name: str, by: str) -> str:
    """Another number of as many digits; links and the like stay."""
    digits = f"(({by}) * 7919) % 10000"
    last = f"lpad(CAST({digits} AS text), 4, '0')" if _postgresql() else f"printf('%04d', {digits})"
    is_number = "~ '^[+]?[0-9]{9,}$'" if _postgresql() else "GLOB '*[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'"
    return f"CASE WHEN t.{name} {is_number} THEN substr(t.{name}, 1, length(t.{name}) - 4) || {last} ELSE t.{name} END"


def _postgresql() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"
