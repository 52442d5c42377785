"""The whole search call, and its engine alone, asked what the call asks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.synthetic import AUDIENCE, documents, queries


def facets() -> tuple[str, ...]:
    return ("state", "track", "owner", "category", "product_group", "channel", "commune", "month", "amount_band")


def whole_call(backend: Any) -> Callable[[str], object]:
    """As `find_cases`, without the database: reading, asking, counting what is exactly so, marking, putting words right."""
    from search.asking import Tallied, ask, meanings
    from search.backends.base import Scope
    from search.guesses import respelled
    from search.highlights import Marker
    from search.query import parse

    scope = Scope(AUDIENCE)

    def call(text: str) -> object:
        query, asked = parse(text), Tallied(backend)
        for read in (query if one == text else parse(one) for one in meanings(asked, text, query, scope, facets())):
            found = ask(asked, read, scope, limit=20, facets=facets())
            if found.total:
                exact = asked.tally(read.exact.finds, scope).total
                parts = [hit.parts for hit in found.hits]
                return exact, Marker(read).fragments(parts), exact or respelled(text, read, parts)
        return None

    return call


@dataclass(frozen=True)
class Asked:
    """One question put to the engine: for hits (of ``at_most`` so many, where that was known), or only how many there
    are, with facets."""

    tree: Any
    limit: int = 0
    facets: tuple[str, ...] = ()
    at_most: int | None = None


class Listening:
    """A backend that writes down what it asks its engine, of the sample and of all. ``count``: exactly what a tree finds,
    with facets."""

    def __init__(self, backend: Any, count: Callable[[Any, tuple[str, ...]], Any]) -> None:
        self.backend, self.count, self.asked = backend, count, list[Asked]()

    def at_once(self) -> Any:
        return self

    def search(self, query: Any, scope: Any, **options: Any) -> Any:
        self.asked.append(Asked(query, options["limit"], at_most=options["at_most"]))
        return self.backend.search(query, scope, **options)

    def tally(self, query: Any, scope: Any, facets: tuple[str, ...] = ()) -> Any:
        from search.backends import sample

        return sample.tallied(self._counted, query, facets, is_large=self.backend.count() > sample.LARGE)

    def _counted(self, tree: Any, facets: tuple[str, ...]) -> Any:
        self.asked.append(Asked(tree, facets=facets))
        return self.count(tree, facets)


def put_to_the_engine(backend: Any, count: Callable[[Any, tuple[str, ...]], Any], text: str) -> list[Asked]:
    """What the whole call puts to the engine for this text."""
    listening = Listening(backend, count)
    whole_call(listening)(text)
    return listening.asked


class TantivyAlone:
    """The engine itself, asked what the whole call asks it. Its answer holds the stored fields of hits, as a server's does,
    and its own highlights."""

    def __init__(self, backend: Any, count: int) -> None:
        import tantivy

        from search.backends.base import Scope
        from search.backends.tantivy_index import SCHEMA
        from search.text import analysed

        self.view, self.scope, self.schema = backend.at_once(), Scope(AUDIENCE), SCHEMA
        self.bodies = {
            text: [(self.read(one), one) for one in put_to_the_engine(backend, self.counted, text)]
            for text in queries()
        }  # fmt: skip
        asked = [(query, one) for body in self.bodies.values() for query, one in body if one.limit]
        found = {case for query, one in asked for case in self.hits(query, one)}
        # What is stored is for our own marks: the engine is given its texts as it reads them.
        self.texts = {
            one["case"]: tantivy.Document(folded=analysed([one["parts"][0].text]).folded)
            for one in documents(count)
            if one["case"] in found
        }

    def read(self, one: Asked) -> Any:
        from search.backends.tantivy_query import translate, unranked

        rarity = self.view.searcher.num_docs / one.at_most if one.at_most else 0
        return translate(one.tree, self.schema, rarity) if one.limit else unranked(one.tree, self.schema)

    def counted(self, tree: Any, facets: tuple[str, ...]) -> Any:
        return self.view.counted(self.read(Asked(tree)), self.scope, facets)

    def hits(self, query: Any, one: Asked) -> list[int]:
        """Their cases, read from their stored fields."""
        from search.backends.tantivy_view import scoped

        found = self.view.searcher.search(scoped(query, self.scope), one.limit, count=False).hits
        return [int(self.view.searcher.doc(address)["case"][0]) for _score, address in found]

    def __call__(self, body: list[tuple[Any, Asked]]) -> list[str]:
        import tantivy

        shown = []
        for query, one in body:
            if not one.limit:
                self.view.counted(query, self.scope, one.facets)
                continue
            marker = tantivy.SnippetGenerator.create(self.view.searcher, query, self.schema, "folded")
            shown += [marker.snippet_from_doc(self.texts[case]).to_html() for case in self.hits(query, one)]
        return shown


class ElasticAlone:
    """The server itself, asked what the whole call asks it."""

    def __init__(self, backend: Any) -> None:
        from search.backends.base import Scope

        self.backend, self.scope = backend, Scope(AUDIENCE)
        self.bodies = {text: list(map(self.body, put_to_the_engine(backend, self.counted, text))) for text in queries()}

    def body(self, one: Asked) -> dict[str, Any]:
        from search.backends.base import Order
        from search.backends.elastic_request import request_body

        return request_body(
            one.tree, self.scope, Order.RELEVANCE, one.limit, None, one.facets, counted=not one.limit
        )  # fmt: skip

    def counted(self, tree: Any, facets: tuple[str, ...]) -> Any:
        from search.backends.base import Order
        from search.backends.elastic_request import results

        return results(self([self.body(Asked(tree, facets=facets))])[0], Order.RELEVANCE, 0, None)

    def __call__(self, bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [self.backend.client.search(index=self.backend.alias, body=one).body for one in bodies]
