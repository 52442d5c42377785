"""What very many cases fit, counted in a sample of them. On both engines."""

import random
import secrets

import pytest

from search import tiers
from search.asking import ask
from search.backends import sample
from search.backends.base import Document, Order, Scope
from search.backends.elastic import ElasticBackend
from search.backends.tantivy import TantivyBackend
from search.keys import keys_of
from search.query import parse
from search.tree import All, Every
from tests.contracts.test_search_backends import SCT, document

SYLLABLES = "mua bán hàng giả shop quận đường lừa tiền chuyển".split()
STATES = ("new", "new", "new", "closed")
ASKED = ["hàng", "mua hàng giả", "hang gia -lừa", '"mua hàng"', 'shop sp: "tai nghe"', "sđt: 0912345678", "muaa hàngg"]


def product(case: int) -> Document:
    rnd = random.Random(case)
    made = document(case, " ".join(rnd.choices(SYLLABLES, k=rnd.randint(3, 14))), state=rnd.choice(STATES))
    if made["filters"]["state"] == "new":
        made["filters"]["is_open"] = "yes"
    if case % 3 == 0:
        made["parts"].append(made["parts"][0]._replace(name="product", text="Tai nghe Sóng"))
    return made | {"keys": sorted(keys_of("phone", "0912345678")) if case % 2 else []}


@pytest.fixture(scope="module", params=["tantivy", "elastic"])
def backend(request, tmp_path_factory):
    if request.param == "tantivy":
        made = TantivyBackend(tmp_path_factory.mktemp("index"))
    else:
        made = ElasticBackend(request.getfixturevalue("opensearch_url"), f"sample-{secrets.token_hex(6)}")
    made.write([product(case) for case in range(1, 2_001)])
    yield made
    if request.param == "elastic":
        made.drop(made.client.indices.get(index=f"{made.alias}-*"))


@pytest.fixture
def of_many(monkeypatch):
    """As where there are very many."""
    monkeypatch.setattr(sample, "LARGE", 0)
    monkeypatch.setattr(sample, "SURE", 20)


def cases(backend, tree) -> set[int]:
    return {hit.case for hit in backend.search(tree, Scope(SCT), limit=3_000).hits}


def sampled(found: set[int]) -> set[int]:
    return {case for case in found if sample.copies(case, {})}


def test_one_case_of_so_many_is_in_it():
    assert 2_000 / sample.ONE_OF * 0.7 < len(sampled(set(range(1, 2_001)))) < 2_000 / sample.ONE_OF * 1.3


@pytest.mark.parametrize("typed", ASKED)
def test_it_is_asked_as_all_are(backend, typed):
    query = parse(typed)
    trees = [step.finds for step in (query.exact, *query.steps)]
    found = [cases(backend, tree) for tree in trees]
    assert [cases(backend, sample.in_sample(tree)) for tree in trees] == list(map(sampled, found))
    assert sampled(found[-1])


def test_so_is_all_that_is_not_barred(backend):
    assert cases(backend, sample.in_sample(All())) == sampled(set(range(1, 2_001)))
    barred = parse("hàng").steps[-1].tree
    rest = cases(backend, Every((All(),), barred=(barred,)))
    assert cases(backend, sample.in_sample(Every((All(),), barred=(barred,)))) == sampled(rest) != set()


def test_what_surely_is_very_much_is_told_as_that(backend, of_many):
    found = backend.tally(parse("hàng").steps[-1].tree, Scope(SCT), ("state",))
    states = [product(case)["filters"]["state"] for case in sampled(cases(backend, parse("hàng").steps[-1].tree))]
    assert (found.total, found.total_exact, found.facets_exact) == (10_000, False, False)
    assert found.facets["state"].keys() == {"new", "closed"}
    for state, told in found.facets["state"].items():
        assert told == pytest.approx(states.count(state) * sample.ONE_OF, rel=0.05)


def test_a_filter_is_kept_and_a_facet_is_told_without_its_own(backend, of_many):
    scope = Scope(SCT, {"state": ["closed"]})
    found = backend.tally(All(), scope, ("state",))
    assert not found.total_exact
    assert found.facets["state"].keys() == {"new", "closed"}
    assert backend.tally(All(), Scope("congan:police"), ("state",)).total == 0


def test_what_may_be_less_is_counted(backend, of_many):
    tree = parse("sđt: 0912345678 mua chuyển quận").steps[0].finds
    found = backend.tally(tree, Scope(SCT), ("state",))
    assert found.total_exact
    assert found.facets_exact
    assert found.total == len(cases(backend, tree)) == sum(found.facets["state"].values()) > 0


def test_so_is_everything_where_there_are_not_very_many(backend):
    found = backend.tally(All(), Scope(SCT), ("state",))
    assert (found.total, found.total_exact, found.facets_exact) == (2_000, True, True)


@pytest.mark.parametrize("order", [Order.RELEVANCE, Order.OPEN_FIRST])
def test_pages_end_where_all_was_shown(backend, of_many, monkeypatch, order):
    """Whether anything is in the tiers that follow is counted at the end of each."""
    monkeypatch.setattr(tiers, "RANKED_TOGETHER", 0)
    query, cursor, seen = parse("mua hàng giả chuyển"), "", []
    while cursor is not None:
        page = ask(backend, query, Scope(SCT), order=order, limit=1, cursor=cursor)
        assert len(page.hits) == 1
        seen += [hit.case for hit in page.hits]
        cursor = page.cursor
    assert sorted(seen) == sorted(cases(backend, query.steps[0].finds)) != []
    are_open = ["is_open" in product(case)["filters"] for case in seen]
    assert order is Order.RELEVANCE or are_open == sorted(are_open, reverse=True)


def test_pages_of_very_much_go_on(backend, of_many):
    first = ask(backend, parse("hàng giả"), Scope(SCT), facets=("state",))
    second = ask(backend, parse("hàng giả"), Scope(SCT), cursor=first.cursor, facets=("state",))
    assert first.total == second.total == 10_000
    assert len({hit.case for hit in (*first.hits, *second.hits)}) == 40
