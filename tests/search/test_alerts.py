"""From a case to the people whose saved searches it fits, by the real relay on the profile under test."""

from datetime import date, datetime, timedelta
from threading import Thread

import pytest
from django.core import mail
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from agencies.actors import Citizen
from agencies.models import Membership, Role
from events import clock
from events.models import Delivery, Event
from events.relay import Relay
from notifications.handlers import notify
from notifications.models import Notification
from notifications.selectors import inbox
from search.alerts import look_for_matches
from search.backends.base import Scope, SearchUnavailable
from search.backends.batch import Batch
from search.digests import begins, owners_due, sum_up
from search.documents import prepare
from search.jobs import send_digests
from search.models import Alert, SavedSearch, SearchMatch
from search.query import parse
from search.selectors import Narrowing, find_cases
from search.services_saved import Asked, Keeping, change_search, save_search
from tests import factories
from tests.factories import business
from workflows.deadlines import HANOI
from workflows.services import naming, register
from workflows.services.correspondence import supplement_case
from workflows.services.referral import recall_referral, refer_case

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 23, 10, tzinfo=HANOI)


def keep(by, text="kem trộn", *, name="", alert=Alert.NOW, narrowing=None, watchlist=False, shared=False):
    asked = Asked(text, narrowing or Narrowing(), is_watchlist=watchlist)
    return save_search(by=by, keeping=Keeping(name or text[:40], alert, shared), asked=asked)


def lodge(narrative="Tôi mua kem trộn, da bị kích ứng nặng.", **fields):
    return factories.case(narrative=narrative, **fields)


def tell(lanes=("alerts", "notify", "mail")):
    Relay(lanes).run_until_idle()


def told(person) -> list[str]:
    return [row.case.number for row in inbox(person).filter(kind="search.matched")]


@pytest.fixture
def sct():
    """Somebody who is told by nothing but a saved search."""
    return factories.member("sct", Role.HANDLER)


def test_a_new_case_that_fits_is_told_at_once(sct):
    saved = keep(sct)
    case, _other = lodge(), lodge("Giao hàng chậm ba tuần.")
    tell()
    assert told(sct.person) == [case.number]
    assert list(saved.matches.values_list("case", flat=True)) == [case.pk]
    event = Event.objects.get(kind="search.matched")
    assert event.data == {"search": saved.pk, "case": case.pk, "people": [sct.person.pk], "agency": "sct"}
    assert Notification.objects.get(kind="search.matched").reason == "search"


def test_a_case_that_comes_to_fit_later_is_told_then(sct):
    keep(sct, "hoá đơn mỹ phẩm")
    case = lodge()
    tell()
    assert told(sct.person) == []
    supplement_case(case_id=case.pk, by=Citizen(case.complaint_id), text="Thêm hóa đơn mỹ phẩm")
    tell()
    assert told(sct.person) == [case.number]


def test_once_a_case_however_often_it_changes_or_is_delivered(sct):
    keep(sct)
    case = lodge()
    tell()
    supplement_case(case_id=case.pk, by=Citizen(case.complaint_id), text="Kem trộn, một lọ nữa")
    tell()
    Delivery.objects.filter(handler__in=["search.alerts", "notifications.inbox"]).update(state=Delivery.State.DUE)
    tell()
    look_for_matches(list(Event.objects.filter(stream=f"case:{case.pk}")) * 2)
    assert told(sct.person) == [case.number]
    assert Event.objects.filter(kind="search.matched").count() == SearchMatch.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_relays_tell_once(sct):
    keep(sct)
    case = lodge()
    events = list(Event.objects.filter(stream=f"case:{case.pk}"))
    failed = []

    def work():
        try:
            look_for_matches(events)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert Event.objects.filter(kind="search.matched").count() == SearchMatch.objects.count() == 1


def test_nobody_is_told_of_what_their_agency_may_not_see():
    for code in ("congan", "hoi"):
        keep(factories.member(code))
    lodge()
    tell()
    assert not SearchMatch.objects.exists()


def test_what_an_audience_may_not_read_does_not_match(sct):
    """The police see the case offered to them, not who the sender is, unless that was shared."""
    police, by = factories.member("congan", Role.SUPERVISOR), factories.member("sct")
    keep(police, "Trần Thị Mẫu")
    keep(police, "kem trộn")
    case = lodge()
    refer_case(case_id=case.pk, to=police.agency, by=by, reason="Cần xác minh.", version=case.version)
    tell()
    assert set(SearchMatch.objects.values_list("saved_search__name", flat=True)) == {"kem trộn"}


def test_access_that_ended_before_the_relay_came_tells_nothing(sct):
    police, by = factories.member("congan"), factories.member("sct")
    keep(police)
    case = lodge()
    case = refer_case(case_id=case.pk, to=police.agency, by=by, reason="Cần xác minh.", version=case.version)
    recall_referral(case_id=case.pk, by=by, version=case.version, reason="Nhầm nơi.")
    tell()
    assert not SearchMatch.objects.exists()


def test_access_that_ended_between_match_and_inbox_tells_nothing(sct):
    police, by = factories.member("congan"), factories.member("sct")
    keep(police)
    case = lodge()
    case = refer_case(case_id=case.pk, to=police.agency, by=by, reason="Cần xác minh.", version=case.version)
    tell(["alerts"])
    assert Event.objects.filter(kind="search.matched").count() == 1
    recall_referral(case_id=case.pk, by=by, version=case.version, reason="Nhầm nơi.")
    tell(["notify"])
    assert told(police.person) == []


@pytest.mark.parametrize("how", ["revoked", "other_role", "inactive"])
def test_who_handles_cases_no_more_is_told_nothing(sct, how):
    keep(sct)
    if how == "inactive":
        sct.person.is_active = False
        sct.person.save()
    else:
        Membership.objects.filter(person=sct.person).update(revoked_at=clock.now())
    if how == "other_role":
        factories.member("sct", Role.EDITOR, who=sct.person)
    lodge()
    tell()
    assert not SearchMatch.objects.exists()


def test_a_role_revoked_between_match_and_inbox_tells_nothing(sct):
    keep(sct)
    lodge()
    tell(["alerts"])
    Membership.objects.filter(person=sct.person).update(revoked_at=clock.now())
    factories.member("sct", Role.EDITOR, who=sct.person)
    tell(["notify"])
    assert not Notification.objects.filter(kind="search.matched").exists()


def test_only_the_owner_of_a_shared_search_is_told(sct):
    colleague = factories.member("sct", Role.HANDLER)
    keep(sct, shared=True)
    case = lodge()
    tell()
    assert told(sct.person) == [case.number]
    assert told(colleague.person) == []


def test_filters_fields_and_days_narrow(sct):
    lodge()
    keep(sct, "", name="mới", narrowing=Narrowing({"state": ["lodged"]}))
    keep(sct, "", name="đã xong", narrowing=Narrowing({"state": ["closed"]}))
    keep(sct, "kem tt:lodged", name="trường")
    keep(sct, "kem", name="cũ", narrowing=Narrowing(until=date(2020, 1, 1)))
    keep(sct, "kem -trộn", name="trừ")
    tell()
    names = set(SearchMatch.objects.values_list("saved_search__name", flat=True))
    assert names == {"mới", "trường"}


def test_a_watchlist_fits_by_any_of_its_identifiers(sct):
    lines = "\n".join(f"09{n:08d}" for n in range(150)) + "\nSTK 1903 5678 9012 34\nkemtron.example.com"
    keep(sct, lines, watchlist=True)
    by_account = lodge(identifiers=[("bank_account", "19035678901234")])
    by_link = lodge(identifiers=[("url", "https://kemtron.example.com/a")])
    by_phone = lodge(identifiers=[("phone", "+84900000149")])
    lodge(identifiers=[("phone", "0912345678")])
    tell()
    assert set(SearchMatch.objects.values_list("case", flat=True)) == {by_account.pk, by_link.pk, by_phone.pk}


@pytest.mark.parametrize(
    "text",
    ["kem tron", "KEM TRỘN", '"kích ứng nặng"', "kich uwng nặng", "0912 345 678", "5678", "người bán: ánh dương",
     "kem -lọ", "không có gì như thế zzz", "giao hàng chậm"],
)  # fmt: skip
def test_a_batch_finds_what_the_index_finds(sct, deliver, text):
    cases = [lodge(identifiers=[("phone", "0912345678")]), lodge("Giao hàng chậm ba tuần."), lodge("Một lọ kem trộn")]
    deliver()
    batch = Batch(prepare([case.pk for case in cases]).documents)
    query = parse(text)
    found = {hit.case.pk for hit in find_cases(sct, text).hits} if not query.is_empty else set()
    assert (
        batch.cases(query.steps[-1].tree, Scope("sct:identity", query.clauses.filters, query.clauses.ranges)) == found
    )


# What is told is what the search's page shows


def shown_and_told(sct, deliver, text, case, **narrowed):
    keep(sct, text, narrowing=Narrowing(**narrowed))
    deliver()
    tell()
    hits = find_cases(sct, text, narrowing=Narrowing(**narrowed), limit=100).hits
    return case.pk in {hit.case.pk for hit in hits}, SearchMatch.objects.filter(case=case).exists()


@pytest.mark.parametrize(("story", "fits"), [("Tôi ban đầu không biết.", False), ("Cái bàn bị gãy.", True)])
def test_a_search_for_exactly_these_words_tells_of_no_others(sct, deliver, story, fits):
    assert shown_and_told(sct, deliver, "bàn", lodge(story), exact=True) == (fits, fits)


@pytest.mark.parametrize(("others", "fits"), [(20, False), (3, True)])
def test_a_slip_is_told_where_the_page_goes_by_slips(sct, deliver, others, fits):
    for _ in range(others):
        lodge("Hàng nhiệm vụ.")
    deliver()
    assert shown_and_told(sct, deliver, "nhiệm", lodge("Tôi nhim thấy."))[1] is fits
    assert shown_and_told(sct, deliver, "nhiệm -lọ", lodge("Tôi nhim thấy."), since=date(2020, 1, 1)) == (fits, fits)


def test_of_which_searches_slips_are_shown_is_asked_for_all_at_once(sct, answering, monkeypatch):
    asked, are_many = [], answering.are_many
    monkeypatch.setattr(answering, "are_many", lambda *said: asked.append(len(said[-2])) or are_many(*said))
    keep(sct, "nhiệm")
    keep(sct, "thasy")
    keep(sct, "kem troojn")
    case, other = lodge("Tôi nhim thấy."), lodge()
    tell(["index", "alerts", "notify"])
    assert set(told(sct.person)) == {case.number, other.number}
    assert asked == [2, 3]  # keystrokes, then slips


def test_a_year_among_words_tells_of_no_row_of_that_number(sct, deliver):
    assert shown_and_told(sct, deliver, "hàng giả 2026", lodge("Giao chậm.", source_id="2026")) == (False, False)


@pytest.mark.parametrize(("others", "fits"), [(20, False), (0, True)])
def test_keystrokes_are_told_where_the_page_reads_them_so(sct, deliver, others, fits):
    for _ in range(others):
        lodge("Kem troonj của bà ấy.")
    deliver()
    assert shown_and_told(sct, deliver, "kem troonj", lodge()) == (fits, fits)


def test_while_the_engine_is_away_a_slip_is_told(sct, index, answering, monkeypatch):
    def away(*_, **__):
        raise SearchUnavailable("away")

    monkeypatch.setattr(answering, "are_many", away)
    keep(sct, "nhiệm")
    case = lodge("Tôi nhim thấy.")
    tell()
    assert told(sct.person) == [case.number]


def test_a_number_put_right_in_the_register_reaches_watchlists(sct):
    by = factories.member("sct")
    case = lodge()
    named = business.respondent("Công ty TNHH Bạch Đàng", tax_code="0312345678")
    naming.name_respondent(case_id=case.pk, by=by, respondent_id=named.pk)
    tell()
    keep(sct, "0399999999", watchlist=True)
    named.refresh_from_db()
    entry = register.RegisterEntry(name="Công ty TNHH Hồng Hạc", tax_code="0399999999")
    register.change_respondent(respondent_id=named.pk, by=by, version=named.version, entry=entry)
    tell()
    assert list(SearchMatch.objects.values_list("case", flat=True)) == [case.pk]


def test_without_alerting_searches_the_relay_does_nothing(sct, django_assert_num_queries):
    keep(sct, alert=Alert.NONE)
    lodge()
    events = list(Event.objects.filter(kind="case.lodged"))
    with django_assert_num_queries(1):
        look_for_matches(events)


def test_the_number_of_queries_does_not_grow_with_searches_and_cases(django_assert_max_num_queries):
    owners = [factories.member("sct") for _ in range(3)]
    for n in range(12):
        keep(owners[n % 3], name=f"{n}")
    for n in range(5):
        lodge(f"Kem trộn {n}")
    events = list(Event.objects.filter(kind="case.lodged"))
    look_for_matches(events)
    assert SearchMatch.objects.count() == 60
    SearchMatch.objects.all().delete()
    with django_assert_max_num_queries(45):
        look_for_matches(events)


def test_a_search_that_cannot_be_asked_holds_back_no_other(sct, monkeypatch):
    odd = keep(sct, "lạ kỳ")
    keep(sct)
    case, found = lodge(), Batch.cases

    def fails(batch, query, scope):
        if query in [step.finds for step in parse(odd.text).steps]:
            raise ValueError
        return found(batch, query, scope)

    monkeypatch.setattr(Batch, "cases", fails)
    tell()
    assert told(sct.person) == [case.number]


def test_days_the_wrong_way_round_find_nothing(sct):
    keep(sct, "kem", narrowing=Narrowing(since=date(2026, 11, 2), until=date(2026, 11, 1)))
    lodge()
    tell()
    assert not SearchMatch.objects.exists()


# Digests


def test_periods_begin_at_seven_in_hanoi():
    assert begins(Alert.DAILY, MONDAY) == datetime(2026, 11, 23, 7, tzinfo=HANOI)
    assert begins(Alert.DAILY, MONDAY.replace(hour=6)) == datetime(2026, 11, 22, 7, tzinfo=HANOI)
    assert begins(Alert.WEEKLY, MONDAY + timedelta(days=6)) == datetime(2026, 11, 23, 7, tzinfo=HANOI)
    assert begins(Alert.WEEKLY, MONDAY.replace(hour=6)) == datetime(2026, 11, 16, 7, tzinfo=HANOI)


def test_a_day_is_summed_up_once_with_numbers_alone(sct):
    with clock.frozen(MONDAY):
        daily = keep(sct, name="Bà Nguyễn Thị Mật", alert=Alert.DAILY)
        keep(sct, name="tuần", alert=Alert.WEEKLY)
        cases = [lodge(), lodge("Kem trộn nữa")]
        tell()
        send_digests()
    assert mail.outbox == []
    with clock.frozen(MONDAY + timedelta(days=1)):
        send_digests()
        send_digests()
        tell()
    (message,) = mail.outbox
    digest = Event.objects.get(kind="search.digested")
    assert digest.data == {"people": [sct.person.pk], "agency": "sct", "counts": {str(daily.pk): 2}}
    assert message.to == [sct.person.email]
    assert "2 vụ việc mới: http" in message.body
    assert f"/backoffice/searches/#search-{daily.pk}" in message.body
    for secret in ("Mật", "kem", cases[0].number, sct.person.name):
        assert secret not in message.body + message.subject
    with clock.frozen(MONDAY + timedelta(days=2)):
        send_digests()
        tell()
    assert len(mail.outbox) == 1
    with clock.frozen(MONDAY + timedelta(days=7)):
        send_digests()
        tell()
    assert len(mail.outbox) == 2
    assert told(sct.person) == []


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_sum_up_once(sct):
    with clock.frozen(clock.now() - timedelta(days=3)):
        keep(sct, alert=Alert.DAILY)
        lodge()
        tell(["alerts"])
    (owner,) = owners_due(clock.now())
    failed = []

    def work():
        try:
            sum_up(owner)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert Event.objects.filter(kind="search.digested").count() == 1


def test_a_digest_counts_only_what_may_be_seen_then(sct):
    police, by = factories.member("congan"), factories.member("sct")
    with clock.frozen(MONDAY):
        keep(police, alert=Alert.DAILY)
        case = lodge()
        case = refer_case(case_id=case.pk, to=police.agency, by=by, reason="Cần xác minh.", version=case.version)
        tell(["alerts"])
        assert SearchMatch.objects.count() == 1
        recall_referral(case_id=case.pk, by=by, version=case.version, reason="Nhầm nơi.")
    with clock.frozen(MONDAY + timedelta(days=1)):
        send_digests()
        tell()
    assert mail.outbox == []


def test_a_digest_of_who_is_gone_is_not_sent(sct):
    with clock.frozen(MONDAY):
        keep(sct, alert=Alert.DAILY)
        lodge()
        tell(["alerts"])
    with clock.frozen(MONDAY + timedelta(days=1)):
        send_digests()
        Membership.objects.filter(person=sct.person).update(revoked_at=clock.now())
        tell()
    assert mail.outbox == []
    assert owners_due(MONDAY + timedelta(days=1)) == []


def test_another_way_of_being_told_begins_anew(sct):
    with clock.frozen(MONDAY):
        saved = keep(sct, alert=Alert.NONE)
        lodge()
        tell()
    with clock.frozen(MONDAY + timedelta(days=3)):
        change_search(search_id=saved.pk, by=sct, keeping=Keeping("x", Alert.DAILY))
        send_digests()
        assert not SavedSearch.objects.get().matches.exists()
        lodge("Kem trộn khác")
        tell()
        change_search(search_id=saved.pk, by=sct, keeping=Keeping("x", Alert.NOW))
        change_search(search_id=saved.pk, by=sct, keeping=Keeping("x", Alert.DAILY))
    with clock.frozen(MONDAY + timedelta(days=4)):
        send_digests()
        tell()
    assert mail.outbox == []


def test_many_matches_are_told_by_as_many_questions_as_one():
    for code in ("sct", "congan"):
        for _ in range(3):
            keep(factories.member(code, Role.HANDLER), "kem trộn")
    for number in range(4):
        lodge(idempotency_key=f"{number:032x}")
    tell(["alerts"])
    matched = list(Event.objects.filter(kind="search.matched"))
    with CaptureQueriesContext(connection) as of_one:
        notify(matched[:1])
    with CaptureQueriesContext(connection) as of_many:
        notify(matched[1:])
    assert len(matched) == Notification.objects.count() == 12
    assert len(of_many) <= len(of_one)
