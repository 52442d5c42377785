"""What very many cases fit: each found once, those in which the words are neighbours first. On both engines."""

import random
import secrets
from dataclasses import replace
from itertools import pairwise

import pytest

from search import asking, tiers
from search.asking import ask, decided
from search.backends import tantivy_query
from search.backends.base import Order, Scope, decode_cursor, encode_cursor
from search.backends.elastic import ElasticBackend
from search.backends.tantivy import TantivyBackend
from search.query import parse
from search.text import words
from search.tree import Const, Sum, Term
from tests.contracts.test_search_backends import SCT, document

SYLLABLES = "mua bán hàng giả shop quận đường lừa tiền chuyển".split()


@pytest.fixture(scope="module")
def texts() -> dict[int, str]:
    rnd = random.Random(7)
    return {case: " ".join(rnd.choices(SYLLABLES, k=rnd.randint(3, 14))) for case in range(1, 301)}


def fate(case: int) -> dict[str, str]:
    return {"state": "new", "is_open": "yes"} if case % 3 else {"state": "closed"}


@pytest.fixture(scope="module", params=["tantivy", "elastic"])
def backend(request, texts, tmp_path_factory):
    if request.param == "tantivy":
        made = TantivyBackend(tmp_path_factory.mktemp("index"))
    else:
        made = ElasticBackend(request.getfixturevalue("opensearch_url"), f"tiers-{secrets.token_hex(6)}")
    made.write([document(case, text, **fate(case)) for case, text in texts.items()])
    yield made
    if request.param == "elastic":
        made.drop(made.client.indices.get(index=f"{made.alias}-*"))


@pytest.fixture(autouse=True)
def laid_out(monkeypatch):
    """As where there are many more."""
    monkeypatch.setattr(tiers, "RANKED_TOGETHER", 0)
    monkeypatch.setattr(tiers, "RANKED_OF_SOME", 0)


def paged(backend, query, scope=None, **options) -> list[int]:
    found, cursor = [], None
    for _ in range(100):
        page = ask(backend, query, scope or Scope(SCT), limit=7, cursor=cursor, **options)
        assert len(page.hits) == 7 or page.cursor is None
        found += [hit.case for hit in page.hits]
        cursor = page.cursor
        if cursor is None:
            assert page.total == len(found)
            return found
    raise AssertionError("no end")


def asked(count: int) -> list[str]:
    rnd = random.Random(count)
    wanted = [" ".join(rnd.choices(SYLLABLES, k=rnd.randint(2, 6))) for _ in range(count)]
    slipped = [text.replace("ườ", "ừo").replace("chuyển", "chuyểnn") for text in wanted[:5]]
    return [*wanted, *slipped, "mua hàng -giả", "bán hàng sp: shop", "hang gia", "mua mua", "xyz hàng giả tiền mua"]


@pytest.mark.parametrize("text", asked(25))
@pytest.mark.parametrize("narrowed", [{}, {"state": ["closed"]}], ids=["at large", "narrowed"])
def test_all_that_fits_is_in_one_tier(backend, text, narrowed):
    query, scope = parse(text), Scope(SCT, narrowed)
    plain = backend.search(decided(backend, query, scope).tree, scope, limit=1000)
    assert sorted(paged(backend, query, scope)) == sorted(hit.case for hit in plain.hits)


_BESIDE_WORDS = [
    '"hàng giả" mua', '"mua" "bán"', "-giả", "hàng -giả", "sp: mua", "sp: mua -giả hàng", "mua 5678", "abc_12 mua",
    "0912345678", "0912345678 mua", "sđt: 0912345678", "mua", " ".join([*SYLLABLES, "x1", "x2", "x3"] * 2), "", "___",
]  # fmt: skip


@pytest.mark.parametrize("text", [*asked(25), *_BESIDE_WORDS])
def test_what_is_counted_is_what_is_found(backend, text):
    query = parse(text)
    for wanted in (*query.steps, query.exact):
        found = backend.search(wanted.tree, Scope(SCT), limit=1000)
        assert backend.tally(wanted.finds, Scope(SCT)).total == found.total == len(found.hits)
        unranked = backend.search(wanted.finds, Scope(SCT), order=Order.NEWEST, limit=1000)
        assert {hit.case for hit in unranked.hits} == {hit.case for hit in found.hits}


@pytest.mark.parametrize("least", [1, 2, 3, 4])
def test_so_many_of_the_words_are_there(backend, texts, least):
    asked_for = ("ban", "hang", "lua", "quan")
    tree = Sum(tuple(Term("folded", word) for word in asked_for), least)
    said = {case: {word.folded for word in words(text)} for case, text in texts.items()}
    fitting = {case for case, found in said.items() if len(found & set(asked_for)) >= least}
    assert backend.tally(tree, Scope(SCT)).total == len(fitting) > 0
    for wanted in (tree, Const(tree, 0.0)):
        assert {hit.case for hit in backend.search(wanted, Scope(SCT), limit=1000).hits} == fitting


@pytest.mark.parametrize("backend", ["tantivy"], indirect=True)
def test_few_are_ranked_as_they_are_among_many(backend, monkeypatch):
    """To look up their wishes one by one is faster, and no more."""
    monkeypatch.setattr(tantivy_query, "LOOKED_UP", 1e-9)
    for wanted in (step.tree for text in asked(25) for step in parse(text).steps):
        many, few = (backend.search(wanted, Scope(SCT), limit=300, at_most=at_most) for at_most in (None, 1))
        scores = {hit.case: hit.score for hit in few.hits}
        assert {hit.case: pytest.approx(hit.score, rel=1e-4) for hit in many.hits} == scores


@pytest.mark.parametrize("text", ["hàng giả", "hang giả", "mua bán hàng"])
def test_so_does_what_is_exactly_as_typed(backend, text):
    query = parse(text)
    plain = backend.search(query.exact.tree, Scope(SCT), limit=1000)
    assert sorted(paged(backend, query, exact=True)) == sorted(hit.case for hit in plain.hits) != []


@pytest.mark.parametrize("text", ["mua hàng giả", "bán hàng shop tiền", "lừa chuyển tiền mua"])
def test_the_more_neighbours_the_earlier(backend, text, texts):
    """All of them, then half, then any, then none."""
    query = parse(text)
    assert decided(backend, query, Scope(SCT)) is query.steps[0]
    pairs = {(one.folded, two.folded) for one, two in pairwise(query.words)}

    def near(case: int) -> int:
        return len(pairs & set(pairwise(word.folded for word in words(texts[case]))))

    half = len(pairs) // 2
    tier = [
        0 if near(case) == len(pairs) else 1 if near(case) >= half else 2 if near(case) else 3
        for case in paged(backend, query)
    ]
    assert tier == sorted(tier)
    assert len(set(tier)) > 2


@pytest.mark.parametrize("text", asked(9))
def test_open_first_is_each_tier_of_what_is_open_and_then_of_the_rest(backend, text):
    query = parse(text)
    plain = paged(backend, query)
    first = paged(backend, query, order=Order.OPEN_FIRST)
    assert sorted(first) == sorted(plain)
    are_open = ["is_open" in fate(case) for case in first]
    assert are_open == sorted(are_open, reverse=True)


def test_how_many_there_are_is_told_to_what_ranks_them(backend, monkeypatch):
    """Few are ranked otherwise than many; where only "at least" is known it is not told."""
    told, search, tally = [], backend.search, backend.tally
    monkeypatch.setattr(
        backend, "search", lambda *asked, **more: told.append(more["at_most"]) or search(*asked, **more)
    )
    for query in (parse("mua hàng giả"), parse("hàng")):
        total = ask(backend, query, Scope(SCT)).total
        assert set(told) == {total}
        told.clear()
        with monkeypatch.context() as patched:
            patched.setattr(backend, "tally", lambda *asked: replace(tally(*asked), total_exact=False))
            ask(backend, query, Scope(SCT))
        assert set(told) == {None}
        told.clear()


def test_what_is_open_is_in_the_order_of_its_tiers(backend, texts):
    query = parse("mua hàng giả")
    first = ask(backend, query, Scope(SCT), order=Order.OPEN_FIRST, limit=300)
    best = next(case for case in texts if "is_open" in fate(case) and "mua hàng giả" in texts[case])
    worst = next(hit.case for hit in reversed(first.hits) if "is_open" in fate(hit.case))
    shown = [hit.case for hit in first.hits]
    assert shown.index(best) < shown.index(worst)
    few = ask(backend, query, Scope(SCT), order=Order.OPEN_FIRST, limit=7)
    assert tiers.is_of_tiers(decode_cursor(few.cursor)[1])
    assert "mua hàng" not in texts[worst]
    assert "hàng giả" not in texts[worst]


@pytest.mark.parametrize(
    "more", ["", ' -"gd tphcm minh biet" -hàng sp: "khong gd tphcm minh biet nv qltt roi nhung bt"']
)
def test_tiers_of_the_longest_query_have_no_more_clauses_than_a_server_takes(backend, more):
    """Each holds what decides, twice: itself, and what stands before it."""
    most_spelled = (
        "khong gd tphcm minh biet nv qltt roi nhung bt bn cung ntn ib inbox duoc thoi chi truoc qua nguoi bh bgio lam"
    )
    for text in (most_spelled, " ".join(most_spelled.split()[:12])):
        query = parse(text + more)
        for step in query.steps:
            for tier, _ in tiers.tiers(query, step, 10_000):
                backend.search(tier, Scope(SCT), counted=False)
                backend.tally(tier, Scope(SCT))


def test_few_are_ranked_together(backend, monkeypatch):
    query = parse("mua hàng giả")
    monkeypatch.setattr(tiers, "RANKED_TOGETHER", 10_000)
    assert tiers.tiers(query, query.steps[0], 10_000) == []
    assert len(tiers.tiers(query, query.steps[0], 10_001)) == 3


def test_how_many_a_tier_holds_at_most_is_told_where_it_is_known():
    query = parse("mua hàng giả")
    first, *others = tiers.tiers(query, query.steps[-1], 10_000, 10_000)
    assert first == (query.steps[1].tree, tiers.ENOUGH)
    assert {tier.at_most for tier in others} == {10_000}
    assert {tier.at_most for tier in tiers.tiers(query, query.steps[0], 10_000)} == {None}


@pytest.mark.parametrize("cursor", [None, ""])
def test_the_first_page_is_of_the_first_tier(backend, cursor, texts):
    """The page has an empty cursor where its address has none."""
    page = ask(backend, parse("mua hàng giả"), Scope(SCT), cursor=cursor, limit=7)
    assert tiers.is_of_tiers(decode_cursor(page.cursor)[1])
    assert "mua hàng giả" in texts[page.hits[0].case]


def test_what_is_withdrawn_between_two_pages_does_not_begin_them_again(backend, monkeypatch):
    """Though what is left is so little that it would be ranked together."""
    query = parse("mua hàng giả")
    first = ask(backend, query, Scope(SCT), limit=7)
    monkeypatch.setattr(tiers, "RANKED_TOGETHER", first.total)
    second = ask(backend, query, Scope(SCT), limit=7, cursor=first.cursor)
    assert {hit.case for hit in first.hits}.isdisjoint(hit.case for hit in second.hits)


def test_what_is_written_between_two_pages_does_not_change_how_far_the_search_goes(backend, monkeypatch):
    """Though now enough hold all of the words."""
    query = parse("mua hàng giả")
    monkeypatch.setattr(asking, "ENOUGH", 1_000)
    first = ask(backend, query, Scope(SCT), limit=7)
    monkeypatch.setattr(asking, "ENOUGH", 1)
    second = ask(backend, query, Scope(SCT), limit=7, cursor=first.cursor)
    assert first.total == second.total > ask(backend, query, Scope(SCT)).total
    assert not {hit.case for hit in first.hits} & {hit.case for hit in second.hits}


PLACES = [[99, encode_cursor([0, None])], [-1, "x"], [0, encode_cursor([0, "x"])], [0, encode_cursor([99, None])]]


@pytest.mark.parametrize("cursor", [encode_cursor(place) for place in PLACES])
def test_a_place_that_is_none_is_the_start(backend, cursor):
    query = parse("mua hàng")
    start, again = (ask(backend, query, Scope(SCT), cursor=one) for one in (None, cursor))
    assert [hit.case for hit in again.hits] == [hit.case for hit in start.hits]


def test_the_same_is_counted_once(backend, monkeypatch):
    from search.asking import Tallied

    counted, at_once = [], backend.at_once()
    tally = at_once.tally
    monkeypatch.setattr(at_once, "tally", lambda *args: counted.append(args) or tally(*args))
    monkeypatch.setattr(backend, "at_once", lambda: at_once)
    asked = Tallied(backend)
    first = asked.tally(parse("mua").steps[-1].tree, Scope(SCT), ("state", "track"))
    assert (
        asked.tally(parse("mua").steps[-1].tree, Scope(SCT), ("state",))
        == first
        == asked.tally(parse("mua").steps[-1].tree, Scope(SCT))
    )
    asked.tally(parse("mua").steps[-1].tree, Scope(SCT), ("owner",))
    asked.tally(parse("mua").steps[-1].tree, Scope(SCT, {"state": ["new"]}))
    assert len(counted) == 3
