from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Count

from events.models import Delivery
from events.services.delivering import retry


class Command(BaseCommand):
    help = "Show what is owed to handlers, and make parked deliveries due again."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="action", required=True)
        listing = commands.add_parser("list", help="Count by handler and state; list what is parked.")
        listing.add_argument("--limit", type=int, default=50)
        again = commands.add_parser("retry", help="Make deliveries due now.")
        again.add_argument("ids", nargs="*", type=int)
        again.add_argument("--parked", action="store_true", help="All that are parked.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "list":
            self._list(options["limit"])
        else:
            self._retry(options["ids"], options["parked"])

    def _list(self, limit: int) -> None:
        counts = Delivery.objects.values_list("handler", "state").annotate(n=Count("id")).order_by("handler", "state")
        for handler, state, number in counts:
            self.stdout.write(f"{handler:30} {state:8} {number}")
        for row in Delivery.objects.filter(state=Delivery.State.PARKED).select_related("event")[:limit]:
            self.stdout.write(
                f"parked {row.pk}: {row.handler} ← {row.event} after {row.attempts} tries: {row.last_error}"
            )

    def _retry(self, ids: list[int], parked: bool) -> None:
        if parked:
            ids = list(Delivery.objects.filter(state=Delivery.State.PARKED).values_list("pk", flat=True))
        self.stdout.write(f"{retry(ids)} due again")
