"""A unique token in every guarded text; everything each person can reach is read; none is where it should not be."""

import re
import subprocess

import pytest
from django.test import Client

from agencies.models import Role
from complaints.lodgement import Person
from events.relay import Relay
from search.selectors import find_cases
from tests import factories
from workflows.services.acceptance import accept_case
from workflows.services.correspondence import add_note
from workflows.services.referral import refer_case, take_referral

pytestmark = pytest.mark.django_db(transaction=True)

IDENTITY, POLICE, SENDER_NOTE, SHARED, STORY = (
    f"canhbao{word}xyz" for word in ("danhtinh", "congan", "rieng", "chung", "loike")
)
PAGES = 150


@pytest.fixture
def people():
    """The sender's desk, the police who took the case, someone the case was never offered to, and an auditor."""
    sct, police = factories.member("sct"), factories.member("congan")
    case = factories.case(narrative=f"Chuyện {STORY}", person=Person(name=IDENTITY, phone="0912345678"))
    case = accept_case(case_id=case.pk, by=sct, version=1)
    case = refer_case(case_id=case.pk, to=police.agency, by=sct, reason=f"Chuyển {SHARED}", version=2)
    add_note(case_id=case.pk, by=sct, text=f"Ghi chú {SENDER_NOTE}", audience="agency")
    add_note(case_id=case.pk, by=police, text=f"Ghi chú {POLICE}", audience="police")
    Relay().run_until_idle()
    return {
        "case": case,
        "sct": sct,
        "congan": police,
        "hoi": factories.member("hoi"),
        "auditor": factories.member("sct", Role.AUDITOR),
        "editor": factories.member("sct", Role.EDITOR),
    }


def read_everything(member, *starts: str) -> str:
    """The text of every page the person can reach by links, and of some made-up ones."""
    client = Client()
    client.force_login(member.person)
    waiting, seen, text = [*starts], set(), []
    while waiting and len(seen) < PAGES:
        path = waiting.pop(0)
        if path in seen or not path.startswith("/") or path.startswith(("/static/", "/accounts/logout")):
            continue
        seen.add(path)
        answer = client.get(path)
        assert answer.status_code < 500, path
        body = answer.getvalue() if answer.streaming else answer.content
        page = body.decode("utf-8", "replace")
        # A search page repeats what was searched for: that word proves nothing there.
        page = page.replace(searched[1], "") if (searched := re.search(r"[?&]q=(\w+)", path)) else page
        text.append(page)
        waiting += [
            link.replace("&amp;", "&").partition("#")[0] for link in re.findall(r'(?:href|hx-get)="([^"]+)"', page)
        ]
        waiting = [link if not link.startswith("?") else path.partition("?")[0] + link for link in waiting]
    assert len(seen) > 3
    return "\n".join(text)


def starts(case) -> tuple[str, ...]:
    number = case.number
    searches = tuple(f"/backoffice/search/?q={word}" for word in (IDENTITY, POLICE, SENDER_NOTE, SHARED, STORY))
    return ("/backoffice/", f"/backoffice/cases/{number}/", f"/backoffice/cases/{number}/print/", *searches)


def leaked(text: str) -> set[str]:
    return {word for word in (IDENTITY, POLICE, SENDER_NOTE, SHARED, STORY) if word in text}


def hits(member) -> set[str]:
    return {w for w in (IDENTITY, POLICE, SENDER_NOTE, SHARED, STORY) if find_cases(member, w, limit=5).hits}


def test_an_offer_shows_what_was_shared_and_no_more(people):
    assert leaked(read_everything(people["sct"], *starts(people["case"]))) == {SENDER_NOTE, SHARED, STORY}
    assert leaked(read_everything(people["congan"], *starts(people["case"]))) == {POLICE, SHARED, STORY}
    for outsider in ("hoi", "auditor", "editor"):
        assert leaked(read_everything(people[outsider], *starts(people["case"]), "/backoffice/audit/")) == set()


def test_search_finds_what_the_page_may_show(people):
    assert hits(people["sct"]) == {IDENTITY, SENDER_NOTE, SHARED, STORY}
    assert hits(people["congan"]) == {POLICE, SHARED, STORY}
    assert hits(people["hoi"]) == set()


def test_once_taken_the_sender_sees_nothing_even_before_the_index_follows(people):
    case = take_referral(case_id=people["case"].pk, by=people["congan"], version=people["case"].version)
    assert hits(people["sct"]) == set()
    # On the receipt a past owner keeps the notes it wrote itself, and no other word.
    assert leaked(read_everything(people["sct"], *starts(case))) == {SENDER_NOTE, SHARED}
    Relay().run_until_idle()
    assert hits(people["sct"]) == set()
    assert hits(people["congan"]) == {IDENTITY, POLICE, SHARED, STORY}


def test_the_log_and_the_outbox_hold_none_of_it(people):
    from django.core import serializers

    from events.models import Delivery, Event
    from notifications.models import Notification

    rows = serializers.serialize("json", [*Event.objects.all(), *Delivery.objects.all(), *Notification.objects.all()])
    for word in (IDENTITY, POLICE, SENDER_NOTE, SHARED, STORY, "0912345678"):
        assert word not in rows


def test_a_printed_case_carries_no_identity_and_nobody_elses_notes(people, tmp_path):
    client = Client()
    client.force_login(people["congan"].person)
    answer = client.post(f"/backoffice/cases/{people['case'].number}/print/", {})
    body = answer.getvalue() if answer.streaming else answer.content
    assert body.startswith(b"%PDF-"), answer.status_code
    path = tmp_path / "case.pdf"
    path.write_bytes(body)
    text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, text=True, check=True).stdout
    assert STORY in text
    assert {word for word in (IDENTITY, SENDER_NOTE) if word in text} == set()
