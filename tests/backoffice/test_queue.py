"""The queue: what stands in which tab, in which order, page after page, at what cost."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.models import Complaint
from events import clock
from tests import factories
from tests.factories import journeys
from workflows.models import Case
from workflows.models.case import NEVER_DUE
from workflows.selectors import queue
from workflows.services import referral

pytestmark = [pytest.mark.django_db, pytest.mark.both_profiles]
QUEUE = "/backoffice/"


def numbers(response) -> list[str]:
    """Case numbers of the list, in order."""
    return re.findall(r'data-row-link href="/backoffice/cases/([^/]+)/"', response.content.decode())


def shown(client: Client, tab: str, **filters: str) -> set[str]:
    response = client.get(QUEUE, {"tab": tab, **filters})
    assert response.status_code == 200
    return set(numbers(response))


def many(owner, count: int, **fields) -> list[Case]:
    """Cases made in bulk, for paging and cost: due times repeat, and some have none."""
    now = clock.now()
    first = Complaint.objects.count()
    complaints = Complaint.objects.bulk_create(
        Complaint(
            province=factories.province(),
            kind="consumer",
            narrative=f"Chuyện {i}",
            consent="given",
            code_hash=f"c{i}",
            key_hash=f"k{i}",
            body_digest="d",
            lodged_at=now - timedelta(minutes=i),
        )
        for i in range(first, first + count)
    )
    return Case.objects.bulk_create(
        Case(
            complaint=complaint,
            number=f"82-TEST0-{i:05d}",
            province=factories.province(),
            track="consumer",
            owner=owner,
            urgent=i % 10 == 0,
            vulnerable=i % 7 == 0,
            lodged_at=complaint.lodged_at,
            state_since=complaint.lodged_at,
            due_at=None if i % 11 == 0 else now + timedelta(hours=i % 5 - 1),
            **fields,
        )
        for i, complaint in enumerate(complaints, first)
    )


def test_each_tab_holds_what_it_says(at_desk, sct, police):
    mine = journeys.investigating(sct).case
    colleague = factories.member("sct")
    theirs = journeys.investigating(colleague).case
    new = journeys.lodged(sct).case
    away = journeys.offered(sct, police.agency).case
    asked = journeys.asked(colleague).case
    done = journeys.closed(colleague).case
    taken = journeys.taken(sct, police).case
    client, theirs_client = at_desk(sct), at_desk(police)

    assert shown(client, "mine") == {mine.number}
    assert shown(client, "agency") == {c.number for c in (mine, theirs, new, away, asked)}
    assert shown(client, "offered") == set()
    assert shown(client, "waiting") == {away.number, asked.number}
    assert shown(client, "settled") == {done.number}
    assert shown(theirs_client, "offered") == {away.number}
    assert shown(theirs_client, "agency") == {taken.number}
    assert shown(theirs_client, "mine") == set()


def test_overdue_is_what_is_past_its_time_by_wish_longest_first(at_desk, sct):
    cases = many(sct.agency, 30)
    response = at_desk(sct).get(QUEUE, {"tab": "overdue", "sort": "overdue"})
    late = sorted((c for c in cases if c.due_at and c.due_at < clock.now()), key=lambda c: (c.due_at, c.pk))
    assert late
    assert numbers(response) == [c.number for c in late]


def test_a_foreign_agency_sees_none_of_it(at_desk, sct, association):
    journeys.investigating(sct)
    journeys.closed(sct)
    client = at_desk(association)
    for tab in queue.TABS:
        assert shown(client, tab.code) == set()


def test_a_receipt_names_number_taker_and_time_and_nothing_else(at_desk, sct, police):
    journey = journeys.taken(sct, police, narrative="Nội dung chỉ công an còn được đọc.")
    page = at_desk(sct).get(QUEUE, {"tab": "receipts"}).content.decode()
    assert journey.case.number in page
    assert police.agency.name in page
    assert "Nội dung chỉ công an" not in page
    assert f"/cases/{journey.case.number}/" not in page


def test_receipts_are_one_query(sct, police, django_assert_num_queries):
    taken = {journeys.taken(sct, police).case.number for _ in range(3)}
    [tab] = [tab for tab in queue.TABS if tab.code == "receipts"]
    with django_assert_num_queries(1):
        page = queue.receipt_page(tab, sct, next(iter(tab.orders)), "")
        assert {row.case.number for row in page.rows} == taken


def test_what_was_returned_leaves_no_receipt(at_desk, sct, police):
    case = journeys.offered(sct, police.agency).case
    referral.return_referral(case_id=case.pk, by=police, version=case.version, reason="Không phải tội phạm.")
    assert case.number not in at_desk(sct).get(QUEUE, {"tab": "receipts"}).content.decode()


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("due", lambda c: (not (c.urgent and c.vulnerable), not c.urgent, not c.vulnerable, c.due_at or NEVER_DUE, c.pk)),
        ("oldest", lambda c: (c.lodged_at, c.pk)),
        ("newest", lambda c: (-c.lodged_at.timestamp(), -c.pk)),
    ],
)  # fmt: skip
def test_every_case_comes_once_in_order_page_after_page_and_back(at_desk, sct, sort, key):
    cases = many(sct.agency, 2 * queue.PAGE_SIZE + 20)
    client = at_desk(sct)
    expected = [c.number for c in sorted(cases, key=key)]
    forward, url = [], f"{QUEUE}?tab=agency&sort={sort}"
    previous = ""
    while url:
        response = client.get(url)
        forward.append(numbers(response))
        previous = response.context["previous_url"] and QUEUE + response.context["previous_url"]
        url = response.context["next_url"] and QUEUE + response.context["next_url"]
    assert [number for page in forward for number in page] == expected

    backward = []
    while previous:
        response = client.get(previous)
        backward.insert(0, numbers(response))
        previous = response.context["previous_url"] and QUEUE + response.context["previous_url"]
    assert backward == forward[:-1]


def test_a_page_is_stable_while_new_cases_arrive(at_desk, sct):
    many(sct.agency, queue.PAGE_SIZE + 5)
    client = at_desk(sct)
    first = client.get(QUEUE, {"tab": "agency", "sort": "oldest"})
    before = numbers(client.get(QUEUE + first.context["next_url"]))
    many(sct.agency, 3)
    after = numbers(client.get(QUEUE + first.context["next_url"]))
    assert [n for n in after if n in before] == before


@pytest.mark.parametrize("cursor", ["x", "a:b:c", "WyIxIl0:abc:def", "%00", "9" * 5000])
def test_a_forged_cursor_shows_the_first_page(at_desk, sct, cursor):
    case = journeys.lodged(sct).case
    response = at_desk(sct).get(QUEUE, {"tab": "agency", "page": cursor})
    assert numbers(response) == [case.number]


def test_a_cursor_of_another_order_shows_the_first_page(at_desk, sct):
    many(sct.agency, queue.PAGE_SIZE + 5)
    client = at_desk(sct)
    first = client.get(QUEUE, {"tab": "agency", "sort": "oldest"})
    cursor = first.context["page"].next
    newest = numbers(client.get(QUEUE, {"tab": "agency", "sort": "newest"}))
    assert numbers(client.get(QUEUE, {"tab": "agency", "sort": "newest", "page": cursor})) == newest


def test_filters_narrow_and_nonsense_narrows_nothing(at_desk, sct):
    urgent = many(sct.agency, 1, state="accepted")[0]
    plain = many(sct.agency, 1)[0]
    crime = journeys.lodged(sct, kind="crime", commune=factories.commune().code).case
    client = at_desk(sct)
    everything = {urgent.number, plain.number, crime.number}
    assert shown(client, "agency", state="accepted") == {urgent.number}
    assert shown(client, "agency", track="crime") == {crime.number}
    assert shown(client, "agency", mark="urgent") == {urgent.number}
    assert shown(client, "agency", commune="29869") == {crime.number}
    assert shown(client, "agency", number=plain.number.lower()) == {plain.number}
    assert shown(client, "agency", number=plain.number[3:9]) == {urgent.number, plain.number}
    assert shown(client, "agency", state="nonsense", commune="' OR 1=1", sort="x", mark="x") == everything
    assert shown(client, "agency", handler="x", due="x", age="x", back="x") == everything
    assert shown(client, "agency", handler="none") == everything
    assert shown(client, "agency", handler=str(sct.person.pk)) == set()
    assert shown(client, "nonsense-tab") == set()


def test_no_match_offers_to_clear_the_filters(at_desk, sct):
    journeys.lodged(sct)
    page = at_desk(sct).get(QUEUE, {"tab": "agency", "track": "feedback"}).content.decode()
    assert "No case fits these filters" in page
    assert "Clear filters" in page


@pytest.mark.parametrize("tab", [tab.code for tab in queue.TABS])
def test_an_empty_tab_says_why(at_desk, sct, tab):
    response = at_desk(sct).get(QUEUE, {"tab": tab})
    assert response.context["empty"]["title"] in response.content.decode()
    assert response.context["empty"]["text"]


def test_counts_stop_at_the_limit(at_desk, sct, monkeypatch):
    monkeypatch.setattr(queue, "COUNT_LIMIT", 5)
    many(sct.agency, 9)
    tabs = {tab["url"]: tab["count"] for tab in at_desk(sct).get(QUEUE).context["tabs"]}
    assert tabs["/backoffice/?tab=agency"] == "4+"
    assert tabs["/backoffice/?tab=mine"] == 0
    assert tabs["/backoffice/?tab=settled"] is None


@pytest.mark.parametrize("tab", [tab.code for tab in queue.TABS])
def test_eight_queries_at_any_size(at_desk, sct, settings, tab):
    settings.MFA_REQUIRED_ROLES = frozenset({"supervisor"})
    Authenticator.objects.create(user=sct.person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    many(sct.agency, 10, handler=sct.person)
    client = at_desk(sct)
    client.get(QUEUE)
    counted = []
    for more in (0, 290):
        many(sct.agency, more, handler=sct.person)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(QUEUE, {"tab": tab}).status_code == 200
        counted.append(len(captured))
    assert counted[0] == counted[1]
    assert counted[1] <= 8, [q["sql"][:120] for q in captured]


# Receipts have an index of their own; those waiting are few beside the agency's work and may be sorted.
INDEXED = [
    pytest.param(tab, name, order, id=f"{tab.code}-{name}")
    for tab in queue.TABS
    for name, order in tab.orders.items()
    if tab.code in ("mine", "agency", "overdue", "settled") or (tab.code, name) == ("offered", "due")
]


@pytest.mark.parametrize(("tab", "name", "order"), INDEXED)
def test_each_list_is_read_in_the_order_of_an_index(sct, tab, name, order):
    many(sct.agency, 20, handler=sct.person)
    rows = tab.rows_in(name, sct).order_by(*(f"-{key}" if order.descending else key for key in order.fields))[:51]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
            )
    plan = rows.explain()
    assert re.search(r"case_(owner|handler|offered)", plan), plan
    assert "TEMP B-TREE" not in plan, plan
    assert "Sort" not in plan, plan


def test_people_of_assisted_intake_follow_what_they_lodged(at_desk, sct):
    factories.agency("mattran", assisted_intake_only=True)
    helper = factories.member("mattran", "intake")
    followed = journeys.lodged(sct, received_at_agency=helper.agency.pk).case
    journeys.lodged(sct)
    response = at_desk(helper).get(QUEUE)
    assert numbers(response) == [followed.number]
    page = at_desk(helper).get(reverse("backoffice:case", args=[followed.number]))
    assert page.status_code == 200
    assert page.context["moves"] == []


@pytest.mark.parametrize(
    ("roles", "opened"), [(("intake",), "agency"), (("supervisor",), "agency"), (("handler",), "mine")]
)
def test_who_hands_out_work_and_has_none_begins_with_the_agencys(at_desk, sct, roles, opened):
    case = journeys.accepted(sct).case
    client = at_desk(factories.member("sct", *roles))
    response = client.get(QUEUE)
    assert response.context["tab"].code == opened
    assert (case.number in numbers(response)) == (opened == "agency")
    assert client.get(QUEUE, {"tab": "mine"}).context["tab"].code == "mine"


def test_who_has_work_of_their_own_begins_with_it(at_desk, sct):
    mine = journeys.investigating(sct).case
    response = at_desk(sct).get(QUEUE)
    assert response.context["tab"].code == "mine"
    assert numbers(response) == [mine.number]
