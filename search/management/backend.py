"""The option of the commands that may ask another engine than this profile's."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from search.backends.base import NoIndex, SearchUnavailable
from search.engine import BACKENDS, using


class BackendCommand(BaseCommand):
    """`handle` runs with the engine of the option, for that time."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--backend", choices=BACKENDS, help="Another engine than the one of this profile.")

    def execute(self, *args: Any, **options: Any) -> str | None:
        self.asked = f" --backend {options['backend']}" if options["backend"] else ""
        if options["backend"] == "elastic" and not settings.ELASTICSEARCH_URL:
            raise CommandError("Set ELASTICSEARCH_URL to the search server to be asked.")
        with using(BACKENDS.get(options["backend"], "")):
            return super().execute(*args, **options)

    def reason(self, error: SearchUnavailable) -> str:
        if isinstance(error, NoIndex):
            return f"There is no index there; run rebuild_index{self.asked}."
        return f"The search engine cannot be reached. ({error})"
