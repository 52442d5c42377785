"""The time limits on the case page, and more time asked for by a supervisor."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from agencies.models import Role
from events import clock
from events.models import Event
from events.registry import KINDS
from notifications.models import Notification
from notifications.services.inbox import tell
from tests import factories
from tests.factories import journeys
from workflows.deadlines import HANOI
from workflows.errors import InvalidInput, MoveNotAllowed, StaleCase
from workflows.models import Case, Clock, ClockRule, EscalationStep, ExtensionRule, Remark
from workflows.selectors.clocks import LateFigures, late_figures
from workflows.selectors.timeline import case_timeline, public_timeline, sentence_of
from workflows.services.extending import extend_clock
from workflows.services.running import run_clocks
from workflows.states import State

MONDAY = datetime(2026, 6, 1, 8, 0, tzinfo=HANOI)


@pytest.fixture
def crime(sct):
    """Under verification since Monday, 20 days by law; two steps may follow (BLTTHS Đ147)."""
    factories.rules()
    common = {"track": "crime", "legal_basis": "BLTTHS Điều 147", "effective_from": date(2020, 1, 1)}
    ClockRule.objects.create(state="investigating", amount=20, unit="d", rolls_to_working_day=False, **common)
    ExtensionRule.objects.create(obligation="investigating", step=1, amount=2, unit="month", in_all=True, **common)
    ExtensionRule.objects.create(
        obligation="investigating", step=2, amount=2, unit="month", ask_before_amount=5, ask_before_unit="d", **common
    )
    with clock.frozen(MONDAY):
        return journeys.investigating(sct, kind="crime").case


def on(day: int, month: int = 6):
    return clock.frozen(datetime(2026, month, day, 9, 0, tzinfo=HANOI))


def extend(case, by, version=None, reason="Vụ việc phức tạp, còn chờ giám định."):
    return extend_clock(case_id=case.pk, by=by, version=version or case.version, reason=reason)


def ends(case) -> str:
    return f"{Clock.objects.open().get(case=case).due_at.astimezone(HANOI):%d/%m/%Y}"


def test_the_law_lets_a_crime_case_be_extended_twice(crime, sct):
    assert ends(crime) == "21/06/2026"
    with on(20):
        case = extend(crime, sct)
    assert ends(case) == "01/08/2026", "two months in all, from the start"
    with on(27, 7):
        case = extend(case, sct)
    assert ends(case) == f"{case.due_at.astimezone(HANOI):%d/%m/%Y}" == "01/10/2026", (
        "two months more, from the end before"
    )
    with on(1, 9), pytest.raises(MoveNotAllowed):
        extend(case, sct)
    told = Event.objects.filter(kind="clock.extended").order_by("pk")
    assert [event.data["step"] for event in told] == [1, 2]
    assert "phức tạp" not in str(list(told.values()))
    assert Remark.objects.filter(case=case, kind="reason").count() == 2
    assert [entry.kind for entry in public_timeline(case)].count("clock.extended") == 2


def test_asked_too_late_it_is_refused_with_the_day(crime, sct):
    with on(20):
        case = extend(crime, sct)
    with on(28, 7), pytest.raises(MoveNotAllowed, match="27/07/2026"):
        extend(case, sct)


def test_only_a_supervisor_of_the_owner_with_a_reason_on_a_fresh_page(crime, sct):
    handler = factories.member("sct", Role.HANDLER)
    with on(20):
        for by, error, more in [
            (handler, MoveNotAllowed, {}), (sct, InvalidInput, {"reason": "  "}), (sct, StaleCase, {"version": 1}),
        ]:  # fmt: skip
            with pytest.raises(error):
                extend(crime, by, **more)
    assert ends(crime) == "21/06/2026"


def test_the_page_shows_what_runs_and_leads_a_supervisor_to_the_extension(at_desk, crime, sct):
    url = reverse("backoffice:clock-extend", args=[crime.number, "investigating"])
    handler = factories.member("sct", Role.HANDLER)
    with on(20):
        page = at_desk(sct).get(reverse("backoffice:case", args=[crime.number])).content.decode()
        assert "BLTTHS Điều 147" in page
        assert url in page
        assert url not in at_desk(handler).get(reverse("backoffice:case", args=[crime.number])).content.decode()
        assert "2 months in all" in at_desk(sct).get(url).content.decode()
        assert at_desk(handler).get(url).status_code == 403


def test_extending_from_the_page(at_desk, crime, sct):
    url = reverse("backoffice:clock-extend", args=[crime.number, "investigating"])
    client = at_desk(sct)
    with on(20):
        empty = client.post(url, {"version": crime.version, "reason": ""})
        assert empty.status_code == 400
        stale = client.post(url, {"version": 1, "reason": "Chờ giám định."})
        assert stale.status_code == 409
        assert "Chờ giám định." in stale.content.decode()
        done = client.post(url, {"version": crime.version, "reason": "Chờ giám định."}, follow=True)
    assert done.status_code == 200
    assert "extended once" in done.content.decode()
    assert ends(crime) == "01/08/2026"


@pytest.mark.parametrize("obligation", ["resolved", "nonsense", "accepted"])
def test_what_cannot_be_extended_says_so(at_desk, crime, sct, obligation):
    url = reverse("backoffice:clock-extend", args=[crime.number, obligation])
    with on(20):
        assert at_desk(sct).get(url).status_code == 403
        assert at_desk(sct).post(url, {"version": crime.version, "reason": "x"}).status_code == 403


def test_the_ladder_tells_its_people_and_the_overseer_no_case(sct, police):
    factories.rules()
    for position, to in enumerate(["handler", "supervisor", "lead", "overseer"], 1):
        EscalationStep.objects.create(position=position, to=to, amount=0, unit="h")
    with clock.frozen(MONDAY):
        case = journeys.investigating(sct).case
    with clock.frozen(MONDAY + timedelta(days=60)):
        run_clocks()
    told = {row.kind: [] for row in tell(list(Event.objects.filter(kind="clock.escalated")))}
    assert set(told) == {"clock.escalated"}
    by_rung = [len(tell([event])) for event in Event.objects.filter(kind="clock.escalated").order_by("pk")]
    assert by_rung == [1, 1, 1, 0]
    assert late_figures([case.province_id]) == [LateFigures("consumer", running=1, late=1, reported=1)]


def test_the_history_names_the_limit_its_days_and_who_was_told(crime, sct):
    EscalationStep.objects.create(province=factories.province(), position=1, to="supervisor", amount=1, unit="d")
    with on(20):
        extend(crime, sct)
    end = datetime(2026, 8, 4, 9, 0, tzinfo=HANOI)
    with clock.frozen(end):
        run_clocks()
        run_clocks()
    told = {entry.kind: entry.sentence for entry in case_timeline(Case.objects.get(pk=crime.pk), sct)}
    label = State.INVESTIGATING.label
    assert f"“{label}”" in told["clock.missed"]
    assert "01/08/2026" in told["clock.extended"]
    assert f"“{label}”" in told["clock.escalated"]
    assert str(EscalationStep.To.SUPERVISOR.label) in told["clock.escalated"]


def test_a_limit_that_moved_tells_both_its_ends(crime, sct):
    data = {
        "obligation": "investigating",
        "due": "2026-07-02T10:00:00+00:00",
        "due_before": "2026-06-30T10:00:00+00:00",
    }
    event = Event(kind="clock.moved", data=data, actor={"type": "system"})
    sentence = sentence_of(KINDS["clock.moved"].sentence, event, {})
    assert "17:00 30/06/2026" in sentence
    assert "17:00 02/07/2026" in sentence


def test_the_bell_names_the_limit(crime, sct, at_desk):
    event = Event.objects.filter(kind="clock.started", data__obligation="investigating").latest("pk")
    Notification.objects.create(
        recipient=sct.person, agency=sct.agency, case=crime, event_id=event.pk, kind="clock.warned", reason="handler",
        created_at=clock.now(), cursor=1,
    )  # fmt: skip
    with override("en"):
        event_label = str(State.INVESTIGATING.label)
    page = at_desk(sct).get(reverse("backoffice:inbox")).content.decode()
    assert f"A time limit ends soon: {event_label}" in page


def test_the_extension_tells_the_new_end_and_of_no_sender_where_there_is_none(at_desk, crime, sct):
    url = reverse("backoffice:clock-extend", args=[crime.number, "investigating"])
    client = at_desk(sct)
    with on(20):
        page = client.get(url).content.decode()
        assert "01/08/2026" in page
        assert "The sender reads" in page
        Case.objects.filter(pk=crime.pk).update(has_sender=False)
        page = client.get(url).content.decode()
        assert "The sender reads" not in page
        done = client.post(url, {"version": crime.version, "reason": "Chờ giám định."}, follow=True).content.decode()
    assert "The time limit is extended." in done
    assert "sees it on the tracking page" not in done
