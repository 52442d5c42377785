"""`manage.py load_reference`: provinces, communes, banks, taxonomy, clock limits, targets and abbreviations; says what it changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from agencies.services.reference import load_places_and_kinds
from agencies.services.seeding import TableChange
from complaints.services.reference import load_taxonomy
from search.services_reference import load_abbreviations
from workflows.services.clock_reference import load_clock_rules
from workflows.services.reference import load_deliverables
from workflows.services.targets import load_satisfaction_targets


class Command(BaseCommand):
    help = "Load the reference data from the seed files. Running it again changes nothing that is already right."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--overwrite",
            action="store_true",
            help="take the wording of the files even where an administrator has reworded a label",
        )

    def handle(self, *args: Any, overwrite: bool, **options: Any) -> None:
        try:
            with transaction.atomic():
                changes = load_places_and_kinds(overwrite=overwrite) + load_taxonomy(overwrite=overwrite)
                changes.append(load_satisfaction_targets())
                changes.append(load_deliverables(overwrite=overwrite))
                changes += load_clock_rules()
                changes.append(load_abbreviations(overwrite=overwrite))
        except (FileNotFoundError, KeyError, ValueError) as error:
            raise CommandError(f"Nothing was loaded: {error}") from error
        for change in changes:
            self.stdout.write(_line(change))
        touched = sum(change.touched for change in changes)
        self.stdout.write(self.style.SUCCESS(f"{touched} rows changed" if touched else "Nothing changed"))


def _line(change: TableChange) -> str:
    kept = f" · {change.kept} kept as reworded" if change.kept else ""
    return (
        f"{change.table:<24} {change.added:>5} added · {change.changed:>5} changed · "
        f"{change.unchanged:>5} unchanged · {change.retired:>5} retired{kept}"
    )
