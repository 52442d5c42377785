from typing import Any

from django.core.management.base import CommandError, CommandParser
from tqdm import tqdm

from search.backends.base import SearchUnavailable
from search.management.backend import BackendCommand
from search.services import RebuildRunning, rebuild
from workflows.models import Case


class Command(BackendCommand):
    help = "Fill the search index anew beside the live one, then put it in its place. Searching and indexing go on."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--afresh", action="store_true", help="From the beginning, even if one was cut short.")

    def handle(self, *args: Any, **options: Any) -> None:
        with tqdm(total=Case.objects.count(), unit="case", disable=None) as bar:
            try:
                done = rebuild(bar.update, afresh=options["afresh"])
            except SearchUnavailable as error:
                raise CommandError(
                    f"The search engine cannot be reached; the index is as it was. Run this again to go on. ({error})"
                ) from error
            except RebuildRunning:
                raise CommandError("Another rebuild is running.") from None
            rate = bar.format_dict["rate"] or done / max(bar.format_dict["elapsed"], 0.001)
        self.stdout.write(f"{done} cases indexed, {rate:.0f} a second")
