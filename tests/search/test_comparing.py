"""What `check_index` calls a difference, and what it does about it."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from agencies.actors import System
from agencies.models import Agency
from events import clock
from events.models import Delivery
from events.services.recording import record_event
from search import services
from search.backends.base import Document, Part
from search.models import IndexExchange
from search.services import compare
from tests import factories
from tests.factories import journeys
from workflows.models import Case
from workflows.services import referral
from workflows.services.correspondence import add_note

pytestmark = pytest.mark.django_db


def note(case: Case, sct) -> None:
    add_note(case_id=case.pk, by=sct, text="Thêm")


def stray(case_id: int) -> Document:
    return Document(
        id=f"{case_id}:sct:identity", case=case_id, audience="sct:identity", version=1, parts=[Part("narrative", "kem")],
        keys=[], filters={}, lodged_at=1_700_000_000, amount=None,
    )  # fmt: skip


def lost(cases: set[int]) -> None:
    """The relay made the deliveries of these cases, and what it wrote is not there."""
    streams = [f"case:{case_id}" for case_id in cases]
    made = {"state": Delivery.State.DONE, "done_at": clock.now() - timedelta(minutes=1)}
    Delivery.objects.filter(event__stream__in=streams).update(**made)


@pytest.fixture
def case(sct, deliver) -> Case:
    found = journeys.investigating(sct).case
    deliver()
    return found


def test_what_the_relay_is_about_to_write_is_no_difference(case, sct, deliver, capsys):
    new = factories.case()
    note(case, sct)
    drift = compare()
    assert (drift.is_none, drift.waiting) == (True, {case.pk, new.pk})
    call_command("check_index")
    assert "2 cases wait to be written" in capsys.readouterr().out
    deliver()
    assert (compare().is_none, compare().waiting) == (True, set())


def test_what_was_lost_is_one_though_another_case_waits(case, sct, capsys):
    note(case, sct)
    lost({case.pk})
    factories.case()
    assert compare().stale == {f"{case.pk}:sct:identity"}
    with pytest.raises(SystemExit):
        call_command("check_index")
    assert "run check_index --repair" in capsys.readouterr().err
    call_command("check_index", "--repair")
    assert "0 stale" in capsys.readouterr().out


def test_what_is_parked_is_one(case, sct):
    note(case, sct)
    Delivery.objects.filter(handler="search.index", state="due").update(state="parked")
    assert compare().stale == {f"{case.pk}:sct:identity"}


def test_what_is_lodged_and_changes_while_it_is_looked_at_is_none(case, sct, deliver, monkeypatch):
    """After the database was read and before the index is."""
    expected = services._expected

    def meanwhile(case_ids):
        found = expected(case_ids)
        if Case.objects.count() < 3:
            factories.case()
            note(case, sct)
            deliver()
        return found

    monkeypatch.setattr(services, "_expected", meanwhile)
    drift = compare()
    assert (drift.is_none, drift.surplus, Case.objects.count()) == (True, set(), 3)


def test_a_case_that_changes_hands_at_the_first_look_and_at_the_second_waits(sct, deliver, monkeypatch):
    qltt = factories.member("qltt")
    offered = journeys.offered(sct, qltt.agency)
    deliver()
    moves = [
        lambda case: referral.take_referral(case_id=case.pk, by=qltt, version=case.version),
        lambda case: referral.refer_case(
            case_id=case.pk, by=qltt, version=case.version, to=factories.agency("hoi"), reason="Việc của họ."
        ),
    ]
    expected = services._expected

    def meanwhile(case_ids):
        found = expected(case_ids)
        moves.pop(0)(Case.objects.get())
        deliver()
        return found

    monkeypatch.setattr(services, "_expected", meanwhile)
    drift = compare()
    assert (moves, drift.is_none, drift.waiting) == ([], True, {offered.case.pk})


def test_the_cases_of_an_agency_that_becomes_of_another_sort_wait(case, sct, deliver):
    Agency.objects.filter(pk=sct.agency.pk).update(kind=factories.agency("congan").kind)
    with transaction.atomic():
        record_event("agencies:sct", "agencies.changed", by=System("admin"), model="agency", pk=sct.agency.pk)
    assert (compare().is_none, compare().waiting) == (True, {case.pk})
    deliver()
    assert (compare().is_none, compare().waiting) == (True, set())


def test_what_a_rebuild_owes_waits(case, index):
    Delivery.objects.update(done_at=clock.now())
    IndexExchange.objects.create(since=clock.now() - timedelta(minutes=5))
    index.delete_case(case.pk)
    assert compare().waiting == {case.pk}
    services.finish_exchanges()
    assert (compare().is_none, compare().waiting) == (True, set())


def test_documents_of_no_case_are_found_and_taken_out(case, index, capsys):
    strays = {case.pk + 1000, case.pk + 2000}
    index.write([stray(case_id) for case_id in strays])
    factories.case()
    drift = compare()
    assert drift.surplus == strays
    with pytest.raises(SystemExit):
        call_command("check_index")
    said = capsys.readouterr()
    assert "documents of 2 cases that are not in the database" in said.out
    assert "run check_index --repair" in said.err
    call_command("check_index", "--repair")
    assert index.versions(sorted(strays)) == {}
    assert "documents of 0 cases that are not in the database" in capsys.readouterr().out


def test_what_cannot_be_repaired_is_to_be_rebuilt(case, index, monkeypatch, capsys):
    index.delete_case(case.pk)
    monkeypatch.setattr("search.management.commands.check_index.repair", lambda drift: None)
    with pytest.raises(SystemExit):
        call_command("check_index", "--repair")
    assert "run rebuild_index" in capsys.readouterr().err


def test_escalated_cases_take_no_query_more_each(index, sct, deliver):
    qltt, police = factories.member("qltt"), factories.agency("congan")
    deliver()
    taken = []
    for number in range(1, 3):
        case = journeys.taken(sct, qltt).then(referral.refer_case, to=police, reason="Việc của họ.").case
        Case.objects.filter(pk=case.pk).update(escalated_to=sct.agency)
        services.index_again({case.pk})
        with CaptureQueriesContext(connection) as queries:
            drift = compare()
        taken.append(len(queries))
        assert (drift.is_none, drift.waiting, drift.documents) == (True, set(), 3 * number)
    assert taken[0] == taken[1]
