from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from casemgr.settings.environment import VARIABLES, Variable
from workflows.documentation import BlocksDiffer, table, with_blocks

PAGE, EXAMPLE = "docs/operations.md", ".env.example"
HEAD = """\
# Every variable casemgr reads, with its default. Copy to .env, take the `#` off a line to change it.
# Nothing reads .env by itself: systemd does (EnvironmentFile=), a shell does (set -a; . ./.env; set +a).
# Made by `manage.py document_environment` from casemgr/settings/environment.py.
"""


class Command(BaseCommand):
    help = "Write the environment variables of the code into docs/operations.md and .env.example."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="Change nothing; fail when a file is out of date.")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        try:
            made = {PAGE: with_blocks(_read(PAGE), {"environment": environment_table()}), EXAMPLE: example()}
        except BlocksDiffer as error:
            raise CommandError(f"{PAGE}: {error}") from error
        stale = [name for name, text in made.items() if text != _read(name)]
        if check and stale:
            raise CommandError(f"{', '.join(stale)} out of date: run manage.py document_environment")
        for name in stale:
            (settings.BASE_DIR / name).write_text(made[name], encoding="utf-8")
        self.stdout.write(f"rewritten: {', '.join(stale)}" if stale else "up to date")


def environment_table() -> str:
    rows = ((f"`{variable.name}`", _shown(variable), variable.meaning) for variable in VARIABLES)
    return table(("Variable", "Default", "Meaning"), rows)


def example() -> str:
    lines = [f"\n# {variable.meaning}\n#{variable.name}={_quoted(variable.default or '')}\n" for variable in VARIABLES]
    return HEAD + "".join(lines)


def _shown(variable: Variable) -> str:
    if variable.default is None:
        return "required in production"
    return f"`{variable.default}`" if variable.default else "empty"


def _quoted(value: str) -> str:
    """As both a shell and systemd read it."""
    return f"'{value}'" if set(value) & set(" []*?&;<>#") else value


def _read(name: str) -> str:
    path = settings.BASE_DIR / name
    return path.read_text(encoding="utf-8") if path.exists() else ""
