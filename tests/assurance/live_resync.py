"""Open pages under load, while sockets are cut and Redis and the web server killed without warning: after each, every
page stands where a fresh one would; nothing missing, nothing told twice."""

from __future__ import annotations

import os
import random
import threading
import time

from scripts.services.process import free_port
from tests.assurance import processes
from tests.assurance.outcome import Outcome
from tests.assurance.pages import OpenPage, Pages, fresh

PEOPLE, TABS = 15, 2
BATCH, PAUSES_SECONDS = 2, (0.3, 1.5)
SETTLED_WITHIN = 90.0
PORTS = 9310, 9330


def run(runs: int) -> Outcome:
    """``runs`` kills: of the web server, of Redis (production), of both, or of half of the sockets."""
    outcome = Outcome(runs)
    redis = _redis() if "REDIS_URL" in os.environ else None
    server = processes.server(free_port(PORTS[0]))
    programs = [program for program in (redis, server, processes.relay() if redis else None) if program]
    for program in programs:
        program.start()
    pages = Pages(_people(int(server.words[server.words.index("--port") + 1])))
    pages.open()
    load = Load()
    try:
        _settle(outcome, pages, "before the first kill")
        slowest = max(_once(outcome, pages, load, server, redis, number) for number in range(runs))
    finally:
        pages.close()
        for program in reversed(programs):
            program.kill()
    told = sum(len(page.told) for page in pages.pages)
    outcome.remarks += [
        f"{len(pages.pages)} pages of {PEOPLE} people, {load.lodged} cases; {told} rows on the pages at the end",
        f"{sum(page.hellos for page in pages.pages)} hellos, {sum(page.refreshes for page in pages.pages)} refreshes",
        f"the slowest was whole {slowest:.1f} s after everything was up again",
    ]
    return outcome


def _once(
    outcome: Outcome, pages: Pages, load: Load, server: processes.Program, redis: processes.Program | None, number: int
) -> float:
    """Seconds from the last program's return until every page is whole."""
    victims = [[server], [], [redis], [server, redis], [redis], [server]] if redis else [[server], []]
    chosen = [program for program in victims[number % len(victims)] if program]
    with load:
        time.sleep(random.uniform(0.3, 1.5))
        for program in chosen:
            program.kill()
        if not chosen:
            pages.drop(0.5)
        _somebody_reads(pages)
        time.sleep(random.uniform(0, 1.5))
        for program in reversed(chosen):
            program.start()
        time.sleep(random.uniform(0, 1.0))
    _end_leases()
    what = " and ".join(program.name for program in chosen) or "half of the sockets"
    return _settle(outcome, pages, f"kill {number} of {what}")


class Load:
    """Cases that come in steadily while it is entered."""

    def __init__(self) -> None:
        self.lodged = 0

    def __enter__(self) -> None:
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, name="load")
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        from django.db import connection

        from tests.assurance.relay_kill import lodge

        # At times more comes than a hello lists, at times less.
        pause = random.choice(PAUSES_SECONDS)
        while not self._stop.wait(pause):
            lodge(BATCH)
            self.lodged += BATCH
        connection.close()


def _settle(outcome: Outcome, pages: Pages, when: str) -> float:
    began = time.monotonic()
    while (behind := _behind(pages)) and time.monotonic() < began + SETTLED_WITHIN:
        time.sleep(0.2)
    taken = time.monotonic() - began
    outcome.check(not behind, f"{when}: {len(behind)} pages are behind {taken:.0f} s later: {behind[:3]}")
    rows = {person: fresh(person) for person in {page.person_id for page in pages.pages}}
    for page in pages.pages:
        missing, invented = rows[page.person_id] - page.told, page.told - rows[page.person_id]
        outcome.check(not missing, f"{when}: {len(missing)} missing of person {page.person_id}: {sorted(missing)[:3]}")
        outcome.check(not invented, f"{when}: {len(invented)} that are in no inbox: {sorted(invented)[:3]}")
        outcome.check(not page.doubled, f"{when}: told twice: {page.doubled[:3]}")
        page.doubled.clear()
    return taken


def _behind(pages: Pages) -> list[str]:
    from events.models import Delivery
    from notifications.models import Inbox
    from notifications.selectors import unread_count

    owed = Delivery.objects.filter(handler="notifications.inbox", state=Delivery.State.DUE).count()
    if owed:
        return [f"{owed} events not told yet"]
    cursors = dict(Inbox.objects.values_list("person", "cursor"))
    unread = {person: unread_count(person) for person in {page.person_id for page in pages.pages}}
    return [
        f"person {page.person_id} at {page.cursor} of {cursors.get(page.person_id, 0)}, "
        f"counts {page.unread} of {unread[page.person_id]}"
        for page in pages.pages
        if (page.cursor, page.unread) != (cursors.get(page.person_id, 0), unread[page.person_id])
    ]


def _somebody_reads(pages: Pages) -> None:
    from agencies.models import User
    from notifications.services.marking import mark_read

    mark_read(User.objects.get(pk=random.choice(pages.pages).person_id))


def _end_leases() -> None:
    """Of a relay that was killed inside the server: ended here instead of being waited for."""
    from events import clock
    from events.models import Delivery

    owed = Delivery.objects.filter(handler="notifications.inbox", state=Delivery.State.DUE)
    owed.filter(due_at__gt=clock.now()).update(due_at=clock.now())


def _people(port: int) -> list[OpenPage]:
    """More intake staff of the agency that gets the cases, with a session each."""
    from agencies.models import Agency, Membership, Role, User

    agencies = Membership.objects.filter(role=Role.INTAKE).values("agency")
    made = []
    for number in range(PEOPLE):
        person = User.objects.create_user(f"page{number}@sct.example", "demo-casemgr", name=f"Trang {number}")
        for agency in Agency.objects.filter(pk__in=agencies):
            Membership.objects.create(person=person, agency=agency, role=Role.INTAKE)
        cookie = session_cookie(person)
        made += [OpenPage(person.pk, cookie, port) for _ in range(TABS)]
    return made


def session_cookie(person: object) -> str:
    """A new session of the person, as the header that carries it."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)  # type: ignore[attr-defined]
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()  # type: ignore[attr-defined]
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _redis() -> processes.Program:
    """One of this run alone: others go on using theirs."""
    from django.conf import settings

    from scripts.services.process import HOST, converse

    port = free_port(PORTS[1])
    url = os.environ["REDIS_URL"] = f"redis://{HOST}:{port}/0"
    settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"] = [{"address": url}]
    words = ["redis-server", "--bind", HOST, "--port", port, "--save", "", "--appendonly", "no"]
    ready = lambda: converse(port, b"PING\r\n") == b"+PONG\r\n"  # noqa: E731
    return processes.Program("redis", [str(word) for word in words], ready)
