"""A token in every text of a mediation; every output is read; it is nowhere but in the room of its association."""

import re
import subprocess

import pytest
from django.core import serializers
from django.test import Client

from agencies.models import Role
from events.models import Delivery, Event
from events.relay import Relay
from notifications.models import Notification
from search.selectors import find_cases
from tests import factories
from tests.factories import talks
from workflows.models import Case, Paper, Room, RoomEntry, Settlement
from workflows.services import referral, rooms, settlement

pytestmark = pytest.mark.django_db(transaction=True)
SAID, OFFERED, SUMMED, MINUTES, ENDED, OPENED = WORDS = [
    f"hoagiai{word}xyz" for word in ("noi", "denghi", "tomtat", "bienban", "lydo", "mo")
]


def talked(hoi) -> Room:
    room = talks.mediation(hoi)
    citizen, _business = talks.parties(room.case)
    RoomEntry.objects.filter(room=room, kind="opening").update(text=OPENED)
    rooms.make_offer(room_id=room.pk, by=citizen, remedy="other", text=OFFERED)
    rooms.say(room_id=room.pk, by=hoi, text=SAID)
    rooms.summarise(room_id=room.pk, by=hoi, text=SUMMED)
    return room


def leaked(text: str) -> set[str]:
    return {word for word in WORDS if word in text}


def everything(member, case) -> str:
    """Every page the person reaches by links from the case, the queue, the search and the audit, and the print."""
    client = Client()
    client.force_login(member.person)
    number = case.number
    waiting = ["/backoffice/", f"/backoffice/cases/{number}/", f"/backoffice/cases/{number}/settlement/"]
    waiting += ["/backoffice/audit/", "/backoffice/bulletins/", "/backoffice/inbox/", "/tra-cuu/ho-so/"]
    seen, found = set(), []
    while waiting and len(seen) < 80:
        path = waiting.pop(0).partition("#")[0]
        if path in seen or not path.startswith("/") or path.startswith(("/static/", "/accounts/logout")):
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code < 500, path
        body = answer.getvalue() if answer.streaming else answer.content
        found.append(body.decode("utf-8", "replace"))
        waiting += [link.replace("&amp;", "&") for link in re.findall(r'(?:href|hx-get)="([^"]+)"', found[-1])]
    printed = client.post(f"/backoffice/cases/{number}/print/", {"with_identity": "on"})
    return "\n".join([*found, in_pdf(printed)])


def in_pdf(answer) -> str:
    body = answer.getvalue() if answer.streaming else answer.content
    if not body.startswith(b"%PDF-"):
        return body.decode("utf-8", "replace")
    return subprocess.run(["pdftotext", "-", "-"], input=body, capture_output=True, check=True).stdout.decode()


def handed_over(case, hoi, to) -> Case:
    case.refresh_from_db()
    case = referral.refer_case(
        case_id=case.pk, to=to.agency, by=hoi, reason="Chuyển.", version=case.version, shares_identity=True
    )
    return referral.take_referral(case_id=case.pk, by=to, version=case.version)


def outsiders():
    return [
        factories.member("sct"), factories.member("sct", Role.AUDITOR), factories.member("congan"),
        factories.member("hoi", Role.AUDITOR), factories.member("sct", Role.EDITOR),
    ]  # fmt: skip


def test_what_is_said_in_a_mediation_stays_in_its_room():
    hoi = factories.member("hoi")
    room = talked(hoi)
    Relay().run_until_idle()
    assert leaked(everything(hoi, room.case)) == {OPENED, SAID, OFFERED, SUMMED}, "in the association's own room"
    for member in outsiders():
        assert leaked(everything(member, room.case)) == set(), member
    for member in (hoi, *outsiders()):
        assert not any(find_cases(member, word, limit=5).hits for word in WORDS), member
    printed = Client()
    printed.force_login(hoi.person)
    assert leaked(in_pdf(printed.post(f"/backoffice/cases/{room.case.number}/print/", {}))) == set()


def test_the_next_owner_reads_nothing_of_it_and_the_past_one_no_more():
    hoi, sct = factories.member("hoi"), factories.member("sct")
    room = talked(hoi)
    case = Case.objects.get(pk=room.case_id)
    settlement.end_without_settlement(case_id=case.pk, by=hoi, version=case.version, reason=ENDED)
    case = handed_over(case, hoi, sct)
    Relay().run_until_idle()
    assert leaked(everything(sct, case)) == set()
    assert leaked(everything(hoi, case)) == set()
    assert not RoomEntry.objects.visible_to(sct).exists()
    assert not any(find_cases(sct, word, limit=5).hits for word in WORDS)


def test_minutes_of_a_mediation_do_not_go_along():
    hoi, sct = factories.member("hoi"), factories.member("sct")
    room = talked(hoi)
    case = talks.settled(hoi, room, result=MINUTES, dispute=MINUTES)
    Relay().run_until_idle()
    assert MINUTES in everything(hoi, case)
    Case.objects.filter(pk=case.pk).update(owner=sct.agency, handler=sct.person)
    assert leaked(everything(sct, case)) == set()
    assert not Settlement.objects.visible_to(sct).exists()
    assert not Paper.objects.visible_to(sct).exists()


def test_the_log_the_outbox_and_the_inbox_hold_none_of_it():
    hoi = factories.member("hoi")
    talks.settled(hoi, talked(hoi), result=MINUTES)
    Relay().run_until_idle()
    rows = serializers.serialize("json", [*Event.objects.all(), *Delivery.objects.all(), *Notification.objects.all()])
    assert leaked(rows) == set()


def test_a_negotiation_goes_with_its_owner_and_to_nobody_it_is_offered_to():
    sct, police = factories.member("sct"), factories.member("congan")
    room = talks.negotiation(sct)
    rooms.say(room_id=room.pk, by=talks.parties(room.case)[0], text=SAID)
    case = Case.objects.get(pk=room.case_id)
    settlement.end_without_settlement(case_id=case.pk, by=sct, version=case.version, reason=ENDED)
    case.refresh_from_db()
    referral.refer_case(case_id=case.pk, to=police.agency, by=sct, reason="x", version=case.version)
    assert leaked(everything(police, case)) == set()
    assert leaked(everything(sct, case)) >= {SAID, ENDED}
