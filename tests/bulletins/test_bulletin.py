import subprocess
from datetime import date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from agencies.models import Role
from bulletins.figures import Month
from bulletins.models import Draft
from bulletins.selectors import month_figures, months_with_reports
from bulletins.services.drafting import NotAnEditor, prepare_draft, request_draft
from complaints.lodgement import Person
from complaints.models import Category, ProductGroup
from events import clock
from events.models import Delivery
from events.relay import Relay
from tests import factories
from workflows.deadlines import HANOI
from workflows.services.acceptance import accept_case, assign_case
from workflows.services.conclusion import resolve_case

pytestmark = pytest.mark.django_db
OCTOBER = Month.parse("2026-10")


def in_october(day: int = 10, hour: int = 9):
    return clock.frozen(datetime(2026, 10, day, hour, tzinfo=HANOI))


@pytest.fixture
def october():
    """Six reports in October, one in September; one fake cream found and sanctioned."""
    ProductGroup.objects.create(code="cosmetics", label_vi="Mỹ phẩm", label_en="Cosmetics")
    for code, label, parent in (
        ("COUNTERFEIT", "Hàng giả", None),
        ("FRAUD", "Lừa đảo", None),
        ("FRAUD_DEPOSIT", "Nhận cọc", "FRAUD"),
    ):
        Category.objects.create(code=code, label_vi=label, label_en=code, parent_id=parent, default_track="violation")
    handler = factories.member("sct")
    with clock.frozen(datetime(2026, 9, 30, 23, 59, tzinfo=HANOI)):
        factories.case()
    with clock.frozen(datetime(2026, 10, 1, 0, 0, tzinfo=HANOI)):
        factories.case(amount=1_000_000)
    with in_october():
        for _ in range(4):
            factories.case(kind="crime", category="FRAUD_DEPOSIT", amount=500_000)
        case = factories.case(
            kind="violation", category="COUNTERFEIT", product_group="cosmetics", product="Kem Trắng Da 0912345678",
            brand="Sen Xanh", seller_name="Cửa hàng Bí Mật", narrative="Chuyện riêng của tôi",
            person=Person(name="Lê Thị Kín", phone="0987654321"),
        )  # fmt: skip
    with in_october(20):
        case = accept_case(case_id=case.pk, by=handler, version=1)
        case = assign_case(case_id=case.pk, by=handler, version=2, handler=handler.person)
        resolve_case(
            case_id=case.pk, by=handler, version=3, outcome="sanctioned", answer="Đã phạt.",
            decision_number="15/QĐ-XPHC", decision_date=date(2026, 10, 20), sanction_amount=8_000_000,
            legal_basis="Buôn bán hàng giả", sanctioned_party="Hộ Sen Xanh",
        )  # fmt: skip
    return factories.province()


def test_the_month_is_counted_in_hanoi_time(october):
    figures = month_figures(october, OCTOBER)
    assert (figures.received, figures.resolved, figures.loss) == (6, 1, 3_000_000)
    assert [row.number for row in figures.by_kind] == [1, 1, 4, 0]
    assert figures.against_last_month == "tăng 500%"
    assert month_figures(october, Month.parse("2026-09")).received == 1
    assert [str(m) for m in months_with_reports(october)] == ["10/2026", "09/2026"]


def test_a_finding_becomes_a_warning_with_what_to_do(october):
    warning = month_figures(october, OCTOBER).warnings[0]
    assert (warning.product, warning.brand, warning.risk, warning.cases) == ("Kem Trắng Da", "Sen Xanh", "Hàng giả", 1)
    assert "giữ vỏ hộp" in warning.advice


def test_the_bulletin_goes_by_what_the_agency_found(october):
    """A report may name no category, or the wrong one."""
    Category.objects.create(code="SMUGGLED", label_vi="Hàng lậu", label_en="Smuggled", default_track="violation")
    handler = factories.member("sct")
    with in_october(22):
        case = factories.case(kind="violation", product="Rượu ngoại")
        case = accept_case(case_id=case.pk, by=handler, version=1, category="COUNTERFEIT")
        case = assign_case(case_id=case.pk, by=handler, version=2, handler=handler.person)
        resolve_case(
            case_id=case.pk, by=handler, version=3, outcome="sanctioned", answer="Đã phạt.", category="SMUGGLED",
            decision_number="16/QĐ-XPHC", decision_date=date(2026, 10, 22), sanction_amount=8_000_000,
            legal_basis="Buôn bán hàng giả", sanctioned_party="Hộ Sen Xanh",
        )  # fmt: skip
        fraud = factories.case(kind="crime")
        accept_case(case_id=fraud.pk, by=handler, version=1, category="FRAUD_DEPOSIT")
    figures = month_figures(october, OCTOBER)
    assert {w.product: w.risk for w in figures.warnings} == {"Kem Trắng Da": "Hàng giả", "Rượu ngoại": "Hàng lậu"}
    assert {s.number: s.act for s in figures.sanctions} == {"15/QĐ-XPHC": "Hàng giả", "16/QĐ-XPHC": "Hàng lậu"}
    assert [(scam.name, scam.reports) for scam in figures.scams] == [("Nhận cọc", 5)]


def test_a_mere_report_is_no_warning(october):
    with in_october(21):
        factories.case(kind="violation", product="Chưa xác minh")
    assert [w.product for w in month_figures(october, OCTOBER).warnings] == ["Kem Trắng Da"]


def test_the_figures_cost_the_same_at_any_size(october, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        month_figures(october, OCTOBER)


def pdf_text(path) -> str:
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout


def test_the_pdf_tells_the_figures_and_nobodys_secret(october, tmp_path):
    out = tmp_path / "b.pdf"
    call_command("render_bulletin", month="2026-10", province="82", out=out)
    text = " ".join(pdf_text(out).split())
    for told in (
        "THÔNG BÁO",
        "Cảnh báo người tiêu dùng tháng 10/2026",
        "6 lượt phản ánh",
        "Kem Trắng Da",
        "15/QĐ-XPHC",
        "1800.6838",
    ):
        assert told in text
    for kept in ("Lê Thị Kín", "0987654321", "0912345678", "Cửa hàng Bí Mật", "Chuyện riêng"):
        assert kept not in text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"month": "10/2026"}, "no month"),
        ({"province": "99"}, "no province"),
        ({"out": Path("/nowhere/at/all.pdf")}, "No such file"),
    ],
)
def test_the_command_says_what_is_wrong(october, tmp_path, options, said):
    with pytest.raises(CommandError, match=said):
        call_command("render_bulletin", **({"month": "2026-10", "province": "82", "out": tmp_path / "b.pdf"} | options))


def test_an_editor_asks_and_the_relay_prepares(october, client):
    editor = factories.member("sct", Role.EDITOR)
    client.force_login(editor.person)
    page = client.get(reverse("backoffice:bulletins"), {"month": "2026-10"})
    assert "10/2026" in page.content.decode()
    client.post(reverse("backoffice:bulletin-request"), {"month": "2026-10"})
    draft = Draft.objects.get()
    assert draft.state == "waiting"
    assert client.get(reverse("backoffice:bulletin-pdf", args=[draft.pk])).status_code == 404
    Relay(["slow"]).run_until_idle()
    answer = client.get(reverse("backoffice:bulletin-pdf", args=[draft.pk]))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")


def test_a_repeated_delivery_keeps_the_same_file(october):
    draft = request_draft(province=october, month=OCTOBER, by=factories.member("sct", Role.EDITOR))
    prepare_draft(draft.pk)
    first = Draft.objects.get().sha256
    Draft.objects.update(state="waiting")
    prepare_draft(draft.pk)
    assert Draft.objects.get().sha256 == first


def test_an_agency_that_does_not_lead_issues_none(october, client):
    client.force_login(factories.member("hoi", Role.EDITOR).person)
    assert client.get(reverse("backoffice:bulletins")).status_code == 403


def test_only_editors_and_approvers_prepare(october, client):
    handler = factories.member("sct", Role.HANDLER)
    with pytest.raises(NotAnEditor):
        request_draft(province=october, month=OCTOBER, by=handler)
    client.force_login(handler.person)
    assert client.get(reverse("backoffice:bulletins")).status_code == 403
    assert not Delivery.objects.filter(handler="bulletins.draft").exists()


def test_another_agencys_draft_is_not_there(october, client):
    draft = request_draft(province=october, month=OCTOBER, by=factories.member("sct", Role.EDITOR))
    factories.agency("other-lead", is_lead=True)
    client.force_login(factories.member("other-lead", Role.EDITOR).person)
    for name in ("bulletin-draft", "bulletin-pdf"):
        assert client.get(reverse(f"backoffice:{name}", args=[draft.pk])).status_code == 404


@pytest.mark.parametrize("month", ["", "abc", "2026-99", "2026-10-01"])
def test_a_month_that_is_none_is_not_found(october, client, month):
    client.force_login(factories.member("sct", Role.EDITOR).person)
    assert client.post(reverse("backoffice:bulletin-request"), {"month": month}).status_code == 404
    assert not Draft.objects.exists()
