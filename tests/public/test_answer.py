"""The answer on the tracking page: plain words, the facts that are the sender's, what can be done next, duplicates."""

from datetime import date

import pytest

from agencies.models import Agency, Role
from tests import factories
from tests.public.journeys import follow, lodge, visible_text
from workflows.models import Case
from workflows.services.acceptance import accept_case, assign_case, refuse_case
from workflows.services.conclusion import close_case, resolve_case
from workflows.services.duplicates import link_duplicate
from workflows.services.proposals import propose_resolution

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(province):
    return factories.member("sct", Role.INTAKE, Role.HANDLER, Role.SUPERVISOR)


def fresh() -> Case:
    return Case.objects.select_related("complaint", "owner").order_by("pk").first()


def handled(officer) -> Case:
    case = accept_case(case_id=fresh().pk, by=officer, version=fresh().version, track="violation")
    return assign_case(case_id=case.pk, by=officer, version=case.version, handler=officer.person)


SANCTION = {
    "outcome": "sanctioned", "answer": "Cửa hàng đã bị xử phạt.", "decision_number": "15/QĐ-XPHC",
    "decision_date": date(2026, 11, 5), "legal_basis": "Buôn bán hàng giả", "sanctioned_party": "Hộ Kín Đáo",
    "blocked_account": "0123456789", "sanction_amount": 30_000_000, "measures": ("goods_destroyed",),
}  # fmt: skip


def test_a_sanction_is_told_with_its_decision_and_what_can_be_done(citizen, officer):
    code = lodge(citizen)
    case = handled(officer)
    case = resolve_case(case_id=case.pk, by=officer, version=case.version, **SANCTION)
    page = visible_text(follow(citizen, code))
    for said in (
        "15/QĐ-XPHC, 05/11/2026, Cơ quan sct",
        "30.000.000 đ",
        "Tiêu hủy hàng hóa",
        "yêu cầu người bán bồi thường",
    ):
        assert said in page
    for kept in ("Hộ Kín Đáo", "0123456789"):
        assert kept not in page
    assert f"{case.objection_until.astimezone():%d/%m/%Y}" in page
    close_case(case_id=case.pk, by=officer, version=case.version)
    page = visible_text(follow(citizen, code))
    assert "yêu cầu người bán bồi thường" in page
    assert "bạn phản đối trên trang này" not in page


def test_nothing_of_a_proposal_is_seen(citizen, officer):
    code = lodge(citizen)
    Agency.objects.filter(code="sct").update(requires_two_persons=True)
    case = handled(officer)
    propose_resolution(case_id=case.pk, by=officer, version=case.version, **SANCTION)
    page = visible_text(follow(citizen, code))
    assert "xử phạt" not in page
    assert "đề xuất" not in page.lower()


def test_a_refusal_says_what_else_can_be_done(citizen, officer):
    code = lodge(citizen)
    case = fresh()
    refuse_case(case_id=case.pk, by=officer, version=case.version, reason="no_evidence", explanation="Thiếu hóa đơn.")
    page = visible_text(follow(citizen, code))
    assert "Thiếu hóa đơn." in page
    assert "bạn phản đối trên trang này" in page
    assert "1800.6838" in page


def test_the_sender_of_a_duplicate_follows_the_other_case(citizen, officer, django_assert_max_num_queries):
    code = lodge(citizen)
    case, secret = fresh(), "Chuyện riêng của người kia"
    primary = factories.case(narrative=secret)
    primary = accept_case(case_id=primary.pk, by=officer, version=primary.version)
    link_duplicate(
        case_id=case.pk, by=officer, version=case.version, primary=primary.number, explanation="Đã có người báo trước."
    )
    with django_assert_max_num_queries(26):
        page = visible_text(follow(citizen, code))
    assert "Đã có người báo trước." in page
    assert "Vụ việc mà phản ánh của bạn được nhập vào" in page
    assert "Cơ quan sct đã thụ lý vụ việc." in page
    assert secret not in page
    assert primary.number not in page
