"""What both search engines must do: one class, run on tantivy in process and on a real OpenSearch server."""

import os
import secrets
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from string import ascii_lowercase

import pytest
from elastic_transport import ApiResponseMeta, ConnectionTimeout, HttpHeaders
from elasticsearch import ApiError, Elasticsearch

from search.backends import elastic, elastic_request
from search.backends.base import (
    MAPPING,
    Backend,
    Document,
    NoIndex,
    Order,
    Part,
    Range,
    Scope,
    SearchUnavailable,
    Withdrawn,
)
from search.backends.elastic import ElasticBackend
from search.backends.tantivy import TantivyBackend, _written
from search.query import parse
from search.tree import All, Every, Phrase, Term

SCT, POLICE = "sct:identity", "congan:police"


@pytest.fixture
def tantivy_backend(tmp_path: Path) -> TantivyBackend:
    return TantivyBackend(tmp_path)


@pytest.fixture
def elastic_backend(opensearch_url: str) -> Iterator[ElasticBackend]:
    backend = ElasticBackend(opensearch_url, f"contract-{secrets.token_hex(6)}")
    yield backend
    backend.drop(backend.client.indices.get(index=f"{backend.alias}-*"))


def document(
    case: int, text: str, audience: str = SCT, *, version: int = 1, keys: tuple[str, ...] = (), **filters: str
) -> Document:
    return Document(
        id=f"{case}:{audience}",
        case=case,
        audience=audience,
        version=version,
        parts=[Part("narrative", text)],
        keys=list(keys),
        filters=filters,
        lodged_at=1_700_000_000 + case,
        amount=None,
    )


class Contract:
    """Subclasses give the fixture `backend`, and how many indices there are, live or not (`held`)."""

    def found(self, backend: Backend, text: str, audience: str = SCT, **options) -> list[int]:
        within = {name: options.pop(name) for name in ("filters", "ranges", "excluded") if name in options}
        return [
            hit.case for hit in backend.search(parse(text).steps[-1].tree, Scope(audience, **within), **options).hits
        ]

    def test_words_are_found_with_and_without_diacritics(self, backend):
        backend.write([document(1, "Bìa sách bị xước, Đường giao hoà bình"), document(2, "Giao hàng chậm")])
        for typed in ("bi xuoc", "bị xước", "BỊ XƯỚC", "duong", "Đường", "hòa bình", "hoà bình"):
            assert self.found(backend, typed) == [1], typed

    def test_exact_diacritics_come_first(self, backend):
        backend.write([document(1, "cần bán gấp"), document(2, "cần bàn gấp"), document(3, "cần bạn gấp")])
        assert self.found(backend, "bàn")[0] == 2
        assert set(self.found(backend, "ban")) == {1, 2, 3}

    def test_a_slip_finds_and_never_outranks_the_word(self, backend):
        backend.write([document(n, "sản phẩm nhiệm") for n in range(2, 40)] + [document(1, "sản phẩm nhim")])
        assert self.found(backend, "nhiem", limit=50)[-1] == 1
        assert set(self.found(backend, "nhieem", limit=50)) == set(range(2, 40))
        assert 1 in self.found(backend, "nihm")

    def test_short_words_are_not_guessed(self, backend):
        backend.write([document(1, "màn"), document(2, "mèo")])
        assert self.found(backend, "man") == [1]

    def test_all_words_together_come_before_some(self, backend):
        backend.write([
            document(1, "shop giao hàng giả"),
            document(2, "giả giả giả giả"),
            document(3, "hàng về chậm và có lẽ giả"),
        ])  # fmt: skip
        assert self.found(backend, "hàng giả")[0] == 1

    def test_phrases_are_phrases(self, backend):
        backend.write([
            document(1, "chán quá, không bọc chống sốc"),
            document(2, "không chán quá"),
            document(3, "chan qua khong"),
        ])  # fmt: skip
        assert self.found(backend, '"chán quá không"') == [1, 3]
        assert self.found(backend, "“chan qua khong”") in ([1, 3], [3, 1])
        assert self.found(backend, '"không có"') == []

    def test_a_phrase_of_one_term_is_that_term_and_one_of_none_is_nothing(self, backend):
        backend.write([document(1, "sữa giả"), document(2, "hàng giả")])
        assert [hit.case for hit in backend.search(Phrase("folded", ("sua",)), Scope(SCT)).hits] == [1]
        assert backend.search(Phrase("folded", ()), Scope(SCT)).hits == []

    def test_no_phrase_runs_over_the_end_of_a_part(self, backend):
        doc = document(1, "giao hàng")
        doc["parts"].append(Part("note", "giả mạo"))
        backend.write([doc])
        assert self.found(backend, '"hàng giả"') == []

    def test_abbreviations(self, backend):
        backend.write([document(1, "tôi không nhận được sản phẩm"), document(2, "shop dễ thương")])
        assert self.found(backend, "k nhận dc sp") == [1]

    def test_identifiers_in_any_form(self, backend):
        backend.write([
            document(1, "lừa đảo", keys=("0912345678", "~5678", "~345678", "82-7k3f9-q2mxa")),
            document(2, "0987 tiền", keys=("19034567890123", "shop.example/a", "shop.example")),
        ])  # fmt: skip
        for typed in ("0912 345 678", "+84 912.345.678", "0912345678", "5678", "82-7K3F9-Q2MXA", "827k3f9q2mxa"):
            assert self.found(backend, typed)[:1] == [1], typed
        for typed in ("1903 4567 8901 23", "https://www.shop.example/a?utm_source=x", "shop.example"):
            assert self.found(backend, typed)[:1] == [2], typed

    def test_an_audience_finds_only_its_own_documents(self, backend):
        backend.write([
            document(1, "chung chung", SCT),
            document(1, "chung chung bimatcanh", POLICE),
            document(2, "chung chung", POLICE),
        ])  # fmt: skip
        assert self.found(backend, "chung", SCT) == [1]
        assert sorted(self.found(backend, "chung", POLICE)) == [1, 2]
        results = backend.search(parse("bimatcanh").steps[-1].tree, Scope(SCT))
        assert (results.hits, results.total) == ([], 0)
        assert self.found(backend, "chung", "other:identity") == []

    def test_filters_and_exclusions(self, backend):
        backend.write(
            [document(1, "hàng giả", state="lodged"), document(2, "hàng giả", state="closed"), document(3, "hàng giả")]
        )
        assert self.found(backend, "hàng", filters={"state": ["lodged", "closed"]}) in ([1, 2], [2, 1])
        results = backend.search(parse("hàng").steps[-1].tree, Scope(SCT, excluded=frozenset({2, 3})))
        assert [hit.case for hit in results.hits] == [1]
        assert results.total == 1

    def test_of_many_questions_it_is_told_whether_so_many_fit(self, backend):
        written = [document(n, "hàng giả", state="lodged" if n < 3 else "closed") for n in range(1, 6)]
        backend.write([*written, document(6, "hàng giả", POLICE), document(7, "hỏng")])
        fake, broken = (parse(text).steps[0].finds for text in ("giả", "hỏng"))
        asked = [
            (fake, Scope(SCT)), (fake, Scope(POLICE)), (fake, Scope(SCT, filters={"state": ["lodged"]})),
            (fake, Scope(SCT, excluded=frozenset({1, 2}))), (broken, Scope(SCT)), (parse("lạ").steps[0].finds, Scope(SCT)),
        ]  # fmt: skip
        told = [True, False, False, True, False, False]
        assert backend.are_many(asked, 3) == told
        assert backend.are_many(asked, 1) == [True] * 5 + [False]
        assert backend.are_many(asked * 60, 3) == told * 60
        assert backend.are_many([], 3) == []

    def test_each_facet_is_counted_without_its_own_filter(self, backend):
        backend.write([
            document(1, "hàng giả", state="lodged", track="crime", month="2026-01"),
            document(2, "hàng giả", state="closed", track="crime", month="2026-02"),
            document(3, "hàng giả", state="closed", track="consumer", month="2026-02"),
            document(4, "hàng giả", POLICE, state="closed", track="crime", month="2026-02"),
            document(5, "chuyện khác", state="closed", track="crime", month="2026-02"),
        ])  # fmt: skip
        names = ("state", "track", "month", "commune")
        results = backend.search(parse("giả").steps[-1].tree, Scope(SCT), facets=names)
        assert backend.tally(parse("giả").steps[-1].tree, Scope(SCT), names) == replace(results, hits=[])
        assert results.facets == {
            "state": {"closed": 2, "lodged": 1}, "track": {"crime": 2, "consumer": 1},
            "month": {"2026-02": 2, "2026-01": 1}, "commune": {},
        }  # fmt: skip
        narrowed = Scope(SCT, filters={"state": ["lodged"], "track": ["crime"]})
        results = backend.search(parse("giả").steps[-1].tree, narrowed, facets=names)
        assert backend.tally(parse("giả").steps[-1].tree, narrowed, names) == replace(results, hits=[])
        assert [hit.case for hit in results.hits] == [1]
        assert (results.total, results.facets["state"], results.facets["track"], results.facets["month"]) == (
            1, {"lodged": 1, "closed": 1}, {"crime": 1}, {"2026-01": 1},
        )  # fmt: skip

    def test_a_facet_of_bands_is_counted_without_its_range(self, backend):
        backend.write([document(n, "hàng giả", month=f"2026-0{n}") for n in (1, 2, 3)])
        late = Scope(SCT, ranges=(Range("lodged_at", since=1_700_000_002),))
        results = backend.search(parse("giả").steps[-1].tree, late, facets=("month", "state"))
        assert sorted(hit.case for hit in results.hits) == [2, 3]
        assert (results.total, len(results.facets["month"])) == (2, 3)

    def test_ranges_hold_their_beginning_and_not_their_end(self, backend):
        backend.write([document(n, "hàng giả") for n in range(1, 6)])
        start = 1_700_000_000
        for since, until, expected in [(2, 4, [2, 3]), (None, 3, [1, 2]), (4, None, [4, 5]), (9, None, [])]:
            bounds = (since and start + since, until and start + until)
            found = self.found(backend, "giả", ranges=(Range("lodged_at", *bounds),))
            assert sorted(found) == expected
        assert self.found(backend, "giả", ranges=(Range("amount", 1, None),)) == []

    def test_newest_and_open_first(self, backend):
        backend.write([
            document(1, "hàng giả hàng giả"), document(2, "giả", is_open="yes"), document(3, "hàng"),
        ])  # fmt: skip
        assert self.found(backend, "hàng giả") == [1, 2, 3] or self.found(backend, "hàng giả")[0] == 1
        assert self.found(backend, "hàng giả", order=Order.NEWEST) == [3, 2, 1]
        assert self.found(backend, "hàng giả", order=Order.OPEN_FIRST)[:2] == [2, 1]

    def test_newest_first_pages_reach_every_hit_once(self, backend):
        backend.write([document(n, "hàng giả") for n in range(1, 12)])
        seen, cursor = [], None
        while True:
            results = backend.search(
                parse("giả").steps[-1].tree, Scope(SCT), limit=4, cursor=cursor, order=Order.NEWEST
            )
            seen += [hit.case for hit in results.hits]
            if (cursor := results.cursor) is None:
                break
        assert seen == list(range(11, 0, -1))

    def test_everything_and_what_is_barred(self, backend):
        backend.write([document(1, "hàng giả"), document(2, "hàng thật"), document(3, "gia đình")])
        every = backend.search(All(), Scope(SCT)).hits
        assert sorted(hit.case for hit in every) == [1, 2, 3]
        without = Every((All(),), barred=(Term("exact", "gia\u0309"),))
        assert sorted(hit.case for hit in backend.search(without, Scope(SCT)).hits) == [2, 3]

    def test_words_are_asked_for_in_one_part_alone(self, backend):
        one, two = document(1, "tai nghe hỏng"), document(2, "loa hỏng, không phải tai nghe")
        one["parts"].append(Part("product", "Tai nghe X5"))
        two["parts"].append(Part("product", "Loa"))
        backend.write([one, two])
        found = backend.search(Phrase("in_product", ("tai", "nghe")), Scope(SCT)).hits
        assert [hit.case for hit in found] == [1]

    def test_an_older_write_changes_nothing(self, backend):
        backend.write([document(1, "bản mới", version=7)])
        backend.write([document(1, "bản cũ", version=5)])
        assert self.found(backend, "mới") == [1]
        assert self.found(backend, "cũ") == []
        assert backend.versions([1]) == {f"1:{SCT}": 7}
        backend.write([document(1, "bản ngang", version=7)])
        assert self.found(backend, "ngang") == [1]

    def test_a_withdrawn_audience_stays_withdrawn(self, backend):
        police = f"1:{POLICE}"
        backend.write([document(1, "vụ việc", version=3), document(1, "vụ việc", POLICE, version=3)])
        backend.write([document(1, "vụ việc", version=4)], [Withdrawn(police, 1, 4)])
        assert self.found(backend, "vụ", POLICE) == []
        backend.write([document(1, "vụ việc", POLICE, version=3)])
        assert self.found(backend, "vụ", POLICE) == []
        backend.write([], [Withdrawn(f"1:{SCT}", 1, 2)])
        assert self.found(backend, "vụ") == [1]

    def test_paging_reaches_every_hit_once(self, backend):
        backend.write([document(n, f"hàng giả số {n}") for n in range(1, 24)])
        seen, cursor = [], None
        for _ in range(9):
            results = backend.search(parse("hàng giả").steps[-1].tree, Scope(SCT), limit=5, cursor=cursor)
            assert results.total == 23
            seen += [hit.case for hit in results.hits]
            cursor = results.cursor
            if cursor is None:
                break
        assert sorted(seen) == list(range(1, 24))

    def test_what_is_not_counted_is_found_and_paged_alike(self, backend):
        backend.write([document(n, f"hàng giả số {n}") for n in range(1, 11)])
        asked = {"order": Order.NEWEST, "limit": 5}
        first = backend.search(parse("hàng giả").steps[-1].tree, Scope(SCT), counted=False, **asked)
        last = backend.search(parse("hàng giả").steps[-1].tree, Scope(SCT), counted=False, cursor=first.cursor, **asked)
        assert [hit.case for hit in (*first.hits, *last.hits)] == list(range(10, 0, -1))
        assert last.cursor is None

    @pytest.mark.parametrize("order", [Order.NEWEST, Order.BY_CASE])
    def test_what_is_written_between_two_pages_doubles_none_and_drops_none(self, backend, order):
        backend.write([document(n, "hàng giả") for n in range(10, 20)])
        first = backend.search(parse("giả").steps[-1].tree, Scope(SCT), order=order, limit=5)
        backend.write([document(n, "hàng giả") for n in (25, 26)] + [document(17, "khác", version=2)])
        rest = backend.search(parse("giả").steps[-1].tree, Scope(SCT), order=order, limit=9, cursor=first.cursor)
        assert [hit.case for hit in first.hits] == [19, 18, 17, 16, 15]
        assert [hit.case for hit in rest.hits] == [14, 13, 12, 11, 10]
        assert (first.total, rest.total) == (10, 11)

    @pytest.mark.parametrize("order", [Order.RELEVANCE, Order.OPEN_FIRST])
    def test_what_is_written_between_two_pages_makes_none_of_the_first_worse_and_shown_again(self, backend, order):
        """Each case more that holds a word makes the word worth less in all."""
        backend.write([document(n, "giả" + " xa" * n) for n in range(1, 20)])
        first = backend.search(parse("giả").steps[-1].tree, Scope(SCT), order=order, limit=5)
        backend.write([document(n, "giả" + " xa" * 300) for n in range(100, 110)])
        second = backend.search(parse("giả").steps[-1].tree, Scope(SCT), order=order, limit=5, cursor=first.cursor)
        assert [hit.case for hit in (*first.hits, *second.hits)] == list(range(1, 11))

    def test_newest_first_is_the_latest_case_first_among_those_of_one_second(self, backend):
        for case in (3, 1, 6, 2, 5, 4):
            backend.write([document(case, "hàng giả") | {"lodged_at": 1_700_000_000}])
        backend.write([document(0, "hàng giả") | {"lodged_at": 1_700_000_001}])
        seen, cursor = [], None
        for _ in range(3):
            results = backend.search(
                parse("giả").steps[-1].tree, Scope(SCT), order=Order.NEWEST, limit=3, cursor=cursor
            )  # fmt: skip
            seen += [hit.case for hit in results.hits]
            cursor = results.cursor
        assert seen == [0, 6, 5, 4, 3, 2, 1]

    @pytest.mark.parametrize(
        "cursor", ["", "x", "////", "WyJhIiwiYiJd", "e30", "LTU", "OTk5OTk5OTk5OTk5OTk5", "a" * 5000]
    )
    def test_an_unreadable_cursor_is_the_start(self, backend, cursor):
        backend.write([document(1, "hàng giả")])
        assert self.found(backend, "hàng", cursor=cursor) == [1]

    def test_hits_bring_their_parts_as_stored(self, backend):
        backend.write([document(1, "Hàng “giả” — đổi\ntrả 😡")])
        [hit] = backend.search(parse("gia").steps[-1].tree, Scope(SCT)).hits
        assert hit.parts == [Part("narrative", "Hàng “giả” — đổi\ntrả 😡")]
        assert hit.score > 0

    def test_deleting_a_case_and_everything(self, backend):
        backend.write([document(1, "một"), document(1, "một", POLICE), document(2, "hai")])
        backend.delete_case(1)
        assert backend.count() == 1
        backend.write([document(1, "một")])
        assert self.found(backend, "một") == [1]
        backend.clear()
        assert backend.count() == 0
        backend.write([document(2, "hai")])
        assert self.found(backend, "hai") == [2]

    def test_the_cases_that_have_documents_are_told_in_order(self, backend):
        backend.write([document(case, "giả") for case in (7, 2, 40, 11)] + [document(7, "giả", POLICE)])
        backend.delete_case(40)
        assert backend.cases(0, 100) == [2, 7, 11]
        assert backend.cases(7, 100) == [11]
        assert backend.cases(11, 100) == []

    @pytest.mark.parametrize("at_once", [1, 2, 3])
    def test_all_cases_are_told_in_as_many_pages_as_it_takes(self, backend, at_once):
        backend.write([document(case, "giả", audience) for case in range(1, 6) for audience in (SCT, POLICE)])
        told = []
        while page := backend.cases(told[-1] if told else 0, at_once):
            told += page
        assert told == [1, 2, 3, 4, 5]

    def test_a_write_begins_an_index_only_where_it_may(self, backend):
        with pytest.raises(SearchUnavailable, match="rebuild_index"):
            backend.write([document(1, "một")], may_begin=lambda: False)
        with pytest.raises(SearchUnavailable):
            self.found(backend, "một")
        backend.write([document(1, "một")], may_begin=lambda: True)
        backend.write([document(2, "một")], may_begin=lambda: False)
        assert sorted(self.found(backend, "một")) == [1, 2]

    def test_where_there_is_no_index_that_is_said_whatever_is_asked(self, backend):
        asked_for = lambda: backend.versions([1]), lambda: backend.cases(0, 9), lambda: self.found(backend, "một")
        for asked in (backend.count, *asked_for):
            with pytest.raises(NoIndex, match="rebuild_index"):
                asked()

    def test_a_rebuild_replaces_the_index_at_once(self, backend):
        backend.write([document(1, "cũ kỹ"), document(2, "giữ lại")])
        fresh = backend.begin()
        fresh.write([document(2, "giữ lại", version=2)])
        assert self.found(backend, "cũ kỹ") == [1]
        backend.write([document(3, "đến giữa chừng")])
        fresh.publish()
        assert self.found(backend, "cũ kỹ") == []
        assert backend.versions([2]) == {f"2:{SCT}": 2}
        backend.write([document(4, "sau cùng", version=9)])
        assert self.found(backend, "sau cùng") == [4]

    def test_a_rebuild_given_up_leaves_no_trace(self, backend):
        backend.write([document(1, "ở lại")])
        fresh = backend.begin()
        fresh.write([document(2, "bỏ đi")])
        fresh.discard()
        assert self.found(backend, "ở lại") == [1]
        assert backend.count() == 1

    def test_one_that_was_killed_before_it_kept_anything_is_dropped_by_the_next(self, backend):
        backend.write([document(1, "ở lại")])
        backend.begin().write([document(2, "bỏ")])
        backend.begin().discard()
        assert self.held(backend) == 1
        assert self.found(backend, "ở lại") == [1]

    def test_the_live_index_cannot_be_discarded(self, backend):
        backend.write([document(1, "cũ")])
        fresh = backend.begin()
        fresh.write([document(1, "mới")])
        fresh.publish()
        fresh.leave()
        fresh.discard()
        assert self.found(backend, "mới") == [1]

    def test_a_rebuild_cut_short_is_carried_on(self, backend):
        backend.write([document(1, "cũ")])
        fresh = backend.begin()
        fresh.write([document(2, "hai")])
        fresh.keep(2)
        fresh.write([document(3, "ba")])
        if hasattr(fresh, "writer"):
            # Killed between the terms and how far they reach: a search server's are there anyway.
            fresh.writer.commit()
        fresh.leave()
        again = backend.resume()
        assert (again.checkpoint.after, again.checkpoint.begun_at) == (2, fresh.checkpoint.begun_at)
        again.write([document(3, "ba"), document(4, "bốn")])
        again.publish()
        assert backend.count() == 3
        assert [self.found(backend, text) for text in ("hai", "ba", "bốn", "cũ")] == [[2], [3], [4], []]
        assert backend.resume() is None

    def test_one_that_kept_nothing_leaves_nothing_and_a_new_one_drops_the_old(self, backend):
        backend.write([document(1, "ở lại")])
        backend.begin().leave()
        assert backend.resume() is None
        kept = backend.begin()
        kept.write([document(2, "bỏ")])
        kept.keep(2)
        kept.leave()
        backend.begin().discard()
        assert backend.resume() is None
        assert self.found(backend, "ở lại") == [1]

    @pytest.mark.parametrize(
        "typed", ["a OR", "+(", "field:value", "*", "~~~", "a" * 10_000, "\\", "[1 TO 2]", "-x", "🙂", "𝔞𝔟"]
    )
    def test_operators_are_only_text(self, backend, typed):
        backend.write([document(1, "a field value x or")])
        query = parse(typed)
        if not query.is_empty:
            backend.search(query.steps[-1].tree, Scope(SCT))

    def test_a_long_story_is_a_fine_query(self, backend):
        story = " ".join(f"từ{n} khong sp dc ck" for n in range(300))
        backend.write([document(1, story)])
        assert self.found(backend, story) == [1]

    def test_words_that_many_others_are_like_are_a_fine_query(self, backend):
        """A server takes 1,024 clauses, and may make one of every like word and pair in the index."""
        asked = "nghiem trong truong khong giang thanh phuong quang chuyen khoan nhanh thuong".split()
        like = [
            [f"{word[:n]}{letter}{word[n + 1 :]}" for n in range(3) for letter in ascii_lowercase] for word in asked
        ]
        texts = [" ".join(row) for row in like]
        texts += [" ".join(f"{one} {second}" for one in row) for row, second in zip(like, asked[1:], strict=False)]
        backend.write([document(n, text) for n, text in enumerate(texts)])
        backend.write([document(1000, " ".join(asked[:11]) + " thuog")])
        query = parse(" ".join(asked))
        for step in query.steps[1:]:
            assert backend.search(step.tree, Scope(SCT)).hits[0].case == 1000


class TestTantivy(Contract):
    @pytest.fixture
    def backend(self, tantivy_backend: TantivyBackend) -> Backend:
        return tantivy_backend

    def held(self, backend: TantivyBackend) -> int:
        return len(list(backend.folder.path.glob("generation-*")))

    def test_a_rebuild_removes_what_earlier_versions_left(self, backend, tmp_path):
        of_before = TantivyBackend(tmp_path)
        of_before.folder.path = tmp_path / f"v{MAPPING - 1}"
        of_before.write([document(1, "giả")])
        (tmp_path / f"v{MAPPING + 1}").mkdir()
        (tmp_path / "vỏ").mkdir()
        fresh = backend.begin()
        fresh.write([document(2, "giả")])
        fresh.publish()
        assert {found.name for found in tmp_path.iterdir()} == {f"v{MAPPING}", f"v{MAPPING + 1}", "vỏ"}

    def test_without_an_index_it_says_so(self, backend):
        with pytest.raises(SearchUnavailable):
            self.found(backend, "gì đó")
        with pytest.raises(SearchUnavailable):
            backend.are_many([(All(), Scope(SCT))], 1)

    def test_one_question_is_answered_from_the_same_documents_whatever_is_written(self, backend):
        backend.write([document(1, "hàng giả")])
        tree, at_once = parse("giả").steps[-1].tree, backend.at_once()
        backend.write([document(2, "giả"), document(1, "thật", version=9)])
        fresh = backend.begin()
        fresh.write([document(3, "giả")])
        fresh.publish()
        [hit] = at_once.search(tree, Scope(SCT)).hits
        assert (hit.case, hit.parts[0].text) == (1, "hàng giả")
        assert at_once.tally(tree, Scope(SCT), ("state",)).total == 1
        assert self.found(backend, "giả") == [3]

    def test_what_was_written_in_the_same_tick_of_the_clock_is_seen(self, backend):
        backend.write([document(1, "thấy nhau")])
        assert self.found(backend, "thấy") == [1]
        written = backend.folder.live() / "meta.json"
        tick = written.stat().st_mtime_ns
        backend.write([document(2, "thấy nữa")])
        os.utime(written, ns=(tick, tick))
        assert sorted(self.found(backend, "thấy")) == [1, 2]

    def test_a_write_knows_what_is_held_whatever_a_search_has_seen(self, backend):
        """One that began before a rebuilt index took the old one's place may say of the new that it was read."""
        backend.write([document(1, "một")])
        assert self.found(backend, "một") == [1]
        backend.write([document(2, "cũ")])
        backend._seen = _written(backend.folder.live())
        backend.write([document(2, "mới", version=2)])
        assert backend.count() == 2
        assert self.found(backend, "cũ") == []

    def test_a_folder_that_was_emptied_is_no_index(self, backend):
        backend.write([document(1, "một")])
        for file in backend.folder.live().iterdir():
            file.unlink()
        with pytest.raises(SearchUnavailable, match="rebuild_index"):
            backend.write([document(2, "một")], may_begin=lambda: False)

    def test_two_openers_see_each_others_writes(self, backend, tmp_path):
        other = TantivyBackend(tmp_path)
        backend.write([document(1, "thấy nhau")])
        assert self.found(other, "thấy") == [1]
        other.write([document(2, "thấy nữa")])
        assert sorted(self.found(backend, "thấy")) == [1, 2]


class TestOpenSearch(Contract):
    @pytest.fixture
    def backend(self, elastic_backend: ElasticBackend) -> Backend:
        return elastic_backend

    def held(self, backend: ElasticBackend) -> int:
        return len(backend.client.indices.get(index=f"{backend.alias}-*"))

    def test_all_can_be_paged_beyond_what_a_server_passes_over(self, backend, monkeypatch):
        monkeypatch.setattr("search.backends.elastic_request.FURTHEST", 12)
        self.test_paging_reaches_every_hit_once(backend)

    def test_a_rebuild_removes_what_earlier_versions_left(self, backend, opensearch_url):
        prefix = backend.alias.removesuffix(f"-cases-v{MAPPING}")
        others = [ElasticBackend(opensearch_url, one) for one in (prefix, prefix, f"{prefix}-other")]
        for other, version in zip(others, (MAPPING - 1, MAPPING + 1, MAPPING - 1), strict=True):
            other.alias = other.alias.removesuffix(str(MAPPING)) + str(version)
            other.write([document(1, "giả")])
        fresh = backend.begin()
        fresh.write([document(2, "giả")])
        fresh.publish()
        try:
            assert [bool(other.live()) for other in others] == [False, True, True]
        finally:
            backend.drop(name for other in others for name in other.live())

    def test_it_counts_on_where_it_is_to_tell_how_many_there_are_in_all(self, backend, monkeypatch):
        monkeypatch.setattr(elastic_request, "COUNTED_EXACTLY", 3)
        backend.write([document(case, "giả") for case in range(9)])
        tree = parse("giả").steps[-1].tree
        told = [backend.tally(tree, Scope(SCT)), backend.search(tree, Scope(SCT), limit=2)]
        assert [(one.total, one.total_exact) for one in told] == [(3, False), (9, True)]

    @pytest.mark.parametrize(("refused", "held"), [(4, 1), (5, 0)])
    def test_a_server_with_too_much_to_do_is_asked_again(self, backend, monkeypatch, refused, held):
        backend.write([document(1, "giả")])
        monkeypatch.setattr(elastic, "FIRST_WAIT", 0.01)
        bulk, asked = Elasticsearch.bulk, []

        def busy(client, **body):
            asked.append(1)
            if len(asked) > refused:
                return bulk(client, **body)
            raise ApiError("too many requests", ApiResponseMeta(429, "1.1", HttpHeaders(), 0.1, None), {})

        monkeypatch.setattr(Elasticsearch, "bulk", busy)
        with nullcontext() if held else pytest.raises(SearchUnavailable):
            backend.write([document(2, "giả")])
        assert backend.count() == 1 + held

    def test_how_many_documents_there_are_is_not_asked_each_time(self, backend, monkeypatch):
        backend.write([document(1, "giả")])
        asked = []
        monkeypatch.setattr(backend, "count", lambda: asked.append(1) or 1)
        for _ in range(3):
            assert backend.tally(All(), Scope(SCT)).total == 1
        assert asked == [1]

    def test_a_server_that_is_away(self):
        away = ElasticBackend("http://127.0.0.1:9", "nobody")
        with pytest.raises(SearchUnavailable):
            away.search(parse("gì đó").steps[-1].tree, Scope(SCT))
        with pytest.raises(SearchUnavailable):
            away.are_many([(All(), Scope(SCT))], 1)

    def test_of_many_questions_one_without_an_answer_is_an_error(self, backend):
        with pytest.raises(NoIndex):
            backend.are_many([(All(), Scope(SCT))], 1)
        backend.write([document(1, "giả")])
        odd = Scope(SCT, ranges=[Range("lodged_at", "không phải số")])
        with pytest.raises(SearchUnavailable, match="asked together"):
            backend.are_many([(All(), Scope(SCT)), (All(), odd)], 1)

    @pytest.mark.parametrize("step", ["update_aliases", "delete"])
    def test_an_exchange_whose_answer_was_late_is_one(self, backend, monkeypatch, step):
        backend.write([document(1, "cũ")])
        fresh = backend.begin()
        fresh.write([document(1, "mới"), document(2, "mới")])
        late(monkeypatch, backend, step)
        fresh.publish()
        monkeypatch.undo()
        assert self.found(backend, "mới") == [1, 2]
        assert backend.count() == 2

    def test_what_may_be_live_is_never_deleted(self, backend, monkeypatch):
        """The answer is late, and where the alias points cannot be asked."""
        backend.write([document(1, "cũ")])
        fresh = backend.begin()
        fresh.write([document(1, "mới")])
        late(monkeypatch, backend, "update_aliases", then_away=True)
        with pytest.raises(SearchUnavailable):
            fresh.publish()
        fresh.leave()
        monkeypatch.undo()
        fresh.discard()
        assert self.found(backend, "mới") == [1]

    def test_two_relays_begin_one_index(self, backend, opensearch_url):
        other = ElasticBackend(opensearch_url, backend.alias.removesuffix(f"-cases-v{MAPPING}"))

        def meanwhile():
            other.write([document(1, "một")])
            return True

        backend.write([document(2, "một")], may_begin=meanwhile)
        assert len(backend.live()) == 1
        assert sorted(self.found(backend, "một")) == [1, 2]

    def test_a_rebuild_takes_the_place_of_an_index_that_was_begun_meanwhile(self, backend, monkeypatch):
        fresh = backend.begin()
        fresh.write([document(1, "một")])
        move = backend.client.indices.update_aliases

        def meanwhile(**asked):
            monkeypatch.undo()
            backend.write([document(2, "hai")])
            return move(**asked)

        monkeypatch.setattr(backend.client.indices, "update_aliases", meanwhile)
        fresh.publish()
        assert backend.live() == [fresh.index]


def late(monkeypatch, backend: ElasticBackend, step: str, *, then_away: bool = False) -> None:
    """The server does it, and its answer does not come."""
    indices = backend.client.indices
    does = getattr(indices, step)

    def away(**_asked):
        raise ConnectionTimeout("late")

    def do(**asked):
        does(**asked)
        if then_away:
            monkeypatch.setattr(indices, "get_alias", away)
        away()

    monkeypatch.setattr(indices, step, do)
