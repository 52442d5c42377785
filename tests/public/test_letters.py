"""Letters and papers on the citizen's page: one's own, and nobody else's."""

import io

import pypdf
import pytest
from django.test import Client
from django.urls import reverse

from events.relay import Relay
from tests import factories
from tests.factories import journeys
from tests.factories import letters as write
from tests.public.journeys import follow, visible_text
from workflows.models import Audience, Case, LetterKind, Paper
from workflows.services.letters import Written

pytestmark = pytest.mark.django_db


def paper_of(client: Client, paper: Paper):
    return client.get(reverse("public:paper", args=[paper.pk]))


@pytest.fixture
def sct():
    return factories.member("sct")


def lodged() -> tuple[Case, str]:
    receipt = factories.lodge()
    return Case.objects.select_related("complaint", "owner__kind").get(pk=receipt.case_id), receipt.code


def test_the_sender_reads_the_letter_and_fetches_the_paper(client, sct):
    case, code = lodged()
    written = Written("Chúng tôi <b>đang</b> xem xét.", "Thụ lý", "Ông/Bà Mẫu", write.SIGNATORY)
    paper = write.letter(case, sct, LetterKind.OFFICIAL, written=written).paper
    page = follow(client, code)
    text = visible_text(page)
    for shown in ("Thụ lý", "Chúng tôi <b>đang</b> xem xét.", "Công văn 01/SCT-BVNTD"):
        assert shown in text
    waiting = paper_of(client, paper)
    assert (waiting.status_code, waiting["Refresh"]) == (202, "3; url=?waited=1")
    Relay(["slow"]).run_until_idle()
    answer = paper_of(client, paper)
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert "Thụ lý".lower() in pypdf.PdfReader(io.BytesIO(answer.getvalue())).pages[0].extract_text()


def test_without_following_the_report_there_is_nothing(client, sct):
    case, _code = lodged()
    paper = write.letter(case, sct, LetterKind.OFFICIAL).paper
    answer = paper_of(client, paper)
    assert paper.symbol not in answer.content.decode()
    assert "Refresh" not in answer


def test_another_report_reads_neither_letter_nor_paper(client, sct):
    case, _code = lodged()
    _other, other_code = lodged()
    written = Written("canhbaothuxyz", "canhbaothuxyz", "canhbaothuxyz", write.SIGNATORY)
    paper = write.letter(case, sct, LetterKind.OFFICIAL, written=written).paper
    assert "canhbaothuxyz" not in follow(client, other_code).content.decode()
    assert paper_of(client, paper).status_code == 404
    assert client.get(reverse("public:paper", args=[paper.pk + 999])).status_code == 404


@pytest.mark.parametrize("audience", [Audience.AGENCY, Audience.SHARED, Audience.POLICE])
def test_papers_between_agencies_are_not_the_senders(client, sct, audience):
    case = journeys.accepted(sct).case
    paper = write.letter(case, sct, LetterKind.OFFICIAL).paper
    Paper.objects.filter(pk=paper.pk).update(audience=audience)
    other, code = lodged()
    Paper.objects.filter(pk=paper.pk).update(case=other)
    assert paper.symbol not in follow(client, code).content.decode()
    assert paper_of(client, paper).status_code == 404
