"""A unique word in a letter and on its paper: whom it reaches, through every page and the log, and whom never."""

import pytest
from django.core import serializers
from django.db import transaction

from agencies.models import Role
from complaints.lodgement import Person
from documents.models import RegisteredNumber
from events.models import Delivery, Event
from events.relay import Relay
from notifications.models import Notification
from search.selectors import find_cases
from tests import factories
from tests.casemgr.test_canaries import read_everything
from tests.factories import journeys
from tests.factories import letters as write
from workflows.models import Audience, Case, LetterKind
from workflows.selectors.audit import audited
from workflows.services.letters import Written
from workflows.services.papers import issue_paper

pytestmark = pytest.mark.django_db(transaction=True)
WORD = "canhbaolathuxyz"


@pytest.fixture
def people():
    sct, police = factories.member("sct"), factories.member("congan")
    case = journeys.offered(sct, police.agency, person=Person(name="Trần Thị Mẫu", email="mau@example.vn")).case
    letter = write.letter(case, sct, LetterKind.OFFICIAL, written=Written(WORD, WORD, WORD, write.SIGNATORY))
    Relay().run_until_idle()
    return {"case": case, "letter": letter, "sct": sct, "congan": police}


def read(people, member) -> str:
    case, letter = people["case"], people["letter"]
    start = f"/backoffice/cases/{case.number}/"
    return read_everything(
        member, "/backoffice/", start, f"{start}letters/", f"{start}letters/{letter.pk}/",
        f"/backoffice/papers/{letter.paper_id}/", "/backoffice/audit/",
    )  # fmt: skip


def test_it_reaches_who_handles_the_case_and_nobody_else(people):
    for reader in ("sct", "congan"):
        assert WORD in read(people, people[reader])
    strangers = [factories.member("qltt"), *(factories.member("sct", role) for role in (Role.AUDITOR, Role.EDITOR))]
    for stranger in strangers:
        assert WORD not in read(people, stranger)
        assert not find_cases(stranger, WORD, limit=5).hits


def test_the_log_the_outbox_and_the_register_hold_none_of_it(people):
    rows = [*Event.objects.all(), *Delivery.objects.all(), *Notification.objects.all(), *RegisteredNumber.objects.all()]
    assert WORD not in serializers.serialize("json", rows)


def test_a_paper_for_one_agency_leaves_no_trace_with_another_agencys_auditor(people):
    with transaction.atomic():
        issue_paper(
            Case.objects.visible_to(people["congan"]).locked(people["case"].pk), by=people["congan"], document_type="BB",
            template="documents/letter.html", audience=Audience.POLICE, purpose="Biên bản",
            content={"subject": WORD, "signatory": write.SIGNATORY, "paragraphs": [WORD]},
        )  # fmt: skip
    kinds = [(e.kind, e.data.get("audience")) for e in audited(factories.member("sct", Role.AUDITOR))]
    assert ("paper.issued", "citizen") in kinds
    assert ("paper.issued", "police") not in kinds
