from typing import Any

from django.core.management.base import CommandError, CommandParser

from search.backends.base import SearchUnavailable
from search.management.backend import BackendCommand
from search.management.progress import Progress
from search.services import RebuildRunning, rebuild
from workflows.models import Case


class Command(BackendCommand):
    help = "Fill the search index anew beside the live one, then put it in its place. Searching and indexing go on."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--afresh", action="store_true", help="From the beginning, even if one was cut short.")

    def handle(self, *args: Any, **options: Any) -> None:
        with Progress(Case.objects.count(), self.stderr) as progress:
            try:
                done = rebuild(progress, afresh=options["afresh"])
            except SearchUnavailable as error:
                raise CommandError(
                    f"The search engine cannot be reached; the index is as it was. Run this again to go on. ({error})"
                ) from error
            except RebuildRunning:
                raise CommandError("Another rebuild is running.") from None
        now = f", {done - progress.before} of them now" if progress.before else ""
        rate = f", {progress.rate:.0f} a second" if progress.rate else ""
        self.stdout.write(f"{done} cases indexed{now}{rate}")
