from typing import Any

from django.core.management.base import CommandError, CommandParser

from search.backends.base import SearchUnavailable
from search.management.backend import BackendCommand
from search.management.progress import Progress
from search.services import Drift, compare, repair
from workflows.models import Case


class Command(BackendCommand):
    help = "Compare the search index with the database; ends with 1 when they differ."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--repair", action="store_true", help="Write again what differs.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            drift = self._compare()
            if options["repair"] and not drift.is_none:
                repair(drift)
                drift = self._compare()
        except SearchUnavailable as error:
            raise CommandError(self.reason(error)) from error
        if not drift.is_none:
            self.stderr.write(self._next_step(is_repaired=options["repair"]))
            raise SystemExit(1)

    def _next_step(self, *, is_repaired: bool) -> str:
        if is_repaired:
            return f"They still differ: run rebuild_index{self.asked}."
        return f"They differ: run check_index --repair{self.asked}, or rebuild_index{self.asked} where that is much."

    def _compare(self) -> Drift:
        with Progress(Case.objects.count(), self.stderr) as progress:
            drift = compare(progress)
        self.stdout.write(
            f"{drift.cases} cases, {drift.documents} documents: {len(drift.missing)} missing, {len(drift.stale)} stale, "
            f"{len(drift.foreign)} of an audience that reads the case no longer, "
            f"documents of {len(drift.surplus)} cases that are not in the database, "
            f"{len(drift.waiting)} cases wait to be written"
        )
        return drift
