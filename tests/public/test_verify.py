"""Anybody may ask who signed a file."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from bulletins.services import issuing, publishing
from bulletins.services.report_issuing import lay_out as lay_out_report
from tests import factories
from tests.bulletins.conftest import (  # noqa: F401 - fixtures
    approver,
    editor,
    in_november,
    lead,
    october,
    published,
    report,
    signing_key,
    trial_key,
    written,
)
from tests.factories import journeys, reports
from tests.workflows.test_papers import issue as issued_paper
from workflows.services.papers import lay_out as lay_out_paper

pytestmark = pytest.mark.django_db
PAGE = "/xac-minh/"


def ask(client, data: bytes, name="a.pdf"):
    return client.post(PAGE, {"file": SimpleUploadedFile(name, data, "application/pdf")})


def test_ours_is_known_and_whether_it_stands(client, october, editor, approver, signing_key):  # noqa: F811
    with in_november():
        version = published(written(october, editor), editor, approver)
    with default_storage.open(version.issued.name) as file:
        pdf = file.read()
    shown = ask(client, pdf).content.decode()
    assert "01/TB-SCT" in shown
    assert "Sở Công Thương thử nghiệm" in shown
    assert "Bản tin đang có hiệu lực." in shown
    with in_november(6):
        publishing.withdraw(version_id=version.pk, revision=version.revision, reason="Sai tên", by=approver)
    assert "Sai tên" in ask(client, pdf).content.decode()
    changed = ask(client, pdf[:3000] + b"X" + pdf[3001:]).content.decode()
    assert "01/TB-SCT" not in changed
    assert "Đừng tin vào tệp này" in changed
    assert "Đừng tin vào tệp này" not in shown


def test_the_unsigned_print_of_a_bulletin_gets_no_word_of_praise(client, october, editor, approver, signing_key):  # noqa: F811
    with in_november():
        version = published(written(october, editor), editor, approver)
    with default_storage.open(version.frozen.name) as file:
        shown = ask(client, file.read()).content.decode()
    assert "Bản tin đang có hiệu lực." not in shown
    assert "không có chữ ký" in shown


def stored(file) -> bytes:
    with default_storage.open(file.name) as opened:
        return opened.read()


def test_what_was_replaced_in_a_bulletin_that_was_withdrawn_is_said_to_be_withdrawn(
    client, october, editor, approver, signing_key  # noqa: F811
):  # fmt: skip
    with in_november():
        first = published(written(october, editor), editor, approver)
    with in_november(5):
        said = {"revision": first.revision, "what_changed": "Sửa tên sản phẩm."}
        second = published(issuing.begin_correction(version_id=first.pk, by=editor, **said), editor, approver)
        assert "đã được thay bằng bản đính chính" in ask(client, stored(first.issued)).content.decode()
    with in_november(6):
        publishing.withdraw(version_id=second.pk, revision=second.revision, reason="Sai tên", by=approver)
    shown = ask(client, stored(first.issued)).content.decode()
    assert "Bản tin đã bị thu hồi: Sai tên" in shown
    assert "đã được thay bằng bản đính chính" not in shown


def test_of_a_changed_file_it_is_said_that_it_was_changed_and_no_more(client, october, editor, approver, signing_key):  # noqa: F811
    with in_november():
        pdf = stored(published(written(october, editor), editor, approver).issued)
    assert "trang này biết chứng thư này" in ask(client, pdf).content.decode()
    changed = ask(client, pdf[:3000] + b"X" + pdf[3001:]).content.decode()
    assert "Đừng tin vào tệp này" in changed
    assert "biết chứng thư" not in changed
    assert "Sở Công Thương thử nghiệm" not in changed


def test_our_report_is_known_without_a_signature(client, report, lead):  # noqa: F811
    with reports.on(3):
        made = reports.issue(report, lead)
        lay_out_report(made.pk)
    made.refresh_from_db()
    pdf = stored(made.pdf)
    shown = ask(client, pdf).content.decode()
    assert "Đây là văn bản 01/BC-SCT của chúng tôi" in shown
    assert "không có chữ ký số" in shown
    assert "Đừng tin vào tệp này" not in shown
    changed = ask(client, pdf + b"\n%").content.decode()
    assert "01/BC-SCT" not in changed
    assert "hãy hỏi cơ quan" in changed


def test_our_letter_is_known_by_its_bytes(client):
    handler = factories.member("sct")
    paper = issued_paper(journeys.accepted(handler).case, handler)
    lay_out_paper(paper.pk)
    paper.refresh_from_db()
    shown = ask(client, stored(paper.pdf)).content.decode()
    assert "Đây là văn bản 01/PC-SCT của chúng tôi" in shown
    assert "Cơ quan sct" in shown
    assert paper.subject not in shown


@pytest.mark.parametrize("data", [b"x", b"%PDF-", b"<script>alert(1)</script>"])
def test_what_is_no_pdf_gets_a_sentence(client, data):
    refused = ask(client, data, "<script>.pdf")
    assert refused.status_code == 400
    assert "không phải tệp PDF" in refused.content.decode()
    assert "<script>.pdf" not in refused.content.decode()


def test_nothing_or_too_much(client):
    assert client.get(PAGE).status_code == 200
    assert client.post(PAGE).status_code == 400
    assert ask(client, bytes(20 * 1024 * 1024 + 1)).status_code == 400
