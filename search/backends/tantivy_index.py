"""A tantivy index: its fields, and a document as its entry."""

from __future__ import annotations

import json
from pathlib import Path

import tantivy

from search.text import analysed

from . import sample
from .base import FILTERS, NUMBERS, Document, sections

HEAP_BYTES = 50_000_000
# Of a term, where not its places in the text: how often it is there, or only that it is.
_KEPT = {"pairs": "freq", "keys": "basic"}
# Results are ordered by one field: the second, then the case. Fits 64 bits until the year 2106.
_CASE_BITS = 31


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("case", "audience"):
        builder.add_text_field(name, stored=name == "case", tokenizer_name="raw", index_option="basic")
    for name in FILTERS:
        builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("version", stored=True)
    builder.add_integer_field("sequence", indexed=True, fast=True)
    builder.add_integer_field("newest", fast=True)
    for name in NUMBERS:
        builder.add_integer_field(name, indexed=True, fast=True)
    builder.add_text_field("sampled", tokenizer_name="raw", index_option="basic")
    for name in sample.COPIED:
        for field in (name, sample.name_of(name)):
            builder.add_text_field(field, tokenizer_name="blanks", index_option=_KEPT.get(name, "position"))
    builder.add_bytes_field("parts", stored=True)
    return builder.build()


SCHEMA = _schema()


def open_index(path: Path | None) -> tantivy.Index:
    """The index in this folder; without one, an empty index in memory."""
    index = tantivy.Index(SCHEMA, path=str(path), reuse=True) if path else tantivy.Index(SCHEMA)
    index.register_tokenizer("blanks", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    index.config_reader(reload_policy="manual")
    return index


def entry(document: Document) -> tantivy.Document:
    terms = analysed([part.text for part in document["parts"]])
    made = {
        "id": document["id"],
        "case": str(document["case"]),
        "sequence": document["case"],
        "audience": document["audience"],
        "version": document["version"],
        "lodged_at": document["lodged_at"],
        "newest": (document["lodged_at"] << _CASE_BITS) + document["case"],
        "folded": terms.folded,
        "exact": terms.exact,
        "pairs": terms.pairs,
        "keys": " ".join(document["keys"]),
        "parts": json.dumps(document["parts"], ensure_ascii=False).encode(),
        **document["filters"],
        **{name: analysed(texts).folded for name, texts in sections(document["parts"]).items()},
    }
    if document["amount"] is not None:
        made["amount"] = document["amount"]
    return tantivy.Document.from_dict(made | sample.copies(document["case"], made), SCHEMA)
