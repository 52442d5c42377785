"""Lodging the lines of a file, in batches, by the same rules as the form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import BinaryIO

from django.db import IntegrityError
from django.utils import timezone

from agencies.actors import System
from agencies.folding import fold
from agencies.models import Agency, Commune, Province
from complaints import codes
from complaints.lodgement import Lodgement
from complaints.models import Complaint
from workflows.errors import KeyReused
from workflows.importing import BadLine, ImportScope, parse_line
from workflows.services.intake import lodge_batch, lodge_complaint

BATCH = 1000


@dataclass(frozen=True)
class Rejected:
    """A line that was not lodged: its number (from 1), why, and the line itself, so that nothing is lost."""

    number: int
    reason: str
    line: bytes


@dataclass
class Progress:
    """After each batch: how many lines were read, lodged, there before, and which were bad."""

    read: int = 0
    bytes_read: int = 0
    lodged: int = 0
    repeated: int = 0
    rejected: list[Rejected] = field(default_factory=list)


def import_lines(
    lines: BinaryIO, province: Province, *, agency: Agency | None = None, source: str = "import"
) -> Iterator[Progress]:
    """Lodge each line once; yields progress (the same object) after every batch of lines.

    A batch is one transaction: killed in between, the next run finds what was lodged by source id.
    Raises NoRoute when the province has no rule that fits.
    """
    scope = ImportScope(province.pk, source, _communes(province), timezone.localdate())
    progress = Progress()
    numbered = enumerate(lines, start=1)
    while batch := list(islice(numbered, BATCH)):
        progress.rejected = []
        parsed = list(_parse(batch, scope, progress))
        new = _not_yet_lodged(parsed, scope, progress)
        _lodge(new, agency, progress)
        progress.read += len(batch)
        progress.bytes_read += sum(len(line) for _number, line in batch)
        yield progress


Parsed = tuple[int, bytes, Lodgement]


def _parse(batch: Iterable[tuple[int, bytes]], scope: ImportScope, progress: Progress) -> Iterator[Parsed]:
    for number, line in batch:
        if not line.strip():
            continue
        try:
            yield number, line, parse_line(line, scope)
        except BadLine as reason:
            progress.rejected.append(Rejected(number, str(reason), line))


def _not_yet_lodged(parsed: Sequence[Parsed], scope: ImportScope, progress: Progress) -> list[Parsed]:
    """What is new. An id that came before with another content is reported, not passed over."""
    ids = [said.source_id for _number, _line, said in parsed]
    known = Complaint.objects.filter(province=scope.province, source=scope.source, source_id__in=ids)
    seen = dict(known.values_list("source_id", "body_digest"))
    new, key = [], codes.key()
    for number, line, said in parsed:
        digest, before = said.body_digest(key), seen.get(said.source_id)
        if before is None:
            seen[said.source_id] = digest
            new.append((number, line, said))
        elif before == digest:
            progress.repeated += 1
        else:
            progress.rejected.append(Rejected(number, "source_id was used before with other content", line))
    return new


def _lodge(new: Sequence[Parsed], agency: Agency | None, progress: Progress) -> None:
    if not new:
        return
    try:
        progress.lodged += len(lodge_batch([said for *_, said in new], by=System("import"), to=agency))
    except IntegrityError:
        # Another import of the same lines is under way, or a line breaks a constraint: one by one tells which.
        _lodge_singly(new, agency, progress)


def _lodge_singly(new: Sequence[Parsed], agency: Agency | None, progress: Progress) -> None:
    counts: Counter[bool] = Counter()
    for number, line, said in new:
        try:
            counts[lodge_complaint(said, by=System("import"), to=agency).repeated] += 1
        except (IntegrityError, KeyReused):
            progress.rejected.append(Rejected(number, "breaks a rule of the database", line))
    progress.lodged += counts[False]
    progress.repeated += counts[True]


def _communes(province: Province) -> dict[str, str]:
    """Names as people write them, folded, with and without the kind; a name of two communes leads nowhere."""
    rows = list(Commune.objects.filter(province=province, retired=False))
    names = Counter(fold(commune.name) for commune in rows)
    known = {fold(commune.full_name): commune.pk for commune in rows} | {commune.pk: commune.pk for commune in rows}
    return known | {fold(c.name): c.pk for c in rows if names[fold(c.name)] == 1}
