"""Anybody may ask who signed a file."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from bulletins.services import publishing
from tests.bulletins.conftest import (  # noqa: F401 - fixtures
    approver,
    editor,
    in_november,
    october,
    published,
    signing_key,
    trial_key,
    written,
)

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
