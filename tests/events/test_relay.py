import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from agencies.actors import System
from events import clock, leases
from events.models import Delivery, JobRun, Lease
from events.registry import HANDLERS, JOBS, KINDS, Handler, Job, Kind, Postponed
from events.relay import Relay
from events.scheduler import run_due_jobs
from events.services import delivering
from events.services.delivering import PARK_AFTER, deliver_batch, retry
from events.services.recording import record_event


class Effect:
    """A handler that notes what it ran and fails as often as it is told to."""

    def __init__(self) -> None:
        self.ran: list[int] = []
        self.poison: set[int] = set()

    def __call__(self, events) -> None:
        if self.poison & {event.pk for event in events}:
            raise ValueError("số điện thoại 0912345678")
        self.ran += [event.pk for event in events]


@pytest.fixture(autouse=True)
def _kind(monkeypatch):
    monkeypatch.setitem(KINDS, "relaytest.happened", Kind("relaytest.happened", "It happened."))


@pytest.fixture
def effect(monkeypatch):
    made = Effect()
    monkeypatch.setitem(HANDLERS, "relaytest", Handler("relaytest", ("relaytest.*",), "relaytest", made, batch=10))
    return made


@pytest.fixture
def handler(effect):
    return HANDLERS["relaytest"]


def happen(times: int = 1) -> list[int]:
    made = []
    for number in range(times):
        with transaction.atomic():
            made.append(record_event(f"relaytest:{number}", "relaytest.happened", by=System("test")).pk)
    return made


@pytest.mark.django_db
def test_what_is_due_is_delivered_once(handler, effect):
    events = happen(3)
    assert deliver_batch(handler) == 3
    assert deliver_batch(handler) == 0
    assert sorted(effect.ran) == events
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db
def test_one_bad_event_does_not_hold_back_its_batch(handler, effect):
    events = happen(3)
    effect.poison = {events[1]}
    deliver_batch(handler)
    assert sorted(effect.ran) == [events[0], events[2]]
    waiting = Delivery.objects.get(state="due")
    assert waiting.event_id == events[1]
    assert waiting.due_at > clock.now()


@pytest.mark.django_db
def test_an_error_is_kept_without_its_text(handler, effect):
    effect.poison = set(happen())
    deliver_batch(handler)
    assert Delivery.objects.get().last_error == "builtins.ValueError"


@pytest.mark.django_db
def test_what_keeps_failing_is_parked_and_can_be_run_again(handler, effect, capsys):
    effect.poison = set(happen())
    for _ in range(PARK_AFTER):
        Delivery.objects.update(due_at=clock.now())
        deliver_batch(handler)
    assert Delivery.objects.get().state == "parked"
    assert deliver_batch(handler) == 0

    effect.poison = set()
    call_command("deliveries", "retry", "--parked")
    assert "1 due again" in capsys.readouterr().out
    deliver_batch(handler)
    assert Delivery.objects.get().state == "done"


@pytest.mark.django_db
def test_retry_leaves_alone_what_is_done(handler):
    happen()
    deliver_batch(handler)
    assert retry([Delivery.objects.get().pk]) == 0


@pytest.mark.django_db
def test_a_claim_that_ran_out_is_fenced(handler, effect):
    """The first relay falls asleep past its lease; the second does the work; the first may not undo that."""
    happen()
    rows, stale = delivering._claim(handler)
    Delivery.objects.update(due_at=clock.now() - timedelta(seconds=1))
    deliver_batch(handler)
    assert Delivery.objects.get().state == "done"
    delivering._postpone(rows[0], stale, ValueError())
    assert Delivery.objects.get().state == "done"


@pytest.mark.django_db
def test_a_claimed_delivery_comes_back_when_its_relay_dies(handler, effect):
    happen()
    delivering._claim(handler)
    assert deliver_batch(handler) == 0
    with clock.frozen(clock.now() + handler.lease + timedelta(seconds=1)):
        assert deliver_batch(handler) == 1
    assert len(effect.ran) == 1


@pytest.mark.django_db(transaction=True)
def test_two_relays_never_take_the_same_delivery(handler, effect):
    events = happen(60)

    def work() -> None:
        while deliver_batch(handler):
            pass
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while deliver_batch(handler):
        pass
    assert sorted(effect.ran) == events


@pytest.mark.django_db(transaction=True)
def test_a_started_relay_delivers_and_stops(effect):
    relay = Relay(["relaytest"])
    relay.start()
    try:
        events = happen(5)
        done = threading.Event()
        for _ in range(200):
            if sorted(effect.ran) == events:
                done.set()
                break
            done.wait(0.05)
    finally:
        relay.stop()
    assert done.is_set()
    assert not Lease.objects.filter(holder=relay.holder).exists()


@pytest.mark.django_db
def test_an_exclusive_lane_is_left_to_its_holder(settings, handler, effect):
    settings.RELAY_EXCLUSIVE_LANES = frozenset({"relaytest"})
    assert leases.acquire("lane:relaytest", "another process", timedelta(seconds=30))
    happen()
    assert Relay(["relaytest"]).run_until_idle() == 0
    with clock.frozen(clock.now() + timedelta(seconds=31)):
        assert Relay(["relaytest"]).run_until_idle() == 1


@pytest.mark.django_db
def test_a_lease_has_one_holder():
    period = timedelta(seconds=30)
    assert leases.acquire("x", "a", period)
    assert not leases.acquire("x", "b", period)
    assert leases.acquire("x", "a", period)
    leases.release("x", "b")
    assert not leases.acquire("x", "b", period)
    leases.release("x", "a")
    assert leases.acquire("x", "b", period)


@pytest.mark.django_db
def test_a_job_runs_when_due_and_by_one_relay(monkeypatch):
    runs = []
    monkeypatch.setitem(JOBS, "relaytest.job", Job("relaytest.job", timedelta(hours=1), lambda: runs.append(1)))
    for name in [name for name in JOBS if name != "relaytest.job"]:
        monkeypatch.delitem(JOBS, name)
    assert run_due_jobs("a") == 1
    assert run_due_jobs("a") == 0
    assert run_due_jobs("b") == 0
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert run_due_jobs("b") == 1
    assert len(runs) == 2


@pytest.mark.django_db
def test_a_failing_job_says_so_and_runs_again_later(monkeypatch):
    def fail() -> None:
        raise KeyError("riêng tư")

    for name in list(JOBS):
        monkeypatch.delitem(JOBS, name)
    monkeypatch.setitem(JOBS, "relaytest.job", Job("relaytest.job", timedelta(hours=1), fail))
    run_due_jobs("a")
    assert JobRun.objects.get(name="relaytest.job").last_error == "builtins.KeyError"


@pytest.mark.django_db
def test_until_idle_reports_what_it_did(effect, capsys):
    happen(4)
    call_command("relay", "--until-idle")
    assert "4 delivered, 0 still due" in capsys.readouterr().out
    assert len(effect.ran) == 4


@pytest.mark.django_db
def test_until_idle_of_one_lane_does_not_wait_for_the_others(monkeypatch, effect, capsys):
    monkeypatch.setitem(HANDLERS, "other", Handler("other", ("relaytest.*",), "other", lambda events: None))
    happen(2)
    call_command("relay", "--until-idle", "--wait", "5", lane=["relaytest"])
    assert "2 delivered, 0 still due" in capsys.readouterr().out
    assert Delivery.objects.filter(handler="other", state="due").count() == 2


def only_job(monkeypatch, run) -> None:
    for name in list(JOBS):
        monkeypatch.delitem(JOBS, name)
    monkeypatch.setitem(JOBS, "relaytest.job", Job("relaytest.job", timedelta(hours=1), run))


@pytest.mark.django_db(transaction=True)
def test_a_job_that_takes_its_time_keeps_nobody_from_writing(monkeypatch):
    """On SQLite a transaction around it would hold the only write lock while it walks folders or waits."""
    inside = []
    only_job(monkeypatch, lambda: inside.append(connection.in_atomic_block))
    run_due_jobs("a")
    assert inside == [False]


@pytest.mark.django_db
def test_a_job_that_outlasts_the_lease_is_not_begun_again_beside_itself(monkeypatch):
    runs = []

    def slow() -> None:
        runs.append(1)
        with clock.frozen(clock.now() + timedelta(minutes=5)):
            run_due_jobs("another relay")

    only_job(monkeypatch, slow)
    run_due_jobs("a")
    assert runs == [1]


@pytest.mark.django_db(transaction=True)
def test_an_error_outside_any_handler_does_not_end_a_lane(monkeypatch, effect):
    failures = iter([RuntimeError("once")])
    real = Relay._deliver

    def deliver(self, lane, handlers):
        if failure := next(failures, None):
            raise failure
        return real(self, lane, handlers)

    monkeypatch.setattr(Relay, "_deliver", deliver)
    relay = Relay(["relaytest"])
    relay.start()
    try:
        happen()
        for _ in range(100):
            if effect.ran:
                break
            threading.Event().wait(0.05)
    finally:
        relay.stop()
    assert len(effect.ran) == 1


@pytest.mark.django_db(transaction=True)
def test_a_commit_costs_the_lanes_it_does_not_concern_nothing(monkeypatch, effect):
    other = Handler("relaytest.other", ("relaytest.else",), "relaytest", effect)
    monkeypatch.setitem(HANDLERS, other.name, other)
    monkeypatch.setattr("events.relay.POLL_SECONDS", 60)
    # At its beginning it wakes everybody for what came before.
    monkeypatch.setattr("events.relay.wake.listen", lambda stopped: None)
    asked: list[str] = []

    def is_owed(handler):
        asked.append(handler.name)
        return delivering.is_owed(handler)

    monkeypatch.setattr("events.relay.is_owed", is_owed)
    relay = Relay(["relaytest"])
    relay.start()
    try:
        until(lambda: len(asked) == 2)  # at its start it looks at everybody
        happen()
        until(lambda: effect.ran)
        until(lambda: asked[2:] == ["relaytest", "relaytest"])  # and once more, as there was something
    finally:
        relay.stop()
    assert other.name not in asked[2:]


def until(true) -> None:
    for _ in range(200):
        if true():
            return
        threading.Event().wait(0.05)
    raise AssertionError("it did not come about")


@pytest.mark.django_db(transaction=True)
def test_what_nobody_announced_is_found_all_the_same(monkeypatch, effect):
    monkeypatch.setattr("events.wake.announce", lambda handlers: None)
    relay = Relay(["relaytest"])
    relay.start()
    try:
        happen()
        until(lambda: effect.ran)
    finally:
        relay.stop()


@pytest.mark.django_db
def test_a_batch_tried_one_by_one_is_leased_one_by_one(monkeypatch, handler, effect):
    """Else what is tried last runs out of its lease, and another relay runs it beside."""
    happen(3)
    taken: list[int] = []
    until = []

    def slow(events):
        if len(events) > 1:
            raise TimeoutError
        left = Delivery.objects.exclude(event=events[0]).filter(state="due").order_by("-id").first()
        if not taken:
            taken.append(left.event_id)
            Delivery.objects.filter(pk=left.pk).update(token=1)  # another relay, after the lease
        until.append(Delivery.objects.get(event=events[0]).due_at)
        effect.ran += [event.pk for event in events]

    real, hour = clock.now(), timedelta(hours=1)
    times = iter([real, *(real + hour * n for n in range(20))])
    monkeypatch.setattr("events.services.delivering.clock.now", lambda: next(times))
    monkeypatch.setitem(HANDLERS, handler.name, Handler(handler.name, handler.kinds, handler.lane, slow, batch=10))
    deliver_batch(HANDLERS[handler.name])
    assert len(effect.ran) == 2
    assert taken[0] not in effect.ran
    assert until[1] - until[0] >= hour


@pytest.mark.django_db
def test_who_waits_for_a_server_waits_as_a_batch(monkeypatch, handler):
    happen(3)
    calls: list[int] = []
    until = clock.now() + timedelta(minutes=1)

    def away(events):
        calls.append(len(events))
        raise Postponed(until, all_of_them=True)

    monkeypatch.setitem(HANDLERS, handler.name, Handler(handler.name, handler.kinds, handler.lane, away, batch=10))
    deliver_batch(HANDLERS[handler.name])
    assert calls == [3]
    assert set(Delivery.objects.values_list("state", "attempts", "due_at", "token")) == {("due", 0, until, None)}


@pytest.mark.django_db
def test_a_lane_is_ours_by_the_clock_of_its_lease(settings):
    settings.RELAY_EXCLUSIVE_LANES = frozenset({"relaytest"})
    relay = Relay(["relaytest"])
    assert relay._may_work("relaytest")
    with clock.frozen(clock.now() + timedelta(minutes=5)):
        assert leases.acquire("lane:relaytest", "another process", timedelta(seconds=30))
        assert not relay._may_work("relaytest")


@pytest.mark.django_db
def test_what_takes_its_relay_down_every_time_is_parked(handler, effect):
    happen()
    for _ in range(PARK_AFTER):
        delivering._claim(handler)
        Delivery.objects.update(due_at=clock.now())
    assert deliver_batch(handler) == 0
    parked = Delivery.objects.get()
    assert (parked.state, parked.last_error, effect.ran) == ("parked", "relay died", [])


@pytest.mark.django_db
def test_until_idle_tells_what_waits_for_another_try(effect, capsys):
    effect.poison = set(happen(1))
    call_command("relay", "--until-idle", lane=["relaytest"])
    said = capsys.readouterr().out
    assert "0 delivered, 0 still due" in said
    assert "1 failed and wait" in said
