"""Pages that look on: woken for what they may see, and only as long as they may; who else is there."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from agencies.models import Membership
from casemgr.live import limits, presence
from events import clock
from events.models import Event
from notifications import push
from notifications.handlers import wake_watchers
from tests import factories
from tests.factories import journeys
from tests.live import people
from tests.live.people import SOON
from tests.live.test_socket import closed_with, greeted
from workflows.models import Case
from workflows.services.correspondence import add_note

pytestmark = pytest.mark.django_db(transaction=True)
signed_in = sync_to_async(people.signed_in)


@pytest.fixture(autouse=True)
async def _server_loop():
    push.remember_loop(asyncio.get_running_loop())
    yield
    push.remember_loop(None)


@sync_to_async
def accepted(member) -> Case:
    return journeys.accepted(member).case


@sync_to_async
def note(case, member) -> None:
    """A colleague's note, and what the relay does about it."""
    add_note(case_id=case.pk, by=member, text="Đã gọi điện.")
    wake_watchers(list(Event.objects.order_by("-pk")[:1]))


async def watching(session, case: Case | None, agency: str = "sct") -> WebsocketCommunicator:
    opened, _hello = await greeted(session)
    await opened.send_json_to({"watch": {"agency": agency} | ({"case": case.number} if case else {})})
    return opened


async def at(session, case: Case, agency: str = "sct", *, typing: bool = False) -> WebsocketCommunicator:
    opened = await watching(session, case, agency)
    await opened.send_json_to({"here": typing})
    return opened


async def test_who_looks_at_a_case_is_woken_with_kind_and_number_alone():
    member, session = await signed_in()
    case = await accepted(member)
    opened = await watching(session, case)
    await asyncio.sleep(0.2)
    await note(case, member)
    assert await opened.receive_json_from(timeout=SOON) == {"kind": "case-changed", "case": case.number}
    await opened.disconnect()


async def test_a_list_hears_of_its_agencys_cases_and_of_no_others():
    member, session = await signed_in()
    _police, elsewhere = await signed_in("congan")
    case = await accepted(member)
    mine, other = await watching(session, None), await watching(elsewhere, None, "congan")
    await asyncio.sleep(0.2)
    await note(case, member)
    assert await mine.receive_json_from(timeout=SOON) == {"kind": "case-changed", "case": case.number}
    assert await other.receive_nothing(timeout=0.5)
    await mine.disconnect()
    await other.disconnect()


async def test_what_an_agency_keeps_to_itself_wakes_nobody_elsewhere():
    member, session = await signed_in()
    police, elsewhere = await signed_in("congan")
    case = await sync_to_async(lambda: journeys.offered(member, police.agency).case)()
    theirs, their_list = await watching(elsewhere, case, "congan"), await watching(elsewhere, None, "congan")
    mine = await watching(session, case)
    await asyncio.sleep(0.2)
    await note(case, member)
    assert await mine.receive_json_from(timeout=SOON) == {"kind": "case-changed", "case": case.number}
    assert await theirs.receive_nothing(timeout=0.5)
    assert await their_list.receive_nothing(timeout=0.1)
    for opened in (mine, theirs, their_list):
        await opened.disconnect()


@pytest.mark.parametrize("agency", ["congan", "sct", "nowhere", ""])
async def test_a_foreign_case_answers_as_one_that_does_not_exist(agency):
    member, _session = await signed_in()
    case = await accepted(member)
    _police, elsewhere = await signed_in("congan")
    opened = await watching(elsewhere, case, agency)
    assert await opened.receive_json_from(timeout=SOON) == {"kind": "case-gone", "case": case.number}
    await note(case, member)
    assert await opened.receive_nothing(timeout=0.5)
    await opened.disconnect()


async def test_a_case_that_went_elsewhere_is_told_of_once_more_as_gone(monkeypatch):
    monkeypatch.setattr(limits, "RECHECK_SECONDS", 60)
    member, session = await signed_in()
    case = await accepted(member)
    opened = await watching(session, case)
    await asyncio.sleep(0.2)
    police = await sync_to_async(factories.agency)("congan")
    await Case.objects.filter(pk=case.pk).aupdate(owner=police, handler=None)
    await note_by_system(case)
    assert await opened.receive_json_from(timeout=SOON) == {"kind": "case-gone", "case": case.number}
    await note_by_system(case)
    assert await opened.receive_nothing(timeout=0.5)
    await opened.disconnect()


@sync_to_async
def note_by_system(case) -> None:
    wake_watchers(list(Event.objects.filter(stream=case.stream).order_by("-pk")[:1]))


async def test_a_case_lost_in_silence_is_noticed_by_the_sweep(monkeypatch):
    monkeypatch.setattr(limits, "RECHECK_SECONDS", 0.2)
    member, session = await signed_in()
    case = await accepted(member)
    opened = await watching(session, case)
    await asyncio.sleep(0.3)
    police = await sync_to_async(factories.agency)("congan")
    await Case.objects.filter(pk=case.pk).aupdate(owner=police, handler=None)
    assert await opened.receive_json_from(timeout=SOON) == {"kind": "case-gone", "case": case.number}
    await opened.disconnect()


@pytest.mark.parametrize(
    "frame",
    [
        {"watch": "82-AAAAA-BBBBB"}, {"watch": {}}, {"watch": {"case": "x"}}, {"watch": {"agency": 1}},
        {"watch": {"agency": "sct", "case": "8" * 21}}, {"watch": {"agency": "sct", "topic": "person.1"}},
        {"watch": None}, {"here": "yes"}, {"here": {"person": 1}},
    ],
)  # fmt: skip
async def test_a_garbled_frame_closes(frame):
    _member, session = await signed_in()
    opened, _hello = await greeted(session)
    await opened.send_json_to(frame)
    assert await closed_with(opened) == limits.POLICY


async def test_colleagues_see_each_other_by_name_and_who_is_writing():
    member, session = await signed_in()
    colleague, second = await signed_in()
    case = await accepted(member)
    mine = await at(session, case)
    theirs = await at(second, case, typing=True)
    shown = {"kind": "presence", "case": case.number, "here": [{"name": colleague.person.name, "typing": True}]}
    assert await mine.receive_json_from(timeout=SOON) == shown
    # Whoever comes later is told who is there already.
    assert await theirs.receive_json_from(timeout=SOON) == {
        **shown, "here": [{"name": member.person.name, "typing": False}],
    }  # fmt: skip
    await theirs.send_json_to({"here": False})
    assert (await mine.receive_json_from(timeout=SOON))["here"] == [{"name": colleague.person.name, "typing": False}]
    await theirs.disconnect()
    assert (await mine.receive_json_from(timeout=SOON))["here"] == []
    await mine.disconnect()


async def test_another_agency_is_named_as_an_agency():
    member, session = await signed_in()
    police, elsewhere = await signed_in("congan")
    case = await sync_to_async(lambda: journeys.offered(member, police.agency).case)()
    mine, theirs = await at(session, case), await at(elsewhere, case, "congan")
    assert (await mine.receive_json_from(timeout=SOON))["here"] == [{"agency": police.agency.name, "typing": False}]
    told = await theirs.receive_json_from(timeout=SOON)
    assert told["here"] == [{"agency": member.agency.name, "typing": False}]
    assert member.person.name not in str(told)
    await mine.disconnect()
    await theirs.disconnect()


async def test_a_second_tab_of_ones_own_is_nobody_else():
    member, session = await signed_in()
    case = await accepted(member)
    first, second = await at(session, case), await at(session, case)
    assert await first.receive_nothing(timeout=0.7)
    await first.disconnect()
    await second.disconnect()


async def test_who_falls_silent_is_gone_within_half_a_minute(monkeypatch):
    assert presence.EXPIRES_SECONDS + limits.RECHECK_SECONDS < 30
    monkeypatch.setattr(limits, "RECHECK_SECONDS", 0.2)
    monkeypatch.setattr(presence, "EXPIRES_SECONDS", 0.6)
    member, session = await signed_in()
    _colleague, second = await signed_in()
    case = await accepted(member)
    mine, theirs = await at(session, case), await at(second, case)
    assert len((await mine.receive_json_from(timeout=SOON))["here"]) == 1
    assert (await mine.receive_json_from(timeout=SOON))["here"] == []
    await mine.disconnect()
    await theirs.disconnect()


async def test_who_may_not_see_the_case_any_more_is_told_of_nobody(monkeypatch):
    monkeypatch.setattr(limits, "RECHECK_SECONDS", 60)
    member, session = await signed_in()
    _colleague, second = await signed_in()
    case = await accepted(member)
    mine = await at(session, case)
    await asyncio.sleep(0.3)
    await Membership.objects.filter(person=member.person).aupdate(revoked_at=clock.now())
    theirs = await at(second, case)
    assert await closed_with(mine) == limits.SIGNED_OUT
    await theirs.disconnect()


async def test_presence_leaves_no_trace():
    member, session = await signed_in()
    case = await accepted(member)
    before = await Event.objects.acount()
    opened = await at(session, case, typing=True)
    await asyncio.sleep(0.3)
    await opened.disconnect()
    assert await Event.objects.acount() == before
