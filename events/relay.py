"""The relay: a thread per lane, so that a slow PDF never delays a notification."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog
from django.conf import settings
from django.db import close_old_connections, connections
from django.db.models import QuerySet

from events import clock, leases, registry, wake
from events.models import Delivery
from events.registry import Handler
from events.scheduler import run_due_jobs
from events.services.delivering import deliver_batch, is_owed
from events.timing import JOBS_SECONDS, LEASE, POLL_SECONDS

log = structlog.get_logger(__name__)

Result = TypeVar("Result")


def lease_name(lane: str) -> str:
    return f"lane:{lane}"


class Relay:
    """Works the given lanes (all by default) until stopped."""

    def __init__(self, lanes: Iterable[str] | None = None) -> None:
        self.lanes = list(lanes or registry.lanes())
        self.holder = leases.holder_name()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._ours_until: dict[str, datetime] = {}  # by lane; each has one thread

    def start(self) -> None:
        self._spawn("relay:wake", partial(wake.listen, self._stop))
        self._spawn("relay:jobs", self._work_jobs)
        for lane in self.lanes:
            self._spawn(f"relay:{lane}", partial(self._work_lane, lane))

    def stop(self, seconds: float = 20) -> None:
        """Ask the threads to finish their batch and end; leases are given back."""
        self._stop.set()
        wake.signal()
        for thread in self._threads:
            thread.join(seconds)
        leases.release("scheduler", self.holder)
        for lane in self.lanes:
            self._give_back(lane)

    def run_until_idle(self) -> int:
        """Deliver what is due, here and now, and return how many. Lanes that another process holds are left to it."""
        total = 0
        while done := sum(self._deliver(lane, registry.handlers_of(lane)).total() for lane in self.lanes):
            total += done
        for lane in self.lanes:
            self._give_back(lane)
        return total

    def _spawn(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _may_work(self, lane: str) -> bool:
        """Whether an exclusive lane is ours; said anew only when a third of the lease is gone: it is a write."""
        now = clock.now()  # the lease's own clock: one that was set forward ends both
        if lane not in settings.RELAY_EXCLUSIVE_LANES or (lane in self._ours_until and now < self._ours_until[lane]):
            return True
        if not leases.acquire(lease_name(lane), self.holder, LEASE):
            self._ours_until.pop(lane, None)
            return False
        self._ours_until[lane] = now + LEASE / 3
        return True

    def _give_back(self, lane: str) -> None:
        self._ours_until.pop(lane, None)
        leases.release(lease_name(lane), self.holder)

    def _deliver(self, lane: str, handlers: Iterable[Handler]) -> Counter[str]:
        """A batch for each that has something due, so that a lease is renewed in time; handler → how many."""
        if not self._may_work(lane):
            return Counter()
        return +Counter({handler.name: deliver_batch(handler) for handler in handlers if is_owed(handler)})

    def _work_lane(self, lane: str) -> None:
        """Whom there was a signal for, and who had something to do, are looked at at once; everybody twice a second."""
        handlers = {handler.name: handler for handler in registry.handlers_of(lane)}
        asked, seen, polled = set(handlers), wake.generation(), time.monotonic()
        while not self._stop.is_set():
            now = [handler for name, handler in handlers.items() if name in asked]
            busy = set(self._attempt(partial(self._deliver, lane, now)) or ())
            if not busy:
                wake.wait(seen, polled + POLL_SECONDS - time.monotonic(), handlers)
            before, seen = seen, wake.generation()
            asked = busy | wake.signalled(before, handlers)
            if time.monotonic() - polled >= POLL_SECONDS:
                asked, polled = set(handlers), time.monotonic()
        connections.close_all()

    def _work_jobs(self) -> None:
        while not self._stop.is_set():
            self._attempt(lambda: run_due_jobs(self.holder))
            self._stop.wait(JOBS_SECONDS)
        connections.close_all()

    def _attempt(self, step: Callable[[], Result]) -> Result | None:
        """The database may be away for a minute: the relay waits for it and goes on. Whatever else goes wrong, a
        thread that ended here would stop its lane for good, and nobody would see it."""
        try:
            close_old_connections()
            return step()
        except Exception as error:
            log.warning("relay waits", exc_info=error)
            connections.close_all()
            self._stop.wait(1)
            return None


def _due(lanes: Iterable[str]) -> QuerySet[Delivery]:
    names = [handler.name for handler in registry.HANDLERS.values() if handler.lane in lanes]
    return Delivery.objects.filter(state=Delivery.State.DUE, handler__in=names)


def due_now(lanes: Iterable[str]) -> int:
    """How many deliveries of these lanes are due at this instant; what backs off or is leased is not."""
    return _due(lanes).filter(due_at__lte=clock.now()).count()


def waiting(lanes: Iterable[str]) -> int:
    """How many failed before and wait for their next try."""
    return _due(lanes).filter(due_at__gt=clock.now()).exclude(last_error="").count()
