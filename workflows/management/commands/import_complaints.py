import os
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from agencies.models import Agency, Province
from workflows.routing import NoRoute
from workflows.services.importing import Progress, Rejected, import_lines


class Command(BaseCommand):
    help = "Lodge the complaints of a JSON Lines file, once each, by the rules of the form."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--province", required=True, metavar="CODE", help="Two-digit code of the province.")
        parser.add_argument("--agency", metavar="CODE", help="Receives all; without it the routing rules decide.")
        parser.add_argument("--source", default="import", help="Name under which source ids are unique.")
        parser.add_argument("--rejects", type=Path, help="Where bad lines are kept (default: FILE.rejected.jsonl).")

    def handle(self, *args: Any, **options: Any) -> None:
        province, agency = _province(options["province"]), _agency(options["agency"], options["province"])
        rejects = options["rejects"] or Path(f"{options['file']}.rejected.jsonl")
        try:
            with options["file"].open("rb") as lines:
                done, bad = self._run(lines, rejects, province, agency, options["source"])
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except NoRoute as error:
            raise CommandError(f"Province {province.pk} has no routing rule that fits; add one first.") from error
        self.stdout.write(f"{done.lodged} lodged, {done.repeated} there before, {bad} bad lines")
        if bad:
            self.stdout.write(f"The bad lines are kept in {rejects}")

    def _run(
        self, lines: BinaryIO, rejects: Path, province: Province, agency: Agency | None, source: str
    ) -> tuple[Progress, int]:
        done, bad = Progress(), 0
        kept: BinaryIO | None = None
        with tqdm(total=os.fstat(lines.fileno()).st_size, unit="B", unit_scale=True, disable=None) as bar:
            for done in import_lines(lines, province, agency=agency, source=source):
                if done.rejected:
                    kept = kept or rejects.open("wb")
                    bad += len(done.rejected)
                    self._report(done.rejected, kept)
                bar.update(done.bytes_read - bar.n)
        if kept:
            kept.close()
        return done, bad

    def _report(self, rejected: list[Rejected], kept: BinaryIO) -> None:
        for row in rejected:
            self.stderr.write(f"line {row.number}: {row.reason}")
            kept.write(row.line if row.line.endswith(b"\n") else row.line + b"\n")


def _province(code: str) -> Province:
    province = Province.objects.filter(pk=code).first()
    if province is None:
        raise CommandError(f"There is no province {code}; run load_reference first.")
    return province


def _agency(code: str | None, province: str) -> Agency | None:
    if not code:
        return None
    agency = Agency.objects.filter(code=code, is_active=True, provinces=province).first()
    if agency is None:
        raise CommandError(f"There is no agency {code} that serves province {province}.")
    return agency
