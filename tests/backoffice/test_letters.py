"""Writing a letter at the desk: choose, fill, preview, send; conflicts; papers."""

import io
import re
import uuid

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from complaints.lodgement import Person
from documents import pdf
from documents.models import RegisteredNumber
from events.models import Delivery, Event
from events.relay import Relay
from tests import factories
from tests.factories import journeys
from tests.factories import letters as write
from workflows.models import Case, Letter, LetterKind, Paper
from workflows.services import acceptance

pytestmark = pytest.mark.django_db
WHO = Person(name="Nguyễn Thị Bí Mật", phone="0987654321")


@pytest.fixture
def case(sct):
    return journeys.accepted(sct, person=WHO).case


def url(name: str, case: Case, *more) -> str:
    return reverse(f"backoffice:{name}", args=[case.number, *more])


def form_of(response) -> dict[str, str]:
    """The form as a browser would send it."""
    form = response.context["form"]
    return {name: str(form[name].value() or "") for name in form.fields}


def filled(client, case, made_from):
    return client.post(url("letter-write", case), {"do": "fill", "template": made_from.template_id})


def do(client, case, what: str, data: dict[str, str]):
    return client.post(url("letter-write", case), data | {"do": what})


def test_from_template_to_the_senders_page(at_desk, sct, case):
    client = at_desk(sct)
    made = write.template(sct.agency, text_vi="Kính gửi {{complainant_name}}, về {{seller}}.")
    assert "Mẫu thử" in client.get(url("letters", case)).content.decode()
    page = filled(client, case, made)
    assert page["Cache-Control"] == "no-store"
    data = form_of(page)
    assert data["text"] == "Kính gửi Nguyễn Thị Bí Mật, về Cửa hàng Ánh Dương."
    preview = do(client, case, "preview", data | {"text": data["text"] + "\n\nCảm ơn."})
    html = preview.content.decode()
    assert "<p>Kính gửi Nguyễn Thị Bí Mật, về Cửa hàng Ánh Dương.</p>" in html
    assert "cannot be taken back" in html
    assert "whoever has the code can read it" in html
    assert not Letter.objects.exists(), "a preview sends nothing"
    sent = do(client, case, "send", form_of(preview))
    assert sent.status_code == 302
    letter = Letter.objects.get()
    assert letter.remark.text.endswith("Cảm ơn.")
    assert "Mẫu thử, version 1" in client.get(url("letter", case, letter.pk)).content.decode()
    assert "Cảm ơn." in client.get(url("case", case)).content.decode()


def test_back_from_the_preview_the_text_is_there(at_desk, sct, case):
    client = at_desk(sct)
    data = form_of(filled(client, case, write.template(sct.agency))) | {"text": "Lời của tôi <b>"}
    page = do(client, case, "edit", data)
    assert (page.status_code, page.context["form"]["text"].value()) == (200, "Lời của tôi <b>")
    assert "Lời của tôi &lt;b&gt;" in page.content.decode()


def test_a_letter_without_the_name_does_not_warn_of_it(at_desk, sct, case):
    client = at_desk(sct)
    preview = do(client, case, "preview", form_of(filled(client, case, write.template(sct.agency))))
    assert "whoever has the code" not in preview.content.decode()


def test_pressed_twice_it_is_sent_once(at_desk, sct, case):
    client = at_desk(sct)
    data = form_of(filled(client, case, write.template(sct.agency)))
    assert [do(client, case, "send", data).status_code for _ in range(2)] == [302, 302]
    assert Letter.objects.count() == 1


def test_a_gap_is_told_at_once_and_keeps_the_letter_back(at_desk, sct, case):
    client = at_desk(sct)
    page = filled(client, case, write.template(sct.agency, text_vi="Về {{product}}."))
    assert "the product or service named in the report" in page.content.decode()
    for what in ("preview", "send"):
        refused = do(client, case, what, form_of(page))
        assert refused.status_code == 400
        assert "text" in refused.context["form"].errors
    assert not Letter.objects.exists()


@pytest.mark.parametrize("what", ["preview", "send"])
def test_a_case_changed_meanwhile_keeps_the_text_and_says_what_changed(at_desk, sct, case, what):
    client = at_desk(sct)
    data = form_of(filled(client, case, write.template(sct.agency))) | {"text": "Mất công viết"}
    acceptance.assign_case(case_id=case.pk, by=sct, version=case.version, handler=sct.person)
    page = do(client, case, what, data)
    assert page.status_code == 409
    assert "assigned a handler" in page.content.decode()
    fresh = form_of(page)
    assert (fresh["text"], fresh["version"]) == ("Mất công viết", str(case.version + 1))
    assert not Letter.objects.exists()
    assert do(client, case, "send", fresh).status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "x" * 9_001}, {"text": ""}, {"subject": ""}, {"version": "abc"}, {"key": "không"}, {"language": "fr"},
    ],
)  # fmt: skip
def test_bad_input_keeps_what_was_typed(at_desk, sct, case, wrong):
    client = at_desk(sct)
    data = form_of(filled(client, case, write.template(sct.agency))) | {"text": "Giữ lại"}
    page = do(client, case, "send", data | wrong)
    assert page.status_code == 400
    assert not Letter.objects.exists()
    if "text" not in wrong:
        assert "Giữ lại" in page.content.decode()


@pytest.mark.parametrize("garbled", ["", "0", "9" * 30, "-1", "a", "１２"])
def test_a_template_nobody_has_is_not_found(at_desk, sct, case, garbled):
    client = at_desk(sct)
    assert client.post(url("letter-write", case), {"do": "fill", "template": garbled}).status_code == 404
    assert client.post(url("letter-write", case), {"do": "send", "made_from": garbled}).status_code == 404


def test_another_agencys_template_is_not_found(at_desk, sct, case):
    foreign = write.template(factories.agency("qltt"))
    client = at_desk(sct)
    assert filled(client, case, foreign).status_code == 404
    data = form_of(filled(client, case, write.template(sct.agency))) | {"made_from": str(foreign.pk)}
    assert do(client, case, "send", data).status_code == 404


def test_without_templates_the_page_says_who_makes_them(at_desk, sct, case):
    html = at_desk(sct).get(url("letters", case)).content.decode()
    assert "no letter templates yet" in html
    assert "Nothing was written" in html
    assert "No numbered paper" in html


def test_who_is_offered_the_case_reads_letters_and_writes_none(at_desk, sct, police):
    case = journeys.offered(sct, police.agency).case
    letter = write.letter(case, factories.member("sct", who=factories.person("Lê Thị Viết Thư")))
    client = at_desk(police)
    html = client.get(url("letters", case)).content.decode()
    assert "Mẫu letter" in html
    page = client.get(url("letter", case, letter.pk)).content.decode()
    assert "Chúng tôi đang xem xét." in page
    assert "Lê Thị Viết Thư" not in page, "who in another agency wrote is that agency's to know"
    assert client.post(url("letter-write", case), {"do": "fill", "template": 1}).status_code == 403


def test_a_strangers_letter_is_a_404(at_desk, sct, police, case):
    letter = write.letter(case, sct, LetterKind.OFFICIAL)
    other = journeys.accepted(sct).case
    assert at_desk(sct).get(url("letter", other, letter.pk)).status_code == 404
    for path in (
        url("letters", case),
        url("letter", case, letter.pk),
        reverse("backoffice:paper", args=[letter.paper_id]),
    ):
        assert at_desk(police).get(path).status_code == 404


class TestOfficial:
    def ready(self, client, case, sct) -> dict[str, str]:
        made = write.template(sct.agency, LetterKind.OFFICIAL)
        page = filled(client, case, made)
        return form_of(page) | {"signatory_title": "Giám đốc", "signatory_name": "TS. Lê Văn An"}

    def test_the_pdf_is_previewed_as_a_draft_without_a_number(self, at_desk, sct, case):
        client = at_desk(sct)
        answer = do(client, case, "pdf", self.ready(client, case, sct))
        text = pypdf.PdfReader(io.BytesIO(answer.content)).pages[0].extract_text()
        assert "DỰ THẢO" in text
        assert WHO.name in text
        assert not RegisteredNumber.objects.exists()

    def test_it_is_waited_for_and_fetched(self, at_desk, sct, case):
        client = at_desk(sct)
        data = self.ready(client, case, sct)
        assert data["addressee"] == f"Ông/Bà {WHO.name}"
        assert do(client, case, "send", data).status_code == 302
        paper = Paper.objects.get()
        path = reverse("backoffice:paper", args=[paper.pk])
        waiting = client.get(path)
        assert (waiting.status_code, waiting["Refresh"]) == (202, "3; url=?waited=1")
        assert "being prepared" in client.get(url("letters", case)).content.decode()
        Relay(["slow"]).run_until_idle()
        ready = client.get(path + "?waited=1")
        assert "Download the PDF" in ready.content.decode()
        assert "Refresh" not in ready
        answer = client.get(path)
        assert answer["Content-Disposition"] == 'attachment; filename="01-SCT-BVNTD.pdf"'
        assert answer["Cache-Control"] == "no-store"
        text = pypdf.PdfReader(io.BytesIO(answer.getvalue())).pages[0].extract_text()
        for printed in ("01/SCT-BVNTD", "V/v vụ việc", WHO.name, "GIÁM ĐỐC", "Lê Văn An"):
            assert printed in re.sub(r"\s+", " ", text)
        assert "TS." not in text
        assert "DỰ THẢO" not in text

    def test_the_next_letter_remembers_who_signed(self, at_desk, sct, case):
        client = at_desk(sct)
        do(client, case, "send", self.ready(client, case, sct))
        page = filled(client, case, Letter.objects.get().version)
        assert form_of(page)["signatory_name"] == "TS. Lê Văn An"

    def test_a_renderer_that_fails_is_said_with_the_text_kept(self, at_desk, sct, case, monkeypatch):
        client = at_desk(sct)
        data = self.ready(client, case, sct)
        monkeypatch.setattr(pdf, "CHILD", pdf.CHILD.with_name("missing.py"))
        page = do(client, case, "pdf", data)
        assert page.status_code == 503
        assert form_of(page)["text"] == data["text"]

    def test_one_that_cannot_be_made_is_said_too(self, at_desk, sct, case):
        paper = write.letter(case, sct, LetterKind.OFFICIAL).paper
        Delivery.objects.filter(handler="workflows.paper").update(state=Delivery.State.PARKED)
        answer = at_desk(sct).get(reverse("backoffice:paper", args=[paper.pk]))
        assert answer.status_code == 200
        assert "keeps its number" in answer.content.decode()

    def test_a_file_that_is_gone_is_said(self, at_desk, sct, case):
        paper = write.letter(case, sct, LetterKind.OFFICIAL).paper
        Paper.objects.filter(pk=paper.pk).update(pdf="papers/weg", sha256="0" * 64, rendered_at=paper.issued_at)
        answer = at_desk(sct).get(reverse("backoffice:paper", args=[paper.pk]))
        assert answer.status_code == 404
        assert "missing from the store" in answer.content.decode()

    def test_the_issuer_keeps_its_paper_when_the_case_is_gone(self, at_desk, sct, police, case):
        paper = write.letter(case, sct, LetterKind.OFFICIAL).paper
        Case.objects.filter(pk=case.pk).update(owner=police.agency)
        page = at_desk(sct).get(reverse("backoffice:paper", args=[paper.pk]))
        assert page.status_code == 202
        assert url("letters", case) not in page.content.decode()


def queries(client, path: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(path).status_code == 200
    return len(found)


def test_the_page_costs_the_same_with_many_letters(at_desk, sct, case):
    client = at_desk(sct)
    write.letter(case, sct, LetterKind.OFFICIAL)
    client.get(url("letters", case))
    few = queries(client, url("letters", case))
    for number in range(6):
        write.letter(case, sct, LetterKind.OFFICIAL if number % 2 else LetterKind.LETTER)
        write.template(sct.agency, name=f"Mẫu {number}")
    assert queries(client, url("letters", case)) == few
    assert few <= 13


def test_filling_in_the_name_by_get_is_not_possible(at_desk, sct, case):
    write.template(sct.agency, text_vi="{{complainant_name}}")
    assert at_desk(sct).get(url("letter-write", case)).status_code == 302
    assert not Event.objects.filter(kind="case.identity_shown").exists()


def test_a_key_of_another_letter_is_refused(at_desk, sct, case):
    key = uuid.uuid4()
    write.letter(journeys.accepted(sct).case, sct, key=key)
    client = at_desk(sct)
    data = form_of(filled(client, case, write.template(sct.agency))) | {"key": str(key)}
    assert do(client, case, "send", data).status_code == 409
