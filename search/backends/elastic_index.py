"""An index on the server: its fields, and a document as what a bulk request writes."""

from __future__ import annotations

from typing import Any

from elasticsearch.dsl import Mapping as FieldMapping

from search.text import analysed

from . import sample
from .base import FILTERS, NUMBERS, Document, Withdrawn, sections

SETTINGS = {
    "number_of_shards": 1,
    "auto_expand_replicas": "0-1",
    # How long a deletion's version is remembered, so that a write that was held up cannot undo it.
    "gc_deletes": "1h",
}

_KEPT: dict[str, dict[str, Any]] = {
    "pairs": {"index_options": "freqs"},
    "keys": {"index_options": "docs", "norms": False},
}


def mapping() -> dict[str, Any]:
    fields = FieldMapping()
    fields.meta("dynamic", "strict")
    for name in ("case", *NUMBERS):
        fields.field(name, "long")
    for name in ("audience", *FILTERS):
        fields.field(name, "keyword")
    fields.field("sampled", "keyword")
    for name in sample.COPIED:
        for field in (name, sample.name_of(name)):
            fields.field(field, "text", analyzer="whitespace", **_KEPT.get(name, {}))
    fields.field("parts", "object", enabled=False)
    return fields.to_dict()


def _source(document: Document) -> dict[str, Any]:
    terms = analysed([part.text for part in document["parts"]])
    made = {
        "case": document["case"],
        "audience": document["audience"],
        "lodged_at": document["lodged_at"],
        "amount": document["amount"],
        "folded": terms.folded,
        "exact": terms.exact,
        "pairs": terms.pairs,
        "keys": " ".join(document["keys"]),
        "parts": [part._asdict() for part in document["parts"]],
        **document["filters"],
        **{name: analysed(texts).folded for name, texts in sections(document["parts"]).items()},
    }
    return made | sample.copies(document["case"], made)


def index_action(document: Document) -> dict[str, Any]:
    versioned = {"version": document["version"], "version_type": "external_gte"}
    return {"_op_type": "index", "_id": document["id"], "_source": _source(document), **versioned}


def delete_action(withdrawn: Withdrawn) -> dict[str, Any]:
    versioned = {"version": withdrawn.version, "version_type": "external_gte"}
    return {"_op_type": "delete", "_id": withdrawn.id, **versioned}
