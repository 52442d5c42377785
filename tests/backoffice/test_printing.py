"""A case on paper: what the person may read, recorded, who complained only when asked."""

import io
from datetime import timedelta

import pypdf
import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from complaints.lodgement import Person
from documents import pdf
from events import clock
from events.models import Event
from tests import factories
from tests.factories import journeys
from workflows.services import correspondence

pytestmark = pytest.mark.django_db
WHO = Person(name="Nguyễn Thị Bí Mật", phone="0987654321")


def text_of(response) -> str:
    reader = pypdf.PdfReader(io.BytesIO(response.content))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def kinds(case) -> list[str]:
    events = Event.objects.filter(stream=case.stream, kind__startswith="case.").order_by("sequence")
    return list(events.values_list("kind", flat=True))[1:]


def test_the_paper_tells_the_case_without_who_complained(at_desk, sct):
    case = journeys.lodged(sct, person=WHO, product="Nồi cơm điện", narrative="Nồi cháy ngay lần đầu dùng.").case
    response = at_desk(sct).post(reverse("backoffice:print", args=[case.number]))
    text = text_of(response)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{case.number}.pdf"'
    assert response["Cache-Control"] == "no-store"
    for shown in (case.number, "Nồi cơm điện", "Nồi cháy ngay lần đầu dùng."):
        assert shown in text
    assert WHO.name not in text
    assert WHO.phone not in text
    assert kinds(case) == ["case.printed"]


def test_who_complained_is_printed_when_ticked_and_recorded(at_desk, sct):
    case = journeys.lodged(sct, person=WHO).case
    response = at_desk(sct).post(reverse("backoffice:print", args=[case.number]), {"with_identity": "on"})
    assert WHO.name in text_of(response)
    assert kinds(case) == ["case.identity_shown", "case.printed"]


def test_who_may_not_see_identity_cannot_print_it(at_desk, sct, police):
    case = journeys.offered(sct, police.agency, person=WHO).case
    response = at_desk(police).post(reverse("backoffice:print", args=[case.number]), {"with_identity": "on"})
    assert response.status_code == 403
    assert "case.printed" not in kinds(case)


def test_notes_of_the_police_are_on_no_other_agencys_paper(at_desk, sct, police):
    case = journeys.offered(sct, police.agency).case
    correspondence.add_note(case_id=case.pk, by=police, text="Bí mật điều tra.", audience="police")
    assert "Bí mật điều tra." in text_of(at_desk(police).post(reverse("backoffice:print", args=[case.number])))
    assert "Bí mật điều tra." not in text_of(at_desk(sct).post(reverse("backoffice:print", args=[case.number])))


def test_a_renderer_that_fails_is_said_on_the_page(at_desk, sct, monkeypatch):
    monkeypatch.setattr(pdf, "CHILD", pdf.CHILD.with_name("missing.py"))
    case = journeys.lodged(sct).case
    response = at_desk(sct).post(reverse("backoffice:print", args=[case.number]), follow=True)
    assert response.status_code == 200
    assert "could not be made" in response.content.decode()


def test_when_the_money_left_and_not_where_the_sender_lives(at_desk, sct):
    home, left = factories.commune(), clock.now() - timedelta(hours=2)
    case = journeys.lodged(sct, kind="crime", money_moved_at=left, amount=5_000_000, person=WHO, commune=home.pk).case
    text = text_of(at_desk(sct).post(reverse("backoffice:print", args=[case.number])))
    assert f"Chuyển lúc {localtime(left):%H:%M %d/%m/%Y}" in text
    assert home.full_name not in text
    told = text_of(at_desk(sct).post(reverse("backoffice:print", args=[case.number]), {"with_identity": "on"}))
    assert f"Nơi ở (xã, phường) {home.full_name}" in told
