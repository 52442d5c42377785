"""The limit of sockets over several server processes."""

import json
import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import pytest
from django.db import connection
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from casemgr.live import limits, tally
from casemgr.live.tally import Tally
from scripts.console import ROOT
from scripts.services.process import free_port
from tests.conftest import PROFILE
from tests.live import people
from tests.live.conftest import Server
from tests.live.people import SOON

LIMIT = 12


def told(one: Tally, other: Tally, counts: dict[int, int]) -> None:
    other.hear(json.loads(json.dumps(one.say(counts, LIMIT))))


def test_others_sockets_count():
    here, there = Tally(), Tally()
    told(there, here, {7: 5, 8: 1})
    assert (here.elsewhere(7), here.elsewhere(8), here.elsewhere(9)) == (5, 0, 0)


def test_ones_own_word_does_not():
    here = Tally()
    told(here, here, {7: 5})
    assert here.elsewhere(7) == 0


def test_the_last_word_holds_and_silence_is_taken_for_an_end(monkeypatch):
    here, there = Tally(), Tally()
    told(there, here, {7: 5})
    told(there, here, {7: 3})
    assert here.elsewhere(7) == 3
    late = time.monotonic() + tally.EXPIRES_SECONDS + 1
    monkeypatch.setattr(tally.time, "monotonic", lambda: late)
    assert here.elsewhere(7) == 0


def test_of_two_that_admitted_at_once_one_closes_what_is_too_many():
    here, there = sorted([Tally(), Tally()], key=lambda one: one.name)
    told(here, there, {7: 10})
    told(there, here, {7: 8})
    assert here.to_close(Counter({7: 10}), LIMIT) == {}
    assert there.to_close(Counter({7: 8}), LIMIT) == {7: 6}


@contextmanager
def another_process() -> Iterator[Server]:
    """A further web process on the same database and broker."""
    port = free_port(8600)
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    env = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "casemgr.settings.test"}
    words = [sys.executable, "manage.py", "serve", "--port", str(port)]
    process = subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        while not answers(port):
            assert process.poll() is None
            time.sleep(0.2)
        yield Server(port)
    finally:
        process.terminate()
        process.wait(20)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def greeted(connection: ClientConnection) -> int | None:
    """None, or the code it was closed with."""
    try:
        connection.send('{"hello": null}')
        connection.recv(timeout=SOON)
    except ConnectionClosed as closed:
        return closed.rcvd.code
    return None


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(PROFILE != "production", reason="embedded is one process: its channel layer reaches no other")
def test_two_processes_share_one_limit(server, settings):
    most = settings.LIVE_SOCKETS_PER_PERSON
    _member, session = people.signed_in()
    with another_process() as second, ExitStack() as stack:
        here = [stack.enter_context(server.open(session)) for _ in range(most - 4)]
        there = [stack.enter_context(second.open(session))]
        assert [greeted(one) for one in here + there] == [None] * (most - 3)
        time.sleep(limits.RECHECK_SECONDS + 1)
        more = [stack.enter_context(second.open(session)) for _ in range(6)]
        assert Counter(map(greeted, more)) == {None: 3, limits.TOO_MANY: 3}
        _other, session = people.signed_in()
        assert greeted(stack.enter_context(second.open(session))) is None
