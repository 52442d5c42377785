"""The relay: a thread per lane, so that a slow PDF never delays a notification."""

import threading
from collections.abc import Callable, Iterable
from functools import partial

import structlog
from django.conf import settings
from django.db import close_old_connections, connections
from django.db.models import QuerySet

from events import clock, leases, registry, wake
from events.models import Delivery
from events.scheduler import run_due_jobs
from events.services.delivering import deliver_batch
from events.timing import JOBS_SECONDS, LEASE, POLL_SECONDS

log = structlog.get_logger(__name__)


def lease_name(lane: str) -> str:
    return f"lane:{lane}"


class Relay:
    """Works the given lanes (all by default) until stopped."""

    def __init__(self, lanes: Iterable[str] | None = None) -> None:
        self.lanes = list(lanes or registry.lanes())
        self.holder = leases.holder_name()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

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
        for name in ["scheduler", *map(lease_name, self.lanes)]:
            leases.release(name, self.holder)

    def run_until_idle(self) -> int:
        """Deliver what is due, here and now, and return how many. Lanes that another process holds are left to it."""
        total = 0
        while done := sum(self._drain(lane) for lane in self.lanes):
            total += done
        for lane in self.lanes:
            leases.release(lease_name(lane), self.holder)
        return total

    def _spawn(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _may_work(self, lane: str) -> bool:
        exclusive = lane in settings.RELAY_EXCLUSIVE_LANES
        return not exclusive or leases.acquire(lease_name(lane), self.holder, LEASE)

    def _drain(self, lane: str) -> int:
        """One pass over the lane's handlers; several batches each, so that a lease is renewed in time."""
        if not self._may_work(lane):
            return 0
        return sum(deliver_batch(h) for h in registry.HANDLERS.values() if h.lane == lane)

    def _work_lane(self, lane: str) -> None:
        self._loop(POLL_SECONDS, lambda: self._drain(lane))

    def _work_jobs(self) -> None:
        self._loop(JOBS_SECONDS, lambda: run_due_jobs(self.holder) and 0, wakeful=False)

    def _loop(self, pause: float, step: Callable[[], int], *, wakeful: bool = True) -> None:
        while not self._stop.is_set():
            seen = wake.generation()
            if self._attempt(step):
                continue
            if wakeful:
                wake.wait(seen, pause)
            else:
                self._stop.wait(pause)
        connections.close_all()

    def _attempt(self, step: Callable[[], int]) -> int:
        """The database may be away for a minute: the relay waits for it and goes on. Whatever else goes wrong, a
        thread that ended here would stop its lane for good, and nobody would see it."""
        try:
            close_old_connections()
            return step() or 0
        except Exception as error:
            log.warning("relay waits", exc_info=error)
            connections.close_all()
            self._stop.wait(1)
            return 0


def _due(lanes: Iterable[str]) -> QuerySet[Delivery]:
    names = [handler.name for handler in registry.HANDLERS.values() if handler.lane in lanes]
    return Delivery.objects.filter(state=Delivery.State.DUE, handler__in=names)


def due_now(lanes: Iterable[str]) -> int:
    """How many deliveries of these lanes are due at this instant; what backs off or is leased is not."""
    return _due(lanes).filter(due_at__lte=clock.now()).count()


def waiting(lanes: Iterable[str]) -> int:
    """How many failed before and wait for their next try."""
    return _due(lanes).filter(due_at__gt=clock.now()).exclude(last_error="").count()
