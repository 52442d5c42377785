from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies.models import Province
from bulletins.services.report_reference import install_report_kinds


class Command(BaseCommand):
    help = "Give a province that has no kinds of periodic report the usual ones, with their indicators."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--province", required=True, metavar="CODE", help="Two-digit code of the province.")

    def handle(self, *args: Any, **options: Any) -> None:
        province = Province.objects.filter(pk=options["province"]).first()
        if province is None:
            raise CommandError(f"There is no province {options['province']}; run load_reference first.")
        if installed := install_report_kinds(province):
            self.stdout.write(self.style.SUCCESS(f"{installed} kinds of report installed for {province}"))
        else:
            self.stdout.write("nothing changed")
