"""Many cases at once: chosen in the queue, previewed, done one by one; one that fails stops no other."""

import html
import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agencies.models import Membership, Role
from casemgr.backoffice import bulk_views
from events import clock
from events.models import Event
from events.relay import Relay
from tests import factories
from tests.backoffice.test_queue import many, numbers
from tests.factories import journeys
from workflows.errors import InvalidInput, KeyReused
from workflows.models import BulkItem, BulkMove, Case, Remark
from workflows.services import acceptance
from workflows.services.bulk import AT_MOST, ask_bulk, carry_on
from workflows.states import State

pytestmark = [pytest.mark.django_db, pytest.mark.both_profiles]
Result = BulkItem.Result


def address(move, cases) -> str:
    return reverse("backoffice:bulk", args=[move], query={"case": [case.number for case in cases]})


def previewed(client, move, cases, **typed):
    return client.post(address(move, cases), typed | {"step": "preview"})


def confirmation(page) -> dict[str, list[str]]:
    """What the preview's form would send."""
    found: dict[str, list[str]] = {"step": ["do"]}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()):
        found.setdefault(name, []).append(html.unescape(value))
    return found


def confirmed(client, move, cases, **typed):
    page = previewed(client, move, cases, **typed)
    return client.post(address(move, cases), confirmation(page))


def results() -> dict[str, str]:
    return dict(BulkItem.objects.values_list("case__number", "result"))


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_the_queue_offers_what_the_tab_and_the_role_allow(at_desk, sct):
    journeys.accepted(sct)
    journeys.resolved(sct)
    page = at_desk(sct).get("/backoffice/", {"tab": "agency"})
    assert [move.name for move in page.context["bulk_moves"]] == ["assign", "refer"]
    assert re.search(r'type="checkbox"\s+form="bulk"\s+name="case"', page.content.decode())
    assert f"At most {AT_MOST} at a time" in page.content.decode()
    ticked = at_desk(sct).get("/backoffice/" + html.unescape(page.context["choose_url"]).split("#")[0])
    assert re.search(r"data-row-choice\s+checked", ticked.content.decode())
    assert [m.name for m in at_desk(sct).get("/backoffice/", {"tab": "settled"}).context["bulk_moves"]] == ["close"]
    handler = at_desk(factories.member("sct", Role.HANDLER))
    assert handler.get("/backoffice/", {"tab": "settled"}).context["bulk_moves"] == []
    assert at_desk(sct).get("/backoffice/", {"tab": "offered"}).context["bulk_moves"] == []


def test_the_preview_says_per_case_what_happens_and_which_cannot_and_why(at_desk, sct, police):
    fit = journeys.accepted(sct).case
    new, away = journeys.lodged(sct).case, journeys.offered(sct, police.agency).case
    foreign = journeys.taken(sct, police).case
    page = previewed(at_desk(sct), "assign", [fit, new, away, foreign], handler=sct.person.pk)
    text = page.content.decode()
    assert [row["case"].number for row in page.context["possible"]] == [fit.number]
    assert f"From nobody yet to {sct.person}." in text
    why = {one.case.number: one.why_not for one in page.context["impossible"]}
    assert "not possible while the case is “Newly lodged”" in why[new.number]
    assert "not possible while the case is “Being transferred”" in why[away.number]
    assert page.context["unknown"] == [foreign.number]
    assert not BulkMove.objects.exists()
    assert fresh(fit).handler_id is None


def test_urgent_and_vulnerable_come_first(at_desk, sct):
    cases = many(sct.agency, 30, state="accepted")
    page = previewed(at_desk(sct), "assign", cases, handler=sct.person.pk)
    ranks = [row["case"].queue_rank for row in page.context["possible"]]
    assert ranks == sorted(ranks)
    assert len(set(ranks)) > 2


def test_assigning_many(at_desk, sct):
    cases = [journeys.accepted(sct).case for _ in range(3)]
    answer = confirmed(at_desk(sct), "assign", cases, handler=sct.person.pk)
    page = at_desk(sct).get(answer["Location"])
    assert set(results().values()) == {Result.DONE}
    assert all(fresh(case).handler_id == sct.person.pk for case in cases)
    assert "All 3 cases were done." in page.content.decode()
    assert "hx-get" not in page.content.decode().split('id="bulk-results"')[1][:200]


def test_referring_many_shares_one_reason_and_keeps_it_only_with_the_cases(at_desk, sct, police):
    cases = [journeys.accepted(sct).case for _ in range(2)]
    confirmed(at_desk(sct), "refer", cases, to=police.agency.pk, reason="Cùng một nhóm lừa đảo.")
    assert all(fresh(case).offered_to_id == police.agency.pk for case in cases)
    assert Remark.objects.filter(text="Cùng một nhóm lừa đảo.").count() == 2
    bulk = BulkMove.objects.get()
    assert bulk.reason == ""
    assert bulk.ended_at is not None
    assert "Cùng một nhóm" not in str(list(Event.objects.values_list("data", flat=True)))


def test_closing_many(at_desk, sct):
    done, no = journeys.resolved(sct).case, journeys.refused(sct).case
    confirmed(at_desk(sct), "close", [done, no])
    assert {fresh(done).state, fresh(no).state} == {State.CLOSED}


def test_one_that_changed_meanwhile_stops_no_other(at_desk, sct):
    cases = [journeys.accepted(sct).case for _ in range(3)]
    client = at_desk(sct)
    sent = confirmation(previewed(client, "assign", cases, handler=sct.person.pk))
    other = factories.member("sct")
    acceptance.assign_case(case_id=cases[1].pk, by=sct, version=cases[1].version, handler=other.person)
    page = client.get(client.post(address("assign", cases), sent)["Location"])
    assert results() == {
        cases[0].number: Result.DONE, cases[1].number: Result.CHANGED, cases[2].number: Result.DONE
    }  # fmt: skip
    assert "2 of 3 cases were done" in page.content.decode()
    assert fresh(cases[1]).handler_id == other.person.pk


def test_a_surprise_in_one_case_is_told_without_its_words_and_stops_no_other(sct, monkeypatch, caplog):
    cases = [journeys.accepted(sct).case for _ in range(2)]
    handler = factories.member("sct", Role.HANDLER)
    bulk = ask_bulk(
        by=sct, token=uuid.uuid4(), move="assign", cases=[(c.pk, c.version) for c in cases], handler=handler.person.pk
    )
    # A handler who is gone from the table altogether: nothing a rule foresees.
    BulkMove.objects.filter(pk=bulk.pk).update(arguments={"handler": 0})
    assert carry_on(bulk.pk)
    assert set(results().values()) == {Result.FAILED}
    assert "matching query" not in caplog.text


def test_a_second_click_and_a_reload_find_the_first(at_desk, sct):
    cases = [journeys.accepted(sct).case for _ in range(2)]
    client = at_desk(sct)
    sent = confirmation(previewed(client, "assign", cases, handler=sct.person.pk))
    first, second = (client.post(address("assign", cases), sent)["Location"] for _ in range(2))
    assert first == second
    assert Event.objects.filter(kind="case.assigned").count() == 2
    assert BulkMove.objects.count() == 1


def test_anothers_token_and_anothers_results_are_refused(at_desk, sct):
    case = journeys.accepted(sct).case
    given = {"move": "assign", "cases": [(case.pk, case.version)], "handler": sct.person.pk}
    bulk = ask_bulk(by=sct, token=uuid.uuid4(), **given)
    other = factories.member("sct")
    with pytest.raises(KeyReused):
        ask_bulk(by=other, token=bulk.token, **given)
    assert at_desk(other).get(reverse("backoffice:bulk-result", args=[bulk.token])).status_code == 404
    assert at_desk(sct).get(reverse("backoffice:bulk-result", args=["x"])).status_code == 404


def test_what_was_typed_survives_a_mistake_and_the_way_back(at_desk, sct, police):
    case = journeys.accepted(sct).case
    client = at_desk(sct)
    wrong = previewed(client, "refer", [case], to="", reason="Lý do đã gõ")
    assert wrong.status_code == 400
    assert "Lý do đã gõ" in wrong.content.decode()
    back = client.post(address("refer", [case]), {"step": "change", "to": police.agency.pk, "reason": "Lý do đã gõ"})
    assert "Lý do đã gõ" in back.content.decode()
    assert b"data-draft" in back.content


@pytest.mark.parametrize("count", [0, AT_MOST + 1])
def test_none_or_too_many_is_said_and_nothing_is_done(at_desk, sct, count):
    url = reverse("backoffice:bulk", args=["assign"], query={"case": [f"82-X-{n}" for n in range(count)]})
    answer = at_desk(sct).get(url)
    assert answer.status_code == 400
    with pytest.raises(InvalidInput):
        ask_bulk(by=sct, token=uuid.uuid4(), move="assign", cases=[(n, 1) for n in range(count)])


@pytest.mark.parametrize("move", ["resolve", "withdraw", "x"])
def test_other_moves_are_not_made_in_bulk(at_desk, sct, move):
    assert at_desk(sct).get(reverse("backoffice:bulk", args=[move], query={"case": ["82-A"]})).status_code == 404


@pytest.mark.parametrize("garbage", [{"chosen": "x"}, {"chosen": "82-A:99999999999"}, {"token": "x"}, {"handler": "0"}])
def test_garbage_is_no_server_error(at_desk, sct, garbage):
    case = journeys.accepted(sct).case
    sent = {"step": "do", "handler": sct.person.pk, "token": str(uuid.uuid4()), "chosen": f"{case.number}:1"}
    assert at_desk(sct).post(address("assign", [case]), sent | garbage).status_code in (200, 400)
    assert fresh(case).handler_id is None


@pytest.mark.django_db(transaction=True)
def test_what_the_request_leaves_the_relay_does(at_desk, sct, monkeypatch):
    monkeypatch.setattr(bulk_views, "SECONDS", 0.0)
    cases = [journeys.accepted(sct).case for _ in range(3)]
    client = at_desk(sct)
    answer = confirmed(client, "assign", cases, handler=sct.person.pk)
    page = client.get(answer["Location"])
    assert page.context["waiting"] == 2
    assert "1 of 3 cases" in page.content.decode()
    assert f'data-follow="bulk:{page.context["bulk"].pk}"' in page.content.decode()
    Relay(lanes=["slow"]).run_until_idle()
    assert set(results().values()) == {Result.DONE}
    assert client.get(answer["Location"]).context["waiting"] == 0


def test_who_was_revoked_meanwhile_moves_nothing_any_more(sct):
    case = journeys.accepted(sct).case
    bulk = ask_bulk(by=sct, token=uuid.uuid4(), move="assign", cases=[(case.pk, case.version)], handler=sct.person.pk)
    Membership.objects.filter(person=sct.person).update(revoked_at=clock.now() - timedelta(seconds=1))
    assert carry_on(bulk.pk)
    assert set(results().values()) == {Result.NOT_ALLOWED}
    assert fresh(case).handler_id is None


def test_a_preview_costs_the_same_for_many(at_desk, sct):
    client = at_desk(sct)
    counted = []
    for count in (2, 60):
        cases = many(sct.agency, count, state="accepted")
        with CaptureQueriesContext(connection) as captured:
            page = previewed(client, "assign", cases, handler=sct.person.pk)
        assert len(page.context["possible"]) == count
        counted.append(len(captured))
    assert counted[0] == counted[1]
    assert counted[1] <= 10


def test_the_list_still_shows_its_rows(at_desk, sct):
    case = journeys.accepted(sct).case
    assert numbers(at_desk(sct).get("/backoffice/", {"tab": "agency"})) == [case.number]
