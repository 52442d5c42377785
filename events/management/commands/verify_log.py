from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from events.chain import first_fault
from events.models import Event


class Command(BaseCommand):
    help = "Check that every stream's hash chain is whole."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--stream", help="Only this stream, e.g. case:12.")

    def handle(self, *args: Any, **options: Any) -> None:
        streams = Event.objects.values_list("stream", flat=True).distinct().order_by("stream")
        if options["stream"]:
            streams = streams.filter(stream=options["stream"])
        checked, faults = 0, []
        for stream in streams.iterator():
            fault = first_fault(Event.objects.filter(stream=stream).order_by("sequence").iterator())
            checked += 1
            if fault:
                faults.append(f"{stream}: broken at {fault.sequence} (event at {fault.at:%Y-%m-%d %H:%M})")
        for line in faults:
            self.stderr.write(line)
        self.stdout.write(f"{checked} streams checked, {len(faults)} broken")
        if faults:
            raise SystemExit(1)
