"""The limit of sockets over several server processes."""

import json
import time
from collections import Counter
from contextlib import ExitStack

import pytest
from websockets.exceptions import ConnectionClosed

from casemgr.live import limits, tally
from casemgr.live.tally import Tally
from tests.conftest import PROFILE
from tests.live import people
from tests.live.conftest import another_server

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


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(PROFILE != "production", reason="embedded is one process: its channel layer reaches no other")
def test_two_servers_share_one_limit(server, settings):
    settings.LIVE_SOCKETS_PER_PERSON = 6
    _member, session = people.signed_in()
    with another_server() as second, ExitStack() as stack:
        opened = [stack.enter_context(where.open(session)) for where in (server, server, server, server, second)]
        for connection in opened:
            connection.send('{"hello": null}')
            connection.recv(timeout=5)
        time.sleep(limits.RECHECK_SECONDS + 1)
        more = [stack.enter_context(second.open(session)) for _ in range(3)]
        codes = []
        for connection in more:
            try:
                connection.send('{"hello": null}')
                connection.recv(timeout=2)
            except ConnectionClosed as closed:
                codes.append(closed.rcvd.code)
        assert codes.count(limits.TOO_MANY) >= 2
