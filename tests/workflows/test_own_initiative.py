"""Cases officers open for what they found themselves: nobody lodged them, nobody is written to."""

import threading
from dataclasses import replace

import pytest
from django.db import connection

from agencies.actors import Citizen
from agencies.models import Role
from complaints import codes
from complaints.models import Complainant, Complaint, Evidence, Indicator, Scan
from complaints.selectors import find_by_code
from events import clock
from events.models import Event
from events.relay import Relay
from tests import factories
from tests.factories import cooperation as help_
from workflows import policy
from workflows.errors import InvalidInput, KeyReused, MoveNotAllowed
from workflows.models import Case
from workflows.services import acceptance, conclusion
from workflows.services.own_initiative import Finding, open_own_initiative
from workflows.states import MOVE

pytestmark = pytest.mark.django_db


@pytest.fixture
def sct():
    factories.rules()
    return factories.member("sct")


def finding(**fields) -> Finding:
    said = {
        "kind": "violation", "narrative": "Livestream bán nước hoa giả, gọi 0987654321.", "product": "Nước hoa",
        "seller_name": "Shop Hương", "identifiers": (("url", "https://fb.com/shophuong"),),
    }  # fmt: skip
    about = {name: fields.pop(name) for name in ("source", "link", "seen_at", "urgent") if name in fields}
    defaults = {"source": "livestream", "link": "https://fb.com/live/1", "seen_at": clock.now()}
    return Finding(factories.lodgement(**(said | fields)), **(defaults | about))


def test_the_case_is_the_officers_own_accepted_and_without_a_sender(sct):
    case = open_own_initiative(by=sct, found=finding())
    assert (case.state, case.owner, case.handler, case.has_sender) == ("accepted", sct.agency, sct.person, False)
    assert case.due_at is not None
    complaint = case.complaint
    assert (complaint.origin, complaint.received_by, complaint.consent) == (
        "own_initiative",
        sct.person,
        "official duty",
    )
    assert not Complainant.objects.exists()
    kinds = set(Indicator.objects.filter(complaint=complaint).values_list("kind", "from_text"))
    assert {("url", False), ("phone", True)} <= kinds
    assert (case.discovery.source, case.discovery.link) == ("livestream", "https://fb.com/live/1")


def test_whatever_the_form_said_of_a_person_is_not_kept(sct):
    found = finding()
    case = open_own_initiative(
        by=sct, found=replace(found, lodgement=replace(found.lodgement, wish="x", vulnerability="elderly"))
    )
    assert (case.complaint.wish, case.complaint.vulnerability, Complainant.objects.count()) == ("", "", 0)


def test_a_supervisor_gives_it_to_a_handler(sct):
    case = open_own_initiative(by=factories.member("sct", Role.SUPERVISOR), found=finding())
    assert case.handler is None


def test_a_handler_goes_on_with_what_he_found(sct):
    alone = factories.member("sct", Role.HANDLER)
    case = open_own_initiative(by=alone, found=finding())
    case = acceptance.assign_case(case_id=case.pk, by=alone, version=case.version, handler=alone.person)
    case = conclusion.resolve_case(
        case_id=case.pk, by=alone, version=case.version, outcome="no_violation", answer="Không có vi phạm."
    )
    assert case.state == "resolved"


def test_the_same_form_opens_one_case(sct):
    found = finding()
    assert open_own_initiative(by=sct, found=found) == open_own_initiative(by=sct, found=found)
    assert Case.objects.count() == 1
    with pytest.raises(KeyReused):
        open_own_initiative(by=sct, found=replace(found, lodgement=replace(found.lodgement, product="Khác")))


@pytest.mark.parametrize("fields", [{"kind": ""}, {"kind": "x"}, {"source": "x"}, {"narrative": " "}])
def test_what_is_no_finding_is_refused(sct, fields):
    with pytest.raises(InvalidInput):
        open_own_initiative(by=sct, found=finding(**fields))
    assert not Complaint.objects.exists()


def test_only_handlers_and_supervisors_of_agencies_that_handle_cases(sct):
    factories.agency("mttq", assisted_intake_only=True)
    for who in (factories.member("sct", Role.INTAKE), factories.member("sct", Role.AUDITOR), factories.member("mttq")):
        with pytest.raises(MoveNotAllowed):
            open_own_initiative(by=who, found=finding())
    open_own_initiative(by=factories.member("hoi"), found=finding())


def test_nobody_is_asked_nobody_adds_and_the_code_is_told_to_no_one(sct):
    found = finding()
    case = open_own_initiative(by=sct, found=found)
    assert not policy.may(sct, MOVE["ask_complainant"], case)
    assert not policy.may_supplement(sct, case)
    event = Event.objects.get(stream=case.stream)
    code = codes.tracking_code(found.lodgement.idempotency_key)
    assert (event.kind, code in str(event.data)) == ("case.found", False)
    # Whoever guessed it would still read nothing but that something is handled: it was never given out.
    assert find_by_code(code) == case.complaint_id
    assert policy.may_supplement(Citizen(case.complaint_id), case) is False


def test_its_files_are_scanned_like_those_of_a_report(sct):
    case = open_own_initiative(by=sct, found=finding(uploads=(help_.upload().pk,)))
    Relay().run_until_idle()
    assert Scan.objects.filter(evidence__in=Evidence.objects.filter(complaint=case.complaint)).count() == 1


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite's writers take turns anyway")
@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_open_one_case():
    factories.rules()
    sct = factories.member("sct")
    found, opened = finding(), []

    def tap():
        try:
            opened.append(open_own_initiative(by=sct, found=found).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=tap) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 4
    assert len(set(opened)) == Case.objects.count() == 1
