"""Pages that wait for long work, or look at a board between agencies."""

import asyncio
from datetime import date

import pytest
from asgiref.sync import sync_to_async
from channels.testing import WebsocketCommunicator

from agencies.models import Membership, Role
from bulletins.models import Audience, PeriodKind
from bulletins.services.editing import begin_bulletin
from bulletins.spans import Span
from casemgr.live import following, limits
from events import clock, progress
from events.models import Event
from notifications import push
from notifications.handlers import wake_watchers
from search.models import SearchExport
from tests import factories
from tests.factories import cooperation, journeys
from tests.live import people
from tests.live.people import SOON
from tests.live.test_socket import closed_with, greeted
from workflows.models import ImportRun
from workflows.services.joint_action import report

pytestmark = pytest.mark.django_db(transaction=True)
signed_in, moved = sync_to_async(people.signed_in), sync_to_async(progress.moved)


@pytest.fixture(autouse=True)
async def _server_loop():
    push.remember_loop(asyncio.get_running_loop())
    yield
    push.remember_loop(None)


@sync_to_async
def export(member) -> str:
    made = SearchExport.objects.create(
        owner=member.person,
        agency=member.agency,
        text="x",
        filters={},
        format="csv",
        language="vi",
        asked_at=clock.now(),
    )
    return f"export:{made.pk}"


@sync_to_async
def importing(member) -> str:
    made = ImportRun.objects.create(
        owner=member.person, agency=member.agency, province=factories.province(), language="vi",
        asked_at=clock.now(), expires_at=clock.now(),
    )  # fmt: skip
    return f"import:{made.pk}"


@sync_to_async
def bulletin(editor) -> str:
    span = Span(PeriodKind.URGENT, date(2026, 11, 3), date(2026, 11, 3))
    made = begin_bulletin(province=factories.province(), span=span, audience=Audience.PUBLIC, by=editor)
    return f"bulletin:{made.pk}"


async def following_(session, *what: str, agency: str = "sct") -> WebsocketCommunicator:
    opened, _hello = await greeted(session)
    await opened.send_json_to({"follow": {"agency": agency, "what": list(what)}})
    await asyncio.sleep(0.2)
    return opened


async def say(what: str) -> None:
    kind, _colon, pk = what.partition(":")
    await moved(kind, int(pk))


@pytest.mark.parametrize("made", [export, importing])
async def test_who_waits_for_it_is_told_its_kind_and_id_alone(made):
    member, session = await signed_in()
    what = await made(member)
    opened = await following_(session, what)
    await say(what)
    assert await opened.receive_json_from(timeout=SOON) == {"kind": "moved", "what": what}
    await opened.disconnect()


async def test_a_bulletins_pdf_is_followed_by_who_writes_and_approves_and_nobody_else():
    editor, session = await signed_in("sct", Role.EDITOR)
    what = await bulletin(editor)
    opened = await following_(session, what)
    _handler, session = await signed_in()
    other = await following_(session, what)
    await say(what)
    assert await opened.receive_json_from(timeout=SOON) == {"kind": "moved", "what": what}
    assert await other.receive_nothing(timeout=0.3)
    await opened.disconnect()
    await other.disconnect()


async def test_another_persons_is_passed_over_in_silence():
    member, _session = await signed_in()
    what = await export(member)
    _other, session = await signed_in()
    opened = await following_(session, what, "export:999999")
    await say(what)
    await say("export:999999")
    assert await opened.receive_nothing(timeout=0.3)
    await opened.disconnect()


async def test_for_an_agency_one_does_not_belong_to_nothing_is_followed():
    member, session = await signed_in()
    what = await export(member)
    opened = await following_(session, what, agency="congan")
    await say(what)
    assert await opened.receive_nothing(timeout=0.3)
    await opened.disconnect()


async def test_it_is_asked_again_at_each_message():
    member, session = await signed_in()
    what = await export(member)
    opened = await following_(session, what)
    await sync_to_async(Membership.objects.filter(person=member.person, role=Role.INTAKE).delete)()
    await sync_to_async(SearchExport.objects.update)(owner=await sync_to_async(factories.person)())
    await say(what)
    assert await opened.receive_nothing(timeout=0.3)
    await opened.disconnect()


async def test_what_is_followed_next_takes_the_place_of_what_was():
    member, session = await signed_in()
    first, second = await export(member), await export(member)
    opened = await following_(session, first)
    await opened.send_json_to({"follow": {"agency": "sct", "what": [second]}})
    await asyncio.sleep(0.2)
    await say(first)
    await say(second)
    assert await opened.receive_json_from(timeout=SOON) == {"kind": "moved", "what": second}
    await opened.disconnect()


async def test_a_board_moves_for_an_agency_that_may_not_see_the_case():
    member, _session = await signed_in()
    helper, session = await signed_in("qltt")
    action = await _action(member, helper)
    opened = await following_(session, f"board:{action.pk}", agency="qltt")
    await _post(action, member)
    assert await opened.receive_json_from(timeout=SOON) == {"kind": "moved", "what": f"board:{action.pk}"}
    _stranger, session = await signed_in("hoi")
    other = await following_(session, f"board:{action.pk}", agency="hoi")
    await _post(action, member)
    assert await other.receive_nothing(timeout=0.3)
    await opened.disconnect()
    await other.disconnect()


@sync_to_async
def _action(member, helper):
    return cooperation.action(journeys.investigating(member).case, member, helper.agency)


@sync_to_async
def _post(action, member):
    report(action_id=action.pk, by=member, text="Đã đến nơi.")
    wake_watchers(list(Event.objects.order_by("-pk")[:1]))


@pytest.mark.parametrize(
    "value",
    [
        None, "import:1", [], {}, {"agency": "sct"}, {"what": []}, {"agency": "sct", "what": "import:1"},
        {"agency": 1, "what": []}, {"agency": "sct", "what": [1]}, {"agency": "sct", "what": ["case:1"]},
        {"agency": "sct", "what": ["import:0"]}, {"agency": "sct", "what": ["import:-1"]},
        {"agency": "sct", "what": ["import:١"]}, {"agency": "sct", "what": ["import:" + "9" * 19]},
        {"agency": "x" * 41, "what": []}, {"agency": "sct", "what": [f"import:{n}" for n in range(1, 40)]},
        {"agency": "sct", "what": [], "more": 1},
    ],
)  # fmt: skip
async def test_frames_of_no_page_of_ours_are_refused(value):
    _member, session = await signed_in()
    opened, _hello = await greeted(session)
    await opened.send_json_to({"follow": value})
    assert await closed_with(opened) == limits.POLICY


async def test_nothing_there_is_nothing_to_follow_of_any_kind():
    member, _session = await signed_in()
    found = await sync_to_async(following.readable)(
        member.person.pk, "sct", [f"{kind}:1" for kind in following.FOLLOWED]
    )
    assert found == []


async def test_a_broker_that_is_away_stops_nobody(monkeypatch):
    """What moved is in its row: the page asks by itself."""

    def away(_items):
        raise ConnectionError

    monkeypatch.setattr("notifications.works.publish", away)
    await moved("export", 1)
