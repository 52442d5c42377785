"""What the words of an import file may name; the first rows of one that was read."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from itertools import islice

from django.core.files.storage import default_storage
from django.utils import timezone, translation

from agencies.folding import fold
from agencies.models import Commune, Province
from complaints.models import Category, Channel, Kind, ProductGroup
from complaints.models.taxonomy import Labelled
from complaints.tables import Row
from workflows.importing import ImportScope
from workflows.models import ImportRun

# What registers call the four kinds, besides their own names.
_KINDS = {
    "khieu nai": Kind.CONSUMER, "khieu nai nguoi tieu dung": Kind.CONSUMER, "to giac": Kind.CRIME, "lua dao": Kind.CRIME,
    "to giac lua dao": Kind.CRIME, "hang gia": Kind.VIOLATION, "vi pham": Kind.VIOLATION, "to cao": Kind.VIOLATION,
    "phan anh": Kind.FEEDBACK, "gop y": Kind.FEEDBACK, "kien nghi": Kind.FEEDBACK,
}  # fmt: skip


def first_rows(run: ImportRun, count: int) -> list[Row]:
    """For a look at them; nothing once the file is gone."""
    if not run.file:
        return []
    with default_storage.open(str(run.file.name)) as file:
        return [Row(*json.loads(line)) for line in islice(file, count)]


def scope_of(province: Province, source: str) -> ImportScope:
    """Where the rows of a file belong, with its communes: one query."""
    return ImportScope(province.pk, source, communes_of(province), timezone.localdate())


def communes_of(province: Province) -> dict[str, str]:
    """Names as people write them, folded, with and without the kind; a name of two communes leads nowhere."""
    rows = list(Commune.objects.filter(province=province, retired=False))
    names = Counter(fold(commune.name) for commune in rows)
    known = {fold(commune.full_name): commune.pk for commune in rows} | {commune.pk: commune.pk for commune in rows}
    return known | {fold(c.name): c.pk for c in rows if names[fold(c.name)] == 1}


def choices() -> dict[str, dict[str, str]]:
    """Column → folded code, Vietnamese or English name → code. Three queries."""
    return {
        "kind": _kinds(),
        "category": _named(Category.objects.filter(retired=False)),
        "product_group": _named(ProductGroup.objects.filter(retired=False)),
        "channel": _named(Channel.objects.filter(retired=False)),
    }


def _named(rows: Iterable[Labelled]) -> dict[str, str]:
    """A name of two rows leads nowhere; a code always leads to its own."""
    kept = list(rows)
    names = Counter(name for row in kept for name in {fold(row.label_vi), fold(row.label_en)})
    named = {name: row.pk for row in kept for name in (fold(row.label_vi), fold(row.label_en)) if names[name] == 1}
    return named | {fold(row.pk): row.pk for row in kept}


def _kinds() -> dict[str, str]:
    found = {name: str(kind) for name, kind in _KINDS.items()}
    for language in ("vi", "en"):
        with translation.override(language):
            found |= {fold(str(kind.label)): str(kind) for kind in Kind}
    return found | {str(kind): str(kind) for kind in Kind}
