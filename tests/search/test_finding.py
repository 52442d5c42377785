"""From lodging to finding, by the real relay on the engine of the profile under test."""

from datetime import timedelta

import pytest

from agencies.actors import Citizen
from agencies.models import Role
from complaints.lodgement import Person
from complaints.models import Category
from complaints.policy import may_see_identity
from events import clock
from events.models import Delivery
from search.backends.base import Order, SearchUnavailable
from search.documents import audiences
from search.selectors import Narrowing, find_cases
from search.services import RebuildRunning, compare, rebuild, repair
from tests import factories
from workflows.models import Audience, Case, Referral
from workflows.services.acceptance import accept_case
from workflows.services.conclusion import withdraw_case
from workflows.services.correspondence import add_note, supplement_case
from workflows.services.referral import recall_referral, refer_case, return_referral, take_referral

pytestmark = pytest.mark.django_db

NAME, PHONE, EMAIL = "Canhdanhtinh Thị Mẫu", "0987654321", "canhthu@thu.example"


def found(actor, text: str, **options) -> list[Case]:
    return [hit.case for hit in find_cases(actor, text, **options).hits]


def lodge(**fields) -> Case:
    person = Person(name=NAME, phone=PHONE, email=EMAIL)
    return factories.case(
        **(
            {"narrative": "Tôi mua kem trộn, da bị kích ứng nặng.", "person": person, "seller_name": "Bích Ngọc"}
            | fields
        )
    )


def refer(case: Case, to: str = "congan", *, shares_identity: bool = False) -> Case:
    by = factories.member("sct")
    return refer_case(
        case_id=case.pk, to=factories.agency(to), by=by, reason="Cần xác minh.", version=case.version,
        shares_identity=shares_identity,
    )  # fmt: skip


@pytest.mark.parametrize(
    "typed",
    ["kem tron", "KEM TRỘN", "da bi kich ung", "kich uwng nặng", '"kích ứng nặng"', "0912 345 678", "+84912345678",
     "5678", "1903 5678 9012 34", "kemtron.example.com", "Bích Ngọc", NAME, PHONE, EMAIL],
)  # fmt: skip
def test_the_owner_finds_a_case_by_whatever_it_holds(deliver, typed):
    case = lodge(
        identifiers=[
            ("phone", "0912345678"),
            ("bank_account", "19035678901234"),
            ("url", "https://kemtron.example.com/a"),
        ]
    )
    factories.case(narrative="Giao hàng chậm ba tuần.")
    deliver()
    assert found(factories.member("sct"), typed)[:1] == [case]


def test_a_case_is_found_by_its_number_and_by_its_source_id(deliver):
    case = lodge(source="excel", source_id="tiki-123")
    deliver()
    sct = factories.member("sct")
    assert found(sct, case.number) == [case]
    assert found(sct, case.number.lower().replace("-", ""))[:1] == [case]
    assert found(sct, "tiki-123")[:1] == [case]


def test_what_is_added_later_is_found(deliver):
    case = lodge()
    deliver()
    supplement_case(case_id=case.pk, by=Citizen(case.complaint_id), text="Thêm hoá đơn mỹ phẩm")
    deliver()
    assert found(factories.member("sct"), "hóa đơn") == [case]


def test_other_agencies_and_other_roles_find_nothing(deliver):
    lodge()
    deliver()
    for actor in (factories.member("congan"), factories.member("hoi"), factories.member("sct", Role.EDITOR)):
        answer = find_cases(actor, "kem trộn")
        assert (answer.hits, answer.total) == ([], 0)


@pytest.mark.parametrize("shared", [False, True])
def test_identity_goes_along_only_when_it_is_shared(deliver, shared):
    case = refer(lodge(), shares_identity=shared)
    deliver()
    police = factories.member("congan")
    assert found(police, "kem trộn") == [case]
    for typed in (f'"{NAME}"', PHONE, EMAIL):
        answer = find_cases(police, typed)
        assert (len(answer.hits), answer.total) == ((1, 1) if shared else (0, 0)), typed


def test_audiences_and_the_policy_agree(db):
    front = factories.agency("mattran", assisted_intake_only=True)
    case = refer(lodge(received_at_agency=front.pk, origin="counter"))
    offer = Referral.objects.get(case=case)
    seen = {audience.agency.code: audience.shares_identity for audience in audiences(case)}
    expected = {}
    for code in ("sct", "congan", "qltt", "hoi", "mattran"):
        actor = factories.member(code)
        if Case.objects.visible_to(actor).filter(pk=case.pk).exists():
            expected[code] = may_see_identity(
                actor, owner_agency_id=case.owner_id, offered_agency_id=case.offered_to_id,
                shares_identity=offer.shares_identity,
            )  # fmt: skip
    assert seen == expected


def test_notes_are_found_by_those_who_may_read_them(deliver):
    case = refer(lodge())
    sct, police = factories.member("sct"), factories.member("congan")
    canaries = {
        "canhrieng": (sct, Audience.AGENCY, {"sct"}),
        "canhcongan": (police, Audience.POLICE, {"congan"}),
        "canhnoibo": (police, Audience.AGENCY, {"congan"}),
        "canhchung": (sct, Audience.SHARED, {"sct", "congan"}),
    }
    for token, (author, audience, _) in canaries.items():
        add_note(case_id=case.pk, by=author, text=f"Ghi chú {token} hết", audience=audience)
    deliver()
    for token, (_, _, readers) in canaries.items():
        for code in ("sct", "congan", "qltt"):
            answer = find_cases(factories.member(code), token)
            assert answer.total == len(answer.hits) == (1 if code in readers else 0), (token, code)


def test_no_canary_is_ever_highlighted(deliver):
    case = refer(lodge())
    add_note(case_id=case.pk, by=factories.member("sct"), text="kem trộn canhrieng", audience=Audience.AGENCY)
    deliver()
    [hit] = find_cases(factories.member("congan"), "kem trộn canhrieng").hits
    shown = " ".join(text for fragment in hit.fragments for text, _ in fragment.pieces)
    assert "canhrieng" not in shown
    assert NAME not in shown


def test_access_ends_at_once_though_the_index_is_late(deliver):
    """The sender loses the case when it is taken; nothing was indexed in between."""
    case = refer(lodge())
    deliver()
    sct, police = factories.member("sct"), factories.member("congan")
    assert found(sct, "kem trộn") == [case]
    take_referral(case_id=case.pk, by=police, version=case.version)
    answer = find_cases(sct, "kem trộn")
    assert (answer.hits, answer.total) == ([], 0)
    assert found(police, "kem trộn") == [case]
    deliver()
    assert found(sct, "kem trộn") == []
    assert [hit.case for hit in find_cases(police, "kem trộn").hits] == [case]


@pytest.mark.parametrize("end", ["return", "recall", "withdraw"])
def test_the_target_of_an_ended_offer_finds_nothing(deliver, end):
    case = refer(lodge(kind="consumer"))
    deliver()
    sct, police = factories.member("sct"), factories.member("congan")
    assert found(police, "kem trộn") == [case]
    if end == "return":
        return_referral(case_id=case.pk, by=police, version=case.version, reason="Không thuộc thẩm quyền.")
    elif end == "recall":
        recall_referral(case_id=case.pk, by=sct, version=case.version, reason="Nhầm nơi.")
    else:
        withdraw_case(case_id=case.pk, by=Citizen(case.complaint_id))
    assert find_cases(police, "kem trộn").total == 0
    deliver()
    assert find_cases(police, "kem trộn").total == 0
    assert found(sct, "kem trộn") == [case]


def test_late_and_repeated_deliveries_are_harmless(index, deliver):
    case = refer(lodge())
    deliver()
    before = index.versions([case.pk])
    take_referral(case_id=case.pk, by=factories.member("congan"), version=case.version)
    deliver()
    Delivery.objects.filter(handler="search.index").update(state=Delivery.State.DUE)
    deliver()
    after = index.versions([case.pk])
    assert set(before) == {f"{case.pk}:sct:identity", f"{case.pk}:congan:police"}
    assert set(after) == {f"{case.pk}:congan:police"}


def test_a_page_holds_what_was_asked_for_and_the_next_goes_on(deliver):
    cases = {lodge(narrative=f"Kem trộn số {n}", idempotency_key=f"{n:032x}").pk for n in range(7)}
    deliver()
    sct, seen, cursor = factories.member("sct"), [], None
    while True:
        answer = find_cases(sct, "kem trộn", limit=3, cursor=cursor)
        seen += [hit.case.pk for hit in answer.hits]
        cursor = answer.cursor
        assert answer.total == 7
        if not cursor or not answer.hits:
            break
    assert sorted(seen) == sorted(cases)


@pytest.mark.parametrize("typed", ["\x00", "   ", "?!", "a" * 10_000, "từ " * 3000, '"', '"a', "\ud800", "\u202e", "*:*",
                                   "NOT (", "{}", "0" * 40, "-" * 50, "'; drop", "82-", "@", "http://", "🙂🙂"])  # fmt: skip
def test_any_input_is_answered(deliver, typed):
    lodge()
    deliver()
    answer = find_cases(factories.member("sct"), typed)
    assert not answer.degraded


def test_without_the_engine_numbers_are_still_found(index, answering, deliver, monkeypatch):
    case = lodge(identifiers=[("phone", "0912345678"), ("bank_account", "19035678901234")])
    factories.case(narrative="Khác")
    deliver()

    def away(*args, **options):
        raise SearchUnavailable("away")

    monkeypatch.setattr(answering, "search", away)
    sct, police = factories.member("sct"), factories.member("congan")
    for typed in (case.number, case.number[:8], "0912 345 678", "+84912345678", "1903 5678 9012 34"):
        answer = find_cases(sct, typed)
        assert answer.degraded
        assert [hit.case for hit in answer.hits] == [case], typed
        assert find_cases(police, typed).hits == []
    assert find_cases(sct, "kem trộn").hits == []


def test_a_rebuild_cut_short_goes_on_where_it_was(index, deliver, monkeypatch):
    monkeypatch.setattr("search.services.BATCH", 1)
    monkeypatch.setattr("search.services.KEPT_EVERY", 1)
    cases = [lodge() for _ in range(4)]
    deliver()
    seen: list[int] = []

    def stop(done: int) -> None:
        seen.append(done)
        if sum(seen) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rebuild(stop)
    assert compare().is_none, "the live index is as it was"
    seen.clear()
    assert rebuild(seen.append) == len(cases)
    assert seen == [2, 1, 1], "two were there already"
    assert compare().is_none


def test_only_one_rebuild_at_a_time(index, deliver):
    lodge()
    deliver()

    def meanwhile(done: int) -> None:
        with pytest.raises(RebuildRunning):
            rebuild()

    assert rebuild(meanwhile) == 1


def test_a_rebuild_finds_everything_again(index, deliver):
    case = lodge()
    deliver()
    index.clear()
    assert find_cases(factories.member("sct"), "kem trộn").total == 0
    assert rebuild() == 1
    assert found(factories.member("sct"), "kem trộn") == [case]
    assert compare().is_none


def test_drift_is_seen_and_repaired(index, deliver):
    lost, stale, foreign = lodge(), lodge(idempotency_key="1" * 32), refer(lodge(idempotency_key="2" * 32))
    deliver()
    assert compare().is_none
    index.delete_case(lost.pk)
    supplement_case(case_id=stale.pk, by=Citizen(stale.complaint_id), text="Thêm")
    take_referral(case_id=foreign.pk, by=factories.member("congan"), version=foreign.version)
    assert compare().case_ids == {lost.pk}, "the relay is about to write the others"
    Delivery.objects.filter(state="due").update(state="parked")
    drift = compare()
    assert drift.missing == {f"{lost.pk}:sct:identity"}
    assert f"{stale.pk}:sct:identity" in drift.stale
    assert drift.foreign == {f"{foreign.pk}:sct:identity"}
    repair(drift)
    assert compare().is_none


def test_the_number_of_queries_does_not_grow(deliver, django_assert_num_queries):
    for n in range(12):
        lodge(narrative=f"Kem trộn {n}", idempotency_key=f"{n:032x}")
    deliver()
    sct = factories.member("sct")
    with django_assert_num_queries(2):
        assert len(find_cases(sct, "kem trộn", limit=10).hits) == 10


def test_a_case_number_is_found_however_it_is_typed(index, answering, deliver, monkeypatch):
    case = lodge()
    factories.case(narrative="Khác")
    deliver()
    sct, police = factories.member("sct"), factories.member("congan")
    tail = case.number.partition("-")[2]
    typed = (tail, tail.lower(), tail.replace("-", ""), case.number.replace("-", ""), f"số {tail} nhé")
    for text in typed[:4]:
        assert found(sct, text) == [case], text
        assert found(police, text) == []
    assert found(sct, typed[4])[0] == case

    def away(*args, **options):
        raise SearchUnavailable("away")

    monkeypatch.setattr(answering, "search", away)
    for text in typed:
        assert found(sct, text) == [case], text


@pytest.mark.parametrize("typed", ["zzz", "ZZZZ", "kkk"])
def test_one_letter_drawn_out_means_nothing(deliver, typed):
    lodge(narrative="Tôi vay tiền qua ứng dụng, vậy mà bị khủng bố điện thoại, không chịu nổi.")
    deliver()
    assert found(factories.member("sct"), typed) == []


def test_the_category_is_the_officers(deliver):
    Category.objects.create(code="COUNTERFEIT", label_vi="Hàng giả", label_en="Counterfeit", default_track="violation")
    case, by = lodge(), factories.member("sct")
    accept_case(case_id=case.pk, by=by, version=1, category="COUNTERFEIT")
    deliver()
    assert found(by, "kem tron", narrowing=Narrowing({"category": ["COUNTERFEIT"]})) == [case]
    assert found(by, "kem tron", narrowing=Narrowing({"category": ["NOT_DELIVERED"]})) == []


@pytest.fixture
def engine_away(index, answering, monkeypatch):
    """Whatever is asked of the engine fails, until `undo`."""

    def away(*args, **options):
        raise SearchUnavailable("away")

    with monkeypatch.context() as patched:
        for asked, name in (
            (type(index), "write"),
            (type(index), "count"),
            (answering, "search"),
            (answering, "tally"),
        ):
            patched.setattr(asked, name, away)
        yield patched


def test_an_engine_away_for_a_night_is_waited_for(deliver, engine_away):
    case, began = lodge(), clock.now()
    for minutes in range(0, 8 * 60, 10):
        with clock.frozen(began + timedelta(minutes=minutes)):
            deliver()
    engine_away.undo()
    with clock.frozen(began + timedelta(hours=8)):
        deliver()
        assert found(factories.member("sct"), "kem tron") == [case]
    assert not Delivery.objects.filter(handler="search.index").exclude(state="done").exists()


def test_a_document_that_the_engine_refuses_holds_back_no_other(deliver, index, monkeypatch):
    real, refused = type(index).write, lodge(narrative="Kem trộn bị từ chối.")
    case = lodge()

    def write(self, documents, withdrawn=(), **options):
        if any(document["case"] == refused.pk for document in documents):
            raise SearchUnavailable("refused")
        real(self, documents, withdrawn)

    monkeypatch.setattr(type(index), "write", write)
    index.write([])
    deliver()
    assert found(factories.member("sct"), "kem tron") == [case]
    waiting = Delivery.objects.get(handler="search.index", state="due", event__stream=refused.stream)
    assert (waiting.attempts, waiting.due_at > clock.now()) == (1, True)


def test_what_somebody_wrote_exactly_so_is_not_put_right(sct, deliver):
    with clock.frozen(clock.now() - timedelta(hours=1)):
        factories.case(narrative="Mua qua Shopeee.")
    for _ in range(20):
        factories.case(narrative="Mua qua Shopee.")
    deliver()
    newest = find_cases(sct, "shopeee", narrowing=Narrowing(order=Order.NEWEST))
    assert (newest.total, newest.exact, newest.suggestion) == (21, 1, "")
