"""Lodging what a file says, in batches, by the same rules as the form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

from django.db import IntegrityError
from django.utils.translation import gettext as _

from agencies.actors import Actor, System
from agencies.models import Agency, Province
from complaints import codes
from complaints.lodgement import Lodgement
from complaints.models import Complaint
from complaints.tables import Row
from events import clock
from workflows import routing
from workflows.deadlines import HANOI
from workflows.errors import KeyReused
from workflows.import_values import RowReader
from workflows.importing import BadLine, ImportScope, parse_line
from workflows.selectors.importing import scope_of
from workflows.services.intake import lodge_batch, lodge_complaint

BATCH = 1000
Read = Callable[[Any], Lodgement]
Numbered = tuple[int, Any]
Parsed = tuple[int, Any, Lodgement]


@dataclass(frozen=True)
class Rejected:
    """What was not lodged: its number (from 1), why, and the line (or `Row`) itself, so that nothing is lost."""

    number: int
    reason: str
    line: Any


@dataclass
class Progress:
    """After each batch: how many lines were read, lodged, there before, and which were bad."""

    read: int = 0
    bytes_read: int = 0
    lodged: int = 0
    repeated: int = 0
    rejected: list[Rejected] = field(default_factory=list)


def import_lines(
    lines: BinaryIO,
    province: Province,
    *,
    agency: Agency | None = None,
    source: str = "import",
    dry_run: bool = False,
) -> Iterator[Progress]:
    """Lodge each JSON line once; yields progress (the same object) after every batch of lines.

    A batch is one transaction: killed in between, the next run finds what was lodged by source id. With ``dry_run``
    nothing is written. Raises NoRoute when the province has no rule that fits.
    """
    scope = scope_of(province, source)
    lodging = Lodging(scope, lambda line: parse_line(line, scope), agency=agency, dry_run=dry_run)
    return lodging.all(enumerate(lines, start=1))


def import_rows(
    rows: Iterable[Row], read: RowReader, *, agency: Agency | None = None, dry_run: bool = False
) -> Iterator[Progress]:
    """As `import_lines`, for the rows of a table."""
    lodging = Lodging(read.reading.scope, read, agency=agency, dry_run=dry_run)
    return lodging.all((row.number, row) for row in rows)


class Lodging:
    """One file being lodged: ``read`` makes a lodgement of each line or row, or raises BadLine."""

    def __init__(
        self, scope: ImportScope, read: Read, *, agency: Agency | None, by: Actor | None = None, dry_run: bool = False
    ) -> None:
        self.scope, self.read, self.agency, self.by = scope, read, agency, by or System("import")
        # Without writing, only memory tells a row that comes twice.
        self.seen: dict[str, str] | None = {} if dry_run else None
        self.progress = Progress()

    def all(self, items: Iterable[Numbered]) -> Iterator[Progress]:
        numbered = iter(items)
        while batch := list(islice(numbered, BATCH)):
            yield self.take(batch)

    def take(self, batch: Sequence[Numbered]) -> Progress:
        """Lodge these, all in one transaction. Raises NoRoute."""
        progress = self.progress
        progress.rejected = []
        new = self._not_yet_lodged(list(self._parse(batch)))
        if self.seen is None:
            self._lodge(new)
        else:
            _route([said for *_numbered, said in new])
            progress.lodged += len(new)
        progress.read += len(batch)
        progress.bytes_read += sum(len(line) for _number, line in batch if isinstance(line, bytes))
        return progress

    def _reject(self, number: int, reason: str, line: Any) -> None:
        self.progress.rejected.append(Rejected(number, reason, line))

    def _parse(self, batch: Iterable[Numbered]) -> Iterator[Parsed]:
        for number, line in batch:
            if isinstance(line, bytes) and not line.strip():
                continue
            try:
                yield number, line, self.read(line)
            except BadLine as reason:
                self._reject(number, str(reason), line)

    def _not_yet_lodged(self, parsed: Sequence[Parsed]) -> list[Parsed]:
        """What is new. An id that came before with another content is reported, not passed over."""
        ids = [said.source_id for _number, _line, said in parsed]
        known = Complaint.objects.filter(province=self.scope.province, source=self.scope.source, source_id__in=ids)
        seen = {} if self.seen is None else self.seen
        seen |= dict(known.values_list("source_id", "body_digest"))
        new, key = [], codes.key()
        for number, line, said in parsed:
            digest, before = said.body_digest(key), seen.get(said.source_id)
            if before is None:
                seen[said.source_id] = digest
                new.append((number, line, said))
            elif before == digest:
                self.progress.repeated += 1
            else:
                self._reject(number, used_before(), line)
        return new

    def _lodge(self, new: Sequence[Parsed]) -> None:
        if not new:
            return
        try:
            lodged = lodge_batch([said for *_numbered, said in new], by=self.by, to=self.agency)
        except IntegrityError:
            # Another import of the same lines is under way, or a line breaks a constraint: one by one tells which.
            self._lodge_singly(new)
        else:
            self.progress.lodged += len(lodged)

    def _lodge_singly(self, new: Sequence[Parsed]) -> None:
        counts: Counter[bool] = Counter()
        for number, line, said in new:
            try:
                counts[lodge_complaint(said, by=self.by, to=self.agency).repeated] += 1
            except (IntegrityError, KeyReused):
                self._reject(number, breaks_a_rule(), line)
        self.progress.lodged += counts[False]
        self.progress.repeated += counts[True]


def used_before() -> str:
    return _("source_id was used before with other content")


def breaks_a_rule() -> str:
    return _("breaks a rule of the database")


def _route(lodgements: Sequence[Lodgement]) -> None:
    """Raises NoRoute where lodging would."""
    if not lodgements:
        return
    at = clock.now()
    rules = routing.rules_in_force(lodgements[0].province, at.astimezone(HANOI).date())
    for facts in routing.facts_of(lodgements, at):
        routing.choose(rules, facts)
