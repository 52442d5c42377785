from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.documentation import BlocksDiffer, machine_blocks, with_blocks

PAGE = "docs/domain.md"


class Command(BaseCommand):
    help = "Write the states, moves, words and limits of the code into docs/domain.md."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Change nothing; fail when the page is out of date.")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        path = settings.BASE_DIR / PAGE
        page = path.read_text(encoding="utf-8")
        try:
            made = with_blocks(page, machine_blocks())
        except BlocksDiffer as error:
            raise CommandError(f"{PAGE}: {error}") from error
        if made == page:
            self.stdout.write(f"{PAGE} is up to date")
        elif check:
            raise CommandError(f"{PAGE} is out of date: run manage.py document_states")
        else:
            path.write_text(made, encoding="utf-8")
            self.stdout.write(f"{PAGE} rewritten")
