"""`manage.py recompute_clocks`: counts the open clocks anew, and starts those that cases from before have not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from agencies.models import Province
from workflows.services.adopting import adopt_cases
from workflows.services.recounting import recompute_clocks


class Command(BaseCommand):
    help = "Count the open clocks anew by today's rules and calendar. Handlers keep working."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--province", metavar="CODE", help="Only this province; without it all.")

    def handle(self, *args: Any, **options: Any) -> None:
        province = options["province"]
        if province and not Province.objects.filter(pk=province).exists():
            raise CommandError(f"There is no province {province}; run load_reference first.")
        started = adopt_cases(province)
        with tqdm(unit="clock", disable=None) as bar:
            for progress in recompute_clocks(province):
                bar.total = progress.total
                bar.update(progress.done - bar.n)
        begun = f"{started} started, " if started else ""
        self.stdout.write(f"{begun}{progress.done} looked at, {progress.moved} moved")
