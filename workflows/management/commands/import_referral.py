from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agencies.actors import System
from agencies.models import Agency
from workflows.passing_on import BadPackage
from workflows.routing import NoRoute
from workflows.services.receiving import import_referral


class Command(BaseCommand):
    help = "Lodge a case that another installation passed on by file, once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--agency", required=True, metavar="CODE", help="Receives the case.")

    def handle(self, *args: Any, **options: Any) -> None:
        agency = Agency.objects.filter(code=options["agency"], is_active=True, assisted_intake_only=False).first()
        if agency is None or not agency.provinces.exists():
            raise CommandError(f"There is no agency {options['agency']} that handles cases.")
        try:
            with options["file"].open("rb") as file:
                receipt = import_referral(file, by=System("import"), agency=agency)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except (BadPackage, NoRoute) as error:
            raise CommandError(f"{options['file']}: {error}") from error
        self.stdout.write(f"{receipt.case_number} {'was there before' if receipt.repeated else 'lodged'}")
