"""What a reading of the search found: each of these fails on what it says."""

from __future__ import annotations

import csv
import io
import math
import shutil
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import transaction
from django.http import QueryDict

from agencies.actors import System
from agencies.models import Agency
from casemgr.backoffice.search_asked import read_asked
from complaints import codes
from complaints.lodgement import Lodgement, Person
from events.services.recording import record_event
from search import exporting, services
from search.backends.base import Order, Range, SearchUnavailable, encode_cursor
from search.query import parse
from search.selectors import Narrowing, case_pages, find_cases
from search.services_saved import Asked, Keeping, save_search
from tests import factories
from tests.factories import business, journeys
from workflows.models import Case
from workflows.services import naming, referral, register
from workflows.services.correspondence import add_note
from workflows.services.duplicates import link_duplicate
from workflows.services.intake import lodge_complaint

pytestmark = [pytest.mark.django_db]


def lodge(**fields) -> Case:
    return factories.case(**({"narrative": "Mua kem trộn bị kích ứng.", "seller_name": "Ánh Dương"} | fields))


def numbers(actor, text, **options) -> set[str]:
    return {hit.case.number for hit in find_cases(actor, text, **options).hits}


def paged(actor, between, text="kem", **narrowing) -> list[int]:
    """What an export writes when something happens after its first page."""
    found: list[int] = []
    for number, (_total, ids) in enumerate(case_pages(actor, text, Narrowing(**narrowing), size=3)):
        found += ids
        if number == 0:
            between()
    return found


# --- exports and paging


def test_a_case_noted_while_a_file_is_written_drops_no_other(sct, deliver):
    """tantivy pages by offset, and whatever is written again moves to the end: everything behind it moves up by one."""
    cases = [lodge() for _ in range(9)]
    deliver()

    def between():
        add_note(case_id=cases[0].pk, by=sct, text="Đã gọi điện.")
        deliver()

    found = paged(sct, between)
    print("in the file:", found, "of", [case.pk for case in cases])
    assert sorted(found) == sorted(case.pk for case in cases)


def test_a_case_lodged_while_a_file_is_written_doubles_no_other(sct, deliver):
    cases = [lodge() for _ in range(9)]
    deliver()

    def between():
        lodge()
        deliver()

    found = paged(sct, between, order=Order.NEWEST)
    assert len(found) == len(set(found)), "a case is in the file twice"
    assert {case.pk for case in cases} <= set(found)


def become(agency, **another) -> None:
    """As the administrator of agencies does it."""
    Agency.objects.filter(pk=agency.pk).update(**another)
    with transaction.atomic():
        record_event(f"agencies:{agency.code}", "agencies.changed", by=System("admin"), model="agency", pk=agency.pk)


def police_kind():
    return factories.agency("congan").kind


def handed(by, to) -> Case:
    case = journeys.accepted(by, narrative="Kem trộn đưa sang").case
    return referral.refer_case(
        case_id=case.pk, by=by, version=case.version, to=to.agency, reason="x", explanation="Việc của họ."
    )


def told(narrative: str) -> Lodgement:
    return Lodgement(
        province="82", narrative=narrative, idempotency_key=codes.new_idempotency_key(), kind="consumer",
        person=Person(name="Trần Thị Mẫu", phone="0912345678"),
    )  # fmt: skip


def held_by(index, audience: str) -> set[int]:
    """The cases that the index holds a document of for this audience."""
    held = (name.split(":", 1) for name in index.versions(list(Case.objects.values_list("pk", flat=True))))
    return {int(case) for case, whose in held if whose == audience}


# --- access during a rebuild


def test_a_rebuild_shows_nobody_what_changed_hands_meanwhile(index, sct, deliver, monkeypatch):
    police = factories.member("congan")
    case = journeys.accepted(sct, narrative="Kem trộn bí mật").case
    case = referral.refer_case(
        case_id=case.pk, by=sct, version=case.version, to=police.agency, reason="x", explanation="Tội phạm."
    )
    deliver()
    prepared, begun = services.prepare, []

    def prepare(batch, *also):
        made = prepared(batch, *also)
        if not begun:  # The offer is recalled, and the relay has told the live index, while the new one is filled.
            begun.append(True)
            referral.recall_referral(case_id=case.pk, by=sct, version=case.version, reason="Nhầm.")
            deliver()
        return made

    seen = []

    def before_again(*_cases_and_agencies):
        answer = find_cases(police, "kem", facets=("state",))
        seen.append((answer.total, answer.facets["state"]))

    monkeypatch.setattr(services, "prepare", prepare)
    monkeypatch.setattr(services, "index_again", before_again)
    services.rebuild(afresh=True)
    assert seen == [(0, {})]


def test_a_rebuild_loses_no_agency_that_became_of_another_sort_meanwhile(index, sct, deliver, monkeypatch):
    case = lodge()
    deliver()
    other_sort, prepared, begun = police_kind(), services.prepare, []

    def prepare(batch, *also):
        made = prepared(batch, *also)
        if not begun:
            begun.append(True)
            become(sct.agency, kind=other_sort)
            deliver()
        return made

    monkeypatch.setattr(services, "prepare", prepare)
    services.rebuild(afresh=True)
    assert services.compare().is_none
    assert numbers(factories.member("sct"), "kem") == {case.number}


# --- access between the event and the index


def joined_while_offered(sct, police) -> Case:
    """The police were offered it and lose it, because it is closed as a duplicate."""
    primary = lodge(narrative="Việc chính.")
    case = journeys.accepted(sct, narrative="Kem trộn giấu ở canhkhoxuong ngoài chợ.").case
    case = referral.refer_case(
        case_id=case.pk, by=sct, version=case.version, to=police.agency, reason="x", explanation="Tội phạm."
    )
    return case, primary


@pytest.fixture
def ended(sct, deliver):
    police = factories.member("congan")
    case, primary = joined_while_offered(sct, police)
    deliver()
    assert numbers(police, "kem") == {case.number}
    link_duplicate(case_id=case.pk, primary=primary.number, explanation="Cùng việc.", by=sct, version=case.version)
    assert not Case.objects.visible_to(police).exists()
    return police  # The relay has not been there yet.


def test_joining_ends_access_to_facets_at_once(ended):
    answer = find_cases(ended, "kem", facets=("state",))
    assert (answer.total, answer.facets["state"]) == (0, {})


def test_joining_ends_access_to_the_offered_spelling_at_once(ended):
    """`respelled` reads the engine's hits before the database has decided on them."""
    assert find_cases(ended, "kem canhkhoxuomg").suggestion == ""


def test_an_agency_that_only_helps_to_lodge_from_now_on_counts_nothing(sct, deliver):
    lodge()
    deliver()
    agency = sct.agency
    agency.assisted_intake_only = True  # The admin site's form offers it, and nothing is indexed for it.
    agency.save()
    deliver()
    by = factories.member("sct")
    assert not Case.objects.visible_to(by).exists()
    answer = find_cases(by, "kem", facets=("state",))
    assert (answer.total, answer.facets["state"]) == (0, {})


def test_an_agency_that_becomes_a_police_agency_still_finds_its_cases(sct, deliver):
    case = lodge()
    deliver()
    agency = sct.agency
    become(agency, kind=police_kind())
    assert numbers(factories.member("sct"), "kem") == set(), "until it is written anew"
    deliver()
    assert numbers(factories.member("sct"), "kem") == {case.number}


@pytest.mark.parametrize("another", ["police", "helper"])
def test_what_an_agency_of_another_sort_could_read_does_not_stay_in_the_index(index, sct, deliver, another):
    """And where it becomes again what it was, its cases are found as they were."""
    qltt = factories.member("qltt")
    before = {"kind": qltt.agency.kind, "assisted_intake_only": False}
    offered, taken = (handed(sct, qltt) for _ in range(2))
    referral.take_referral(case_id=taken.pk, by=qltt, version=taken.version)
    lodged = lodge_complaint(told("Kem trộn gửi thẳng."), to=qltt.agency)
    deliver()
    assert held_by(index, "qltt:identity") == {offered.pk, taken.pk, lodged.case_id}
    become(qltt.agency, **({"kind": police_kind()} if another == "police" else {"assisted_intake_only": True}))
    deliver()
    assert held_by(index, "qltt:identity") == set()
    assert held_by(index, "sct:identity") == {offered.pk}, "another's is left alone"
    assert services.compare().is_none
    become(qltt.agency, **before)
    deliver()
    assert services.compare().is_none
    assert len(numbers(factories.member("qltt"), "kem")) == 3


# --- what was typed is what is looked for


def test_a_brand_that_could_be_keystrokes_is_found_first(sct, deliver):
    """“Max” is read as “mã”, and the reader has no way to ask for it as typed."""
    case = lodge(narrative="Nồi cơm hỏng.", product="Nồi cơm", brand="Max")
    lodge(narrative="Shop gửi sai mã đơn hàng.")
    deliver()
    assert case.number in numbers(sct, "max")


def test_a_quoted_word_is_never_read_as_keystrokes(sct, deliver):
    case = lodge(narrative="Nồi cơm hỏng.", product="Nồi cơm", brand="Max")
    lodge(narrative="Shop gửi sai mã đơn hàng.")
    deliver()
    assert case.number in numbers(sct, '"max"')


def test_a_field_of_the_query_language_is_no_keystroke(sct, deliver):
    """`tax:` is the English name in the help panel."""
    case = lodge(narrative="Hóa đơn sai.", identifiers=[("tax_code", "0312345678")])
    lodge(narrative="Gọi số 0312345678 hoài.", identifiers=[("phone", "0312345678")])
    deliver()
    assert numbers(sct, "tax: 0312345678") == {case.number} == numbers(sct, "mst: 0312345678")


def test_an_amount_in_words_is_that_amount():
    """“> 5 triệu” is the docstring's own example."""
    query = parse("số tiền: > 5 triệu")
    assert (query.clauses.ranges, query.words) == ((Range("amount", 5_000_001),), ())


def test_a_span_of_amounts_in_words():
    query = parse("số tiền: 1 triệu..5 triệu")
    assert (query.clauses.ranges, query.words) == ((Range("amount", 1_000_000, 5_000_001),), ())


@pytest.mark.parametrize("typed", ["-tình trạng: đã đóng kem", "-từ: 01/11/2026 kem", "-xã: Cao Lãnh kem"])
def test_a_field_that_cannot_be_barred_bars_no_word_of_its_name(typed):
    assert parse(typed).clauses.barred == ()


# --- degraded


@pytest.fixture
def away(index, answering, monkeypatch):
    def search(*args, **options):
        raise SearchUnavailable("away")

    monkeypatch.setattr(answering, "search", search)


def test_degraded_it_still_narrows_by_what_is_chosen(sct, away):
    lodge(amount=1_000, identifiers=[("phone", "0934567890")])
    narrowing = Narrowing({"amount_band": ["100000000"], "month": ["1999-01"]})
    assert numbers(sct, "0934567890", narrowing=narrowing) == set()


@pytest.mark.parametrize(
    ("field", "value"),
    [("month", "9999-12"), ("month", "0001-01"), ("amount_band", "0" * 18 + "9" * 5000), ("amount_band", "٠")],
)
def test_degraded_a_choice_that_nobody_offered_finds_nothing(client, sct, away, field, value):
    lodge(identifiers=[("phone", "0934567890")])
    assert numbers(sct, "0934567890", narrowing=Narrowing({field: [value]})) == set()
    client.force_login(sct.person)
    assert client.get("/backoffice/search/", {"q": "0934567890", field: value}).status_code == 200


def test_degraded_it_still_leaves_out_what_is_barred(sct, away):
    lodge(identifiers=[("phone", "0934567890"), ("bank_account", "19035678901234")])
    assert numbers(sct, "0934567890 -19035678901234") == set()


def test_degraded_a_kind_asked_for_is_kept(sct, away):
    lodge(identifiers=[("phone", "0934567890")])
    assert numbers(sct, "stk: 0934567890") == set()


def test_degraded_every_case_can_be_reached(sct, away):
    for _ in range(4):
        lodge(identifiers=[("phone", "0934567890")])
    first = find_cases(sct, "0934567890", limit=2)
    assert first.cursor is not None


def test_degraded_two_choices_that_exclude_each_other_find_nothing(sct, away):
    lodge(identifiers=[("phone", "0934567890")])
    narrowing = Narrowing({"state": ["closed"]})
    assert numbers(sct, "0934567890 state:lodged", narrowing=narrowing) == set()


# --- cursors that a person may write


@pytest.mark.parametrize("after", [[math.nan, 1], [math.inf, 1], [1e400, 2], [True, False], [1.5, 2.5], [1, 10**30]])
@pytest.mark.parametrize("order", list(Order))
def test_any_cursor_is_a_place_or_the_beginning(sct, deliver, after, order):
    lodge()
    deliver()
    answer = find_cases(sct, "kem", cursor=encode_cursor(after), narrowing=Narrowing(order=order))
    assert not answer.degraded


# --- saved searches


def test_a_saved_search_allows_a_slip_as_the_page_does(sct, deliver):
    """ADR 10: “A slip of one letter is allowed as in the search page”. `question_of` takes the step without slips."""
    from events.relay import Relay
    from search.models import SearchMatch

    save_search(by=sct, keeping=Keeping("a", "now"), asked=Asked("kem dưỡng trắngg"))
    case = lodge(narrative="Mua kem dưỡng trắng, bị ngứa.")
    deliver()
    Relay(["alerts"]).run_until_idle()
    assert numbers(sct, "kem dưỡng trắngg") == {case.number}
    assert SearchMatch.objects.filter(case=case).count() == 1


def test_a_saved_search_of_raw_keystrokes_tells_what_its_page_finds(sct, deliver):
    from events.relay import Relay
    from search.models import SearchMatch

    save_search(by=sct, keeping=Keeping("a", "now"), asked=Asked("kem troonj"))
    case = lodge(narrative="Mua kem trộn, bị ngứa.")
    deliver()
    Relay(["alerts"]).run_until_idle()
    assert numbers(sct, "kem troonj") == {case.number}
    assert SearchMatch.objects.filter(case=case).count() == 1


# --- the register of businesses


def put_right(named, by, name: str) -> None:
    named.refresh_from_db()
    register.change_respondent(
        respondent_id=named.pk, by=by, version=named.version,
        entry=register.RegisterEntry(name=name, tax_code="0399999999"),
    )  # fmt: skip


def test_a_business_put_right_in_the_register_is_found_by_its_right_name(sct, deliver):
    case = lodge()
    named = business.respondent("Công ty TNHH Bạch Đàng", tax_code="0312345678")
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=named.pk)
    deliver()
    put_right(named, sct, "Công ty TNHH Hồng Hạc")
    deliver()
    assert numbers(sct, '"hồng hạc"') == {case.number}
    assert numbers(sct, '"bạch đàng"') == set()


def test_its_cases_may_take_longer_than_a_batch_of_others(sct):
    """Tens of thousands, of a large shop: a second relay must not begin them beside the first."""
    from events.models import Delivery
    from events.registry import HANDLERS

    case = lodge()
    named = business.respondent("Công ty TNHH Bạch Đàng", tax_code="0312345678")
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=named.pk)
    put_right(named, sct, "Công ty TNHH Hồng Hạc")
    owed = Delivery.objects.filter(event__kind="respondent.changed", handler__startswith="search.")
    [handler] = {HANDLERS[name] for name in owed.values_list("handler", flat=True)} - {HANDLERS["search.alerts"]}
    assert handler.lane == "index"
    assert handler.lease >= timedelta(minutes=30) > HANDLERS["search.index"].lease


def test_who_tidies_up_the_register_has_its_cases_written_once(sct, deliver, index, monkeypatch):
    case = lodge()
    named = business.respondent("Công ty TNHH Bạch Đàng", tax_code="0312345678")
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=named.pk)
    deliver()
    for name in ("Hồng Hạc", "Hồng Hà", "Hồng Hoa"):
        put_right(named, sct, name)
    writes, write = [], index.write
    monkeypatch.setattr(
        index, "write", lambda made, *more, **asked: writes.append(len(made)) or write(made, *more, **asked)
    )
    deliver()
    assert len(writes) == 1
    assert numbers(sct, '"hồng hoa"') == {case.number}


def test_a_rebuild_does_not_lose_what_a_business_is_called_since(sct, deliver, monkeypatch):
    case = lodge()
    named = business.respondent("Công ty TNHH Bạch Đàng", tax_code="0312345678")
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=named.pk)
    deliver()
    prepared, begun = services.prepare, []

    def prepare(batch, *also):
        made = prepared(batch, *also)
        if not begun:
            begun.append(True)
            put_right(named, sct, "Công ty TNHH Hồng Hạc")
            deliver()
        return made

    monkeypatch.setattr(services, "prepare", prepare)
    services.rebuild(afresh=True)
    assert begun
    assert numbers(sct, '"hồng hạc"') == {case.number}
    assert services.compare().is_none


def test_an_unrelated_case_lodged_meanwhile_ends_no_file(sct, deliver):
    """On the server: one document more makes every word rarer, so all that is left scores above the cursor."""
    cases = [lodge() for _ in range(9)]
    deliver()

    def between():
        lodge(narrative="Chuyện khác hẳn.")
        deliver()

    found = paged(sct, between)
    print("in the file:", found, "of", [case.pk for case in cases])
    assert sorted(found) == sorted(case.pk for case in cases)


# --- the citizen's hint


@pytest.fixture
def database_cache(db, settings):
    """As production.py has it."""
    from django.core.management import call_command

    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "casemgr_cache_read5"}
    }
    call_command("createcachetable", verbosity=0)


def test_the_hints_limit_lasts_its_hour(database_cache, rf):
    """`DatabaseCache.incr` is get and set, with the cache's own time-out of five minutes."""
    from django.db import connection
    from django.utils import timezone
    from django.utils.dateparse import parse_datetime

    from casemgr.public import seller_hint

    request = rf.get("/")
    assert seller_hint._has_answers_left(request)
    with connection.cursor() as cursor:
        cursor.execute("SELECT expires FROM casemgr_cache_read5")
        [(expires,)] = cursor.fetchall()
    at = parse_datetime(expires) if isinstance(expires, str) else expires
    at = at if at.tzinfo else timezone.make_aware(at, timezone.get_fixed_timezone(0))
    assert (at - timezone.now()).total_seconds() > 3000


def test_five_reports_of_one_person_are_one(db):
    """The docstring promises k-anonymity: five of one sender tell of that sender, and one rival warns of a seller."""
    from workflows.selectors.reported import is_often_reported

    sct = factories.member("sct")
    for _ in range(5):
        journeys.accepted(
            sct, identifiers=[("phone", "0912 345 678")], person=Person(name="Trần Thị Mẫu", phone="0987654321")
        )
    assert not is_often_reported([("phone", "+84912345678")])


def test_what_was_offered_to_the_police_does_not_count(db):
    """docs/search-features.md: “without anything the police have or were offered”."""
    from workflows.selectors.reported import is_often_reported

    sct, police = factories.member("sct"), factories.member("congan")
    for number in range(5):
        who = Person(name="Trần Thị Mẫu", phone=f"098765432{number}")
        case = journeys.offered(sct, police.agency, identifiers=[("phone", "0912 345 678")], person=who).case
        referral.return_referral(case_id=case.pk, by=police, version=case.version, reason="Không phải tội phạm.")
    assert not is_often_reported([("phone", "+84912345678")])


@pytest.mark.django_db(transaction=True)
def test_the_hints_limit_holds_for_those_who_ask_at_once(database_cache, rf):
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connections

    from casemgr.public import seller_hint

    def ask(_number):
        try:
            return seller_hint._has_answers_left(rf.get("/"))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(120)))
    assert sum(answers) <= seller_hint.ANSWERS


# --- what else


def test_a_file_of_what_is_no_longer_yours_is_not_handed_out(sct, index, deliver, own_storage):
    """24 hours after the case went to the police its seller, product and amount are still downloaded."""
    from events.relay import Relay
    from search.models import SearchExport

    police = factories.member("congan")
    case = journeys.accepted(sct, narrative="Kem trộn", seller_name="Canhnguoiban").case
    deliver()
    made = exporting.ask_for_export(by=sct, text="kem", narrowing=Narrowing(), form="csv")
    Relay(["slow"]).run_until_idle()
    case = referral.refer_case(
        case_id=case.pk, by=sct, version=case.version, to=police.agency, reason="x", explanation="Tội phạm."
    )
    referral.take_referral(case_id=case.pk, by=police, version=case.version)
    made = SearchExport.objects.get(pk=made.pk)
    assert made.state == "ready"
    try:
        opened = exporting.open_export(export_id=made.pk, by=sct)
    except Exception:
        return
    with opened.file.open("rb") as file:
        rows = list(csv.DictReader(io.StringIO(file.read().decode("utf-8-sig"))))
    assert rows == []


def test_who_leaves_while_a_file_is_written_gets_none(sct, index, deliver, own_storage, monkeypatch):
    """“What the owner may see is asked page by page”: of the member as they were when it began."""
    from agencies.models import Membership
    from events import clock
    from search.models import SearchExport

    for _ in range(4):
        lodge()
    deliver()
    monkeypatch.setattr(exporting, "PAGE", 2)
    said, once = exporting._say_progress, []

    def progress(made, total, done):
        said(made, total, done)
        if done and not once:
            once.append(Membership.objects.filter(person=sct.person).update(revoked_at=clock.now()))

    monkeypatch.setattr(exporting, "_say_progress", progress)
    made = exporting.ask_for_export(by=sct, text="kem", narrowing=Narrowing(), form="csv")
    exporting.build_export(made.pk)
    assert SearchExport.objects.get(pk=made.pk).state == "failed"


def test_a_file_cut_at_its_most_says_so(sct, index, deliver, own_storage, monkeypatch):
    from search.models import SearchExport

    for _ in range(4):
        lodge()
    deliver()
    monkeypatch.setattr(exporting, "MOST_ROWS", 3)
    made = exporting.ask_for_export(by=sct, text="kem", narrowing=Narrowing(), form="csv")
    exporting.build_export(made.pk)
    made = SearchExport.objects.get(pk=made.pk)
    assert (made.done, made.total) == (3, 4), "three of three, as if that were all"


def test_words_of_the_watchlist_that_changed_are_told_again(sct, deliver):
    """A case kept for the old lines is never told for the new ones."""
    from events.relay import Relay
    from search.models import SearchMatch
    from search.services_saved import change_search

    saved = save_search(by=sct, keeping=Keeping("a", "now"), asked=Asked("0934567890", is_watchlist=True))
    case = lodge(identifiers=[("phone", "0934567890"), ("bank_account", "19035678901234")])
    deliver()
    Relay(["alerts"]).run_until_idle()
    assert SearchMatch.objects.filter(case=case).count() == 1
    change_search(search_id=saved.pk, by=sct, keeping=Keeping("a", "now"), words="0900000001")
    assert SearchMatch.objects.filter(saved_search=saved).count() == 0, "still counted as a match of other lines"


# --- any input


@pytest.mark.parametrize("typed", ["-giả", '-"kem trộn"', "-0987000111", "____", "kem ____", "-_a_b"])
def test_any_input_gets_a_page(sct, page, typed):
    """An exclusion alone, and a line to fill in, are a 500: `ValueError: an empty query has no tree`."""
    case = lodge(narrative="Máy giặt hỏng.")
    answer = page(typed)
    assert answer.status_code == 200
    if typed.startswith("-"):
        assert case.number in answer.content.decode()


@pytest.mark.parametrize("typed", ["số tiền: 99999999999999999999", "số tiền: < 99999999999999999999 kem"])
def test_an_amount_beyond_any_is_no_failure_of_the_engine(sct, deliver, typed):
    lodge()
    deliver()
    assert not find_cases(sct, typed).degraded


def test_numbers_that_are_not_looked_for_are_named():
    """The ninth identifier is in nothing that is searched for, and `shortened` does not say so."""
    numbers_typed = " , ".join(f"09{n:08}" for n in range(12345670, 12345679))
    query = parse(numbers_typed)
    assert len(query.identifiers) == 9 or query.shortened


def test_every_identifier_of_a_line_is_watched_or_refused():
    from search import watchlists

    reading = watchlists.read("0912345678; stk 19035678901234")
    watched = {key for one in reading.understood for key in one.span.keys}
    assert reading.unknown or {"0912345678", "19035678901234"} <= watched


def test_a_rebuild_that_dies_after_the_exchange_leaves_no_stale_document(index, sct, deliver, monkeypatch):
    """Nothing tells a later rebuild, or the relay, that the cases written meanwhile are still to be written again."""
    police = factories.member("congan")
    case = journeys.accepted(sct, narrative="Kem trộn bí mật").case
    case = referral.refer_case(
        case_id=case.pk, by=sct, version=case.version, to=police.agency, reason="x", explanation="Tội phạm."
    )
    deliver()
    prepared, begun = services.prepare, []

    def prepare(batch, *also):
        made = prepared(batch, *also)
        if not begun:
            begun.append(True)
            referral.recall_referral(case_id=case.pk, by=sct, version=case.version, reason="Nhầm.")
            deliver()
        return made

    def killed(*_cases_and_agencies):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(services, "prepare", prepare)
        patched.setattr(services, "index_again", killed)
        with pytest.raises(KeyboardInterrupt):
            services.rebuild(afresh=True)
    assert find_cases(police, "kem", facets=("state",)).facets["state"] == {}, "nor before the job has run"
    assert services.finish_exchanges() == 1
    assert services.compare().is_none
    assert find_cases(police, "kem", facets=("state",)).facets["state"] == {}


def test_an_index_that_was_lost_is_not_begun_anew_by_what_comes_next(index, sct, deliver):
    for _ in range(3):
        lodge()
    deliver()
    lose(index)
    lodge()
    deliver()
    assert find_cases(sct, "kem").degraded
    services.rebuild()
    answer = find_cases(sct, "kem")
    assert (answer.total, answer.degraded) == (4, False)
    assert services.compare().is_none


def lose(index) -> None:
    if hasattr(index, "folder"):
        shutil.rmtree(index.folder.path)
    else:
        index.client.indices.delete(index=index.live())


def test_an_exchange_whose_answer_was_late_is_still_owed(index, sct, deliver, monkeypatch):
    """It took place, the rebuild ends by saying that it did not: what was written meanwhile is owed all the same."""
    police = factories.member("congan")
    case = journeys.accepted(sct, narrative="Kem trộn bí mật").case
    case = referral.refer_case(
        case_id=case.pk, by=sct, version=case.version, to=police.agency, reason="x", explanation="Tội phạm."
    )
    deliver()
    prepared, begun = services.prepare, []

    def prepare(batch, *also):
        made = prepared(batch, *also)
        if not begun:
            begun.append(True)
            referral.recall_referral(case_id=case.pk, by=sct, version=case.version, reason="Nhầm.")
            deliver()
        return made

    generation = type(index.begin())
    publish = generation.publish

    def publish_unheard(fresh):
        publish(fresh)
        raise SearchUnavailable("late")

    with monkeypatch.context() as patched:
        patched.setattr(services, "prepare", prepare)
        patched.setattr(generation, "publish", publish_unheard)
        with pytest.raises(SearchUnavailable):
            services.rebuild(afresh=True)
    assert find_cases(police, "kem", facets=("state",)).facets["state"] == {}, "nor before the job has run"
    assert services.finish_exchanges() == 1
    assert services.compare().is_none


def test_businesses_that_were_merged_are_found_by_the_one_kept(sct, deliver):
    from workflows.services.merging import merge_respondents

    case = lodge()
    gone = business.respondent("Công ty TNHH Bạch Đàng", tax_code="0312345678")
    kept = business.respondent("Công ty TNHH Hồng Hạc", tax_code="0399999999")
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=gone.pk)
    deliver()
    merge_respondents(kept_id=kept.pk, merged_id=gone.pk, by=sct)
    deliver()
    assert numbers(sct, '"hồng hạc"') == {case.number}
    assert services.compare().is_none


def test_did_you_mean_is_made_of_what_may_be_seen_alone(sct, index, deliver):
    """The same as above, whatever made the index hold more than the database allows."""
    from agencies.models import Agency

    lodge(narrative="Kem trộn giấu ở canhkhoxuong ngoài chợ.")
    deliver()
    Agency.objects.filter(pk=sct.agency.pk).update(assisted_intake_only=True)
    by = factories.member("sct")
    assert not Case.objects.visible_to(by).exists()
    assert find_cases(by, "kem canhkhoxuomg").suggestion == ""


def test_who_is_read_as_keystrokes_may_ask_for_what_was_typed(sct, page):
    meant = lodge(narrative="Mua phải kem trộn.")
    answer = page("troonj")
    assert meant.number in answer.content.decode()
    link = answer.context["as_typed_url"]
    assert link in answer.content.decode().replace("&amp;", "&")
    assert parse_qs(urlsplit(link).query)["q"] == ['"troonj"']
    assert meant.number not in page('"troonj"').content.decode()


def test_the_order_of_a_file_is_none_of_the_page(page):
    lodge()
    assert page("kem", order="case").context["answer"].total == 1
    assert "order" not in read_asked(QueryDict("order=case")).parameters().urlencode()


# --- time


@pytest.mark.parametrize("piece", ["a.", "..", "a@x.", "\u0301", "từ: ", '"'])
def test_a_query_of_ten_thousand_characters_is_read_within_a_second(piece):
    import time

    begun = time.perf_counter()
    parse((piece * 10_000)[:10_000])
    assert time.perf_counter() - begun < 1


def test_no_story_holds_up_the_page_that_quotes_it(sct, deliver):
    """`_CODE` looks ahead to the end of the line from every place: quadratic in the longest run without a blank."""
    import time

    lodge(narrative="Gọi 0934567890 " + "." * 20_000, identifiers=[("phone", "0934567890")])
    deliver()
    begun = time.perf_counter()
    assert find_cases(sct, "0934567890").total == 1
    assert time.perf_counter() - begun < 1
