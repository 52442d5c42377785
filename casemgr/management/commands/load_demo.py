"""`manage.py load_demo`: the demo province, its people and its cases; with --cases as many as wanted."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from agencies.models import Province
from casemgr.demo import content, loading
from casemgr.demo.bulletin import publish_bulletin


class Command(BaseCommand):
    help = "Load the demo province Đồng Tháp. Running it again adds only what is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--cases",
            type=int,
            default=0,
            metavar="N",
            help="go on with variations of the demo's cases until there are N",
        )

        parser.add_argument(
            "--bulletin", action="store_true", help="publish last month's warning bulletin too (embedded)"
        )

    def handle(self, *args: Any, cases: int, bulletin: bool = False, **options: Any) -> None:
        self._handle_cases(cases, **options)
        if bulletin and publish_bulletin():
            self.stdout.write(self.style.SUCCESS("Last month's warning bulletin is published."))

    def _handle_cases(self, cases: int, **options: Any) -> None:
        if cases < 0:
            raise CommandError("--cases takes a number of cases, 0 or more")
        total = max(cases, len(content.stories()))
        before = loading.present()
        if before >= total:
            self.stdout.write(f"The demo is already loaded: {before} cases.")
            return
        with tqdm(total=total, initial=before, unit="case", disable=None if options["verbosity"] else True) as bar:
            added = self._load(total, bar)
        self.stdout.write(self.style.SUCCESS(f"{added} demo cases loaded, {loading.present()} in all."))
        if settings.PROFILE != "embedded":
            self.stdout.write("The demo accounts have no password outside the embedded profile.")

    def _load(self, total: int, bar: "tqdm[Any]") -> int:
        try:
            added = loading.load_stories(with_password=settings.PROFILE == "embedded", progress=bar.update)
        except Province.DoesNotExist as error:
            raise CommandError("There are no provinces yet: run `manage.py load_reference` first.") from error
        return added + loading.load_variations(total, progress=bar.update)
