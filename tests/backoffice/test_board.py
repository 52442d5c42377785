"""The supervisor's board: numbers that add up, lead to exactly their cases, and cost the same at any size."""

import html
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.models import Role
from events import clock
from tests import factories
from tests.backoffice.test_queue import many, numbers
from tests.factories import journeys
from workflows.models import Case
from workflows.selectors import board, narrowing, queue
from workflows.services import referral

pytestmark = [pytest.mark.django_db, pytest.mark.both_profiles]
BOARD = "/backoffice/board/"


def links(page) -> dict[str, int]:
    """Address → number, of every number that is a link."""
    text = page.content.decode()
    found = re.findall(r'<a class="board-number[^"]*" href="([^"]+)">([\d.,\s]+)</a>', text)
    return {html.unescape(url): int(re.sub(r"\D", "", number)) for url, number in found}


def spread(owner, people) -> list[Case]:
    """Open cases of every kind: marks, due times, ages and handlers in turn, some nobody's."""
    cases = many(owner, 48)
    now = clock.now()
    for n, case in enumerate(cases):
        lodged = now - timedelta(days=(n * 7) % 90)
        Case.objects.filter(pk=case.pk).update(
            handler=[None, *people][n % (len(people) + 1)], lodged_at=lodged, due_at=now + timedelta(days=n % 20 - 6)
        )
    return cases


def test_every_number_opens_the_list_of_exactly_these_cases(at_desk, sct, police):
    spread(sct.agency, [sct.person, factories.member("sct").person])
    journeys.offered(sct, police.agency)
    back = journeys.offered(sct, police.agency).case
    referral.return_referral(case_id=back.pk, by=police, version=back.version, reason="Không thuộc thẩm quyền.")
    client = at_desk(sct)
    found = links(client.get(BOARD))
    assert len(found) > 20
    for url, number in found.items():
        assert len(numbers(client.get(url))) == min(number, 50), url


def test_the_columns_add_up_and_nobodys_cases_come_first(at_desk, sct):
    spread(sct.agency, [sct.person, factories.member("sct").person])
    page = at_desk(sct).get(BOARD)
    rows = page.context["handlers"]
    assert rows[0]["name"] == "nobody yet"
    for n, cell in enumerate(page.context["total"]):
        assert cell["value"] == sum(row["cells"][n]["value"] for row in rows)
    assert page.context["total"][0]["value"] == 48
    assert sum(age["value"] for age in page.context["ages"]) == 48
    late = Case.objects.filter(narrowing.missed(clock.now())).count()
    assert page.context["total"][3]["value"] == late == sum(one["value"] for one in page.context["missed"])


def test_hand_offs_are_seen_from_both_ends(at_desk, sct, police):
    journeys.offered(sct, police.agency)
    back = journeys.offered(sct, police.agency).case
    referral.return_referral(case_id=back.pk, by=police, version=back.version, reason="Không thuộc thẩm quyền.")
    with clock.frozen(clock.now() + timedelta(days=20)):
        ours = [line["value"] for line in at_desk(sct).get(BOARD).context["hand_offs"]]
        theirs = [line["value"] for line in at_desk(police).get(BOARD).context["hand_offs"]]
    assert ours == [0, 0, 1, 1, 1]
    assert theirs == [1, 1, 0, 0, 0]
    with clock.frozen(clock.now() + timedelta(days=40)):
        assert at_desk(sct).get(BOARD).context["hand_offs"][-1]["value"] == 0


def test_only_supervisors_open_it_and_only_the_lead_sees_the_province(at_desk, sct, police):
    journeys.taken(sct, police)
    journeys.investigating(sct)
    assert at_desk(factories.member("sct", Role.HANDLER, Role.INTAKE)).get(BOARD).status_code == 403
    whole = at_desk(sct).get(BOARD, {"view": "province"})
    assert {row["agency"].code: row["cells"][0]["value"] for row in whole.context["rows"]} == {"sct": 1, "congan": 1}
    assert not numbers(whole)
    assert not links(whole)
    own = at_desk(police).get(BOARD, {"view": "province"})
    assert "rows" not in own.context
    assert "The whole province" not in own.content.decode()


def test_a_foreign_agencys_cases_count_for_nobody_here(at_desk, sct, association):
    journeys.investigating(sct)
    page = at_desk(association).get(BOARD)
    assert page.context["total"][0]["value"] == 0
    assert "Your agency has no open case" in page.content.decode()


@pytest.mark.parametrize("view", ["", "province"])
def test_twelve_queries_at_any_size(at_desk, sct, view):
    client = at_desk(sct)
    client.get(BOARD)
    counted = []
    for more in (5, 150):
        many(sct.agency, more, handler=sct.person)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(BOARD, {"view": view}).status_code == 200
        counted.append(len(captured))
    assert counted[0] == counted[1]
    assert counted[1] <= 12, [q["sql"][:120] for q in captured]


def test_the_load_is_read_from_its_index(sct):
    many(sct.agency, 20)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for way in ("seqscan", "bitmapscan", "sort", "hashagg"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
    plan = board._sums(queue.agencys(sct), clock.now(), "handler", "state").explain()
    assert "case_owner_load" in plan, plan


def test_every_list_of_open_cases_begins_with_urgent_and_vulnerable(at_desk, sct):
    many(sct.agency, 45, handler=sct.person)
    for tab in queue.TABS:
        assert "settled" in tab.code or tab.code == "receipts" or next(iter(tab.orders)) == "due", tab.code
    for tab in ("mine", "agency", "overdue"):
        rows = at_desk(sct).get("/backoffice/", {"tab": tab}).context["rows"]
        ranks = [row["case"].queue_rank for row in rows]
        assert ranks == sorted(ranks), tab
        assert len(set(ranks)) > 1, tab
