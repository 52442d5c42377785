import signal
import threading
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from events import registry
from events.relay import Relay, due_now, waiting


class Command(BaseCommand):
    help = "Deliver events to their handlers until stopped, or until nothing is due."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--lane", action="append", choices=registry.lanes(), help="Work this lane only (repeatable)."
        )
        parser.add_argument("--until-idle", action="store_true", help="Deliver what is due, then end.")
        parser.add_argument("--wait", type=int, default=600, help="Seconds to wait for lanes another relay holds.")

    def handle(self, *args: Any, **options: Any) -> None:
        relay = Relay(options["lane"])
        if options["until_idle"]:
            self._until_idle(relay, options["wait"])
        else:
            self._until_stopped(relay)

    def _until_idle(self, relay: Relay, patience: int) -> None:
        """Another relay may hold the index's single writer: then its progress is followed."""
        deadline, total = time.monotonic() + patience, due_now(relay.lanes)
        with tqdm(total=total, unit="delivery", disable=None) as bar:
            while (left := due_now(relay.lanes)) and time.monotonic() < deadline:
                if not relay.run_until_idle():
                    time.sleep(0.5)
                bar.update(max(0, total - left - bar.n))
            bar.update(max(0, total - due_now(relay.lanes) - bar.n))
        left = due_now(relay.lanes)
        self.stdout.write(f"{max(0, total - left - waiting(relay.lanes))} delivered, {left} still due")
        if held := waiting(relay.lanes):
            self.stdout.write(f"{held} failed and wait to be tried again; see `manage.py deliveries list`")
        if left:
            raise SystemExit(1)

    def _until_stopped(self, relay: Relay) -> None:
        stopped = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopped.set())
        relay.start()
        self.stdout.write(f"relay working lanes: {', '.join(relay.lanes)}")
        stopped.wait()
        relay.stop()
