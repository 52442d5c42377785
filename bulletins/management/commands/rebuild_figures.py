from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies.models import Province
from bulletins.services.summarising import rebuild


class Command(BaseCommand):
    help = "Add up the daily sums of bulletins anew, from the cases as they are now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--province", metavar="CODE", help="this one only")
        parser.add_argument("--since", metavar="YYYY-MM-DD", help="from this day on")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            since = date.fromisoformat(options["since"]) if options["since"] else None
        except ValueError:
            raise CommandError(f"{options['since']} is no day; write YYYY-MM-DD.") from None
        provinces = Province.objects.filter(agencies__is_lead=True).distinct().order_by("code")
        if options["province"]:
            provinces = Province.objects.filter(pk=options["province"])
            if not provinces:
                raise CommandError(f"There is no province {options['province']}; run load_reference first.")
        for province in provinces:
            self.stdout.write(f"{province.pk} {province.name}: {rebuild(province, since=since)} days")
