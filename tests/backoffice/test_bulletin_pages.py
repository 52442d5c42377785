"""What the pages of a bulletin say of where it stands: before its number, while its PDF is made, when that was given up."""

import re
import subprocess
from datetime import timedelta

import pytest

from bulletins.services import freezing, issuing
from documents.pdf import RenderError
from events import clock
from events.models import Event
from events.services.delivering import PARK_AFTER
from tests import factories
from tests.backoffice.test_bulletins import desk, page  # noqa: F401 - a fixture
from tests.bulletins.conftest import (  # noqa: F401 - fixtures
    approver,
    editor,
    in_november,
    numbered,
    october,
    relay,
    written,
)

pytestmark = pytest.mark.django_db


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_page_of_approval_before_the_number_promises_no_pdf(desk, october, editor):  # noqa: F811
    with in_november():
        version = written(october, editor)
        issuing.submit(version_id=version.pk, revision=version.revision, by=editor)
        shown = desk.get(page("bulletin-approve", version.pk)).content.decode()
    assert "dàn trang" not in shown
    assert "data-follow" not in shown
    assert "Chưa có tệp PDF để duyệt" in shown


def test_the_preview_says_all_that_the_pdf_says(desk, october, editor):  # noqa: F811
    with in_november():
        version = written(october, editor)
        shown = desk.get(page("bulletin", version.pk)).content.decode()
        pdf = desk.post(page("bulletin-draft-pdf", version.pk)).content
    preview = text_of(shown.split('<article class="bulletin-page"')[1].split("</article>")[0])
    assert "VI. Nơi tiếp nhận phản ánh" in preview
    assert "VII. Nguồn" in preview
    done = subprocess.run(["pdftotext", "-f", "2", "-", "-"], input=pdf, capture_output=True, check=True)
    printed = done.stdout.decode().split("Phụ lục", 1)[1]
    known, said = (set(re.findall(r"[^\W\d]{4,}", text.casefold())) for text in (preview, printed))
    assert len(said) > 60
    # How paper counts its tables and says what it is attached to.
    assert said - known <= {"bảng", "theo"}


def test_an_empty_bulletin_says_so_in_a_sentence(desk, october, editor):  # noqa: F811
    with in_november():
        version = written(october, editor, kinds=())
        shown = text_of(desk.get(page("bulletin", version.pk)).content.decode())
    assert "Bản tin chưa có cảnh báo hay khuyến cáo nào." in shown
    assert "Bản tin này không nêu cảnh báo về sản phẩm." in shown


def test_what_the_period_offers_for_an_empty_section_is_told(desk, october, editor):  # noqa: F811
    with in_november():
        version = written(october, editor, kinds=("advice",))
        desk.post(page("bulletin-review", version.pk), {"do": "check"})
        shown = text_of(desk.get(page("bulletin-review", version.pk)).content.decode())
    assert "cảnh báo sản phẩm: trong kỳ có kết luận của cơ quan chưa được đưa vào bản tin" in shown
    assert "cơ sở bị xử phạt: trong kỳ có quyết định chưa được đưa vào bản tin" in shown
    assert "không có quyết định" not in shown


@pytest.fixture
def given_up(october, editor, monkeypatch):  # noqa: F811
    """A numbered bulletin whose PDF was tried until the relay gave it up."""

    def out_of_memory(*args, **options):
        raise RenderError("memory")

    with in_november():
        version = written(october, editor)
        with monkeypatch.context() as patch:
            patch.setattr(freezing, "render_content", out_of_memory)
            version = numbered(version, editor)
            for hours in range(1, PARK_AFTER + 1):
                with clock.frozen(clock.now() + timedelta(hours=3 * hours)):
                    relay()
        yield version


def test_what_was_given_up_is_said_and_tried_again(desk, given_up, approver):  # noqa: F811
    for name in ("bulletin", "bulletin-approve"):
        shown = desk.get(page(name, given_up.pk)).content.decode()
        assert "không tự thử lại nữa" in shown, name
        assert "hệ thống tự thử lại." not in shown
        assert "dàn trang;" not in shown
        assert "tự hiện ra tại đây" not in shown
        assert "RenderError" not in shown
        assert page("bulletin-again", given_up.pk) in shown
    assert desk.post(page("bulletin-again", given_up.pk)).status_code == 302
    relay()
    given_up.refresh_from_db()
    assert given_up.sha256
    assert given_up.failure == ""
    assert Event.objects.filter(stream=given_up.bulletin.stream, kind="bulletin.tried_again").count() == 1
    # Pressed twice: nothing is given up any more.
    assert desk.post(page("bulletin-again", given_up.pk)).status_code == 403


def test_who_may_not_see_it_has_nothing_tried_again(client, given_up):
    factories.agency("other-lead", is_lead=True)
    client.force_login(factories.member("other-lead", "editor").person)
    assert client.post(page("bulletin-again", given_up.pk)).status_code == 404
