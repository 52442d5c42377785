"""A rejected bulletin: who rejected it, when, which number is void and why, told where the writers look."""

import pytest

from agencies.models import Role
from bulletins.models import Rejection
from bulletins.services import issuing
from documents.models import RegisteredNumber
from events.models import Event
from tests import factories
from tests.backoffice.test_bulletins import desk, page  # noqa: F401 - a fixture
from tests.bulletins.conftest import (  # noqa: F401 - fixtures
    approver,
    editor,
    in_november,
    numbered,
    october,
    written,
)
from workflows.errors import InvalidInput
from workflows.models import Case

pytestmark = pytest.mark.django_db
LONG = "Thiếu ảnh sản phẩm. " + "Số liệu trang hai chưa khớp với bảng kèm theo. " * 20 + "Xin sửa cả hai."


def rejected(version, approver, reason=LONG):  # noqa: F811
    return issuing.reject(version_id=version.pk, revision=version.revision, reason=reason, by=approver)


def test_the_whole_reason_stands_on_the_draft_until_it_goes_to_review_again(client, october, editor, approver):  # noqa: F811
    with in_november():
        version = rejected(numbered(written(october, editor), editor), approver)
        for who in (editor, approver):
            client.force_login(who.person)
            for name in ("bulletin", "bulletin-review"):
                shown = client.get(page(name, version.pk)).content.decode()
                assert LONG in shown
                assert "01/TB-SCT" in shown
                assert str(approver.person) in shown
                assert "09:00 03/11/2026" in shown
            assert "01/TB-SCT" in client.get(page("bulletins")).content.decode()
        version = issuing.submit(version_id=version.pk, revision=version.revision, by=editor)
        assert LONG not in client.get(page("bulletin", version.pk)).content.decode()
        assert "01/TB-SCT" not in client.get(page("bulletins")).content.decode()
    assert Rejection.objects.get().reason == LONG


def test_the_register_keeps_the_beginning_and_says_that_it_is_one(october, editor, approver):  # noqa: F811
    with in_november():
        rejected(numbered(written(october, editor), editor), approver)
    kept = RegisteredNumber.objects.get().voided_reason
    assert kept.endswith("…")
    assert len(kept) == 200
    assert all("Thiếu ảnh" not in str(event.data) for event in Event.objects.all())


def test_a_reason_does_not_tell_who_complained(october, editor, approver):  # noqa: F811
    with in_november():
        version = written(october, editor)
        case = Case.objects.get(complaint__complainant__name="Lê Thị Kín")
        version.entries.first().item.sources.create(kind="case", case=case)
        version = numbered(version, editor)
        with pytest.raises(InvalidInput, match="người đã gửi phản ánh"):
            rejected(version, approver, "Bà Lê Thị Kín không đồng ý")
        rejected(version, approver, "Thiếu ảnh")
    assert Rejection.objects.get().reason == "Thiếu ảnh"


def test_the_form_says_what_to_leave_out(client, october, editor, approver):  # noqa: F811
    client.force_login(approver.person)
    with in_november():
        version = numbered(written(october, editor), editor)
        asked = client.get(page("bulletin-move", version.pk, "reject")).content.decode()
    assert "không ghi tên, số điện thoại hay địa chỉ của người dân" in asked


def test_a_writer_of_another_agency_reads_nothing_of_it(client, october, editor, approver):  # noqa: F811
    with in_november():
        version = rejected(numbered(written(october, editor), editor), approver)
        client.force_login(factories.member("qltt", Role.EDITOR).person)
        assert client.get(page("bulletin", version.pk)).status_code in (403, 404)
