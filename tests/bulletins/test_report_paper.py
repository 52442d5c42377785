"""The PDF and the workbook: what they say, what they cannot be made to do. One rendering for all that looks at the page."""

import io
import re
import subprocess
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.db import transaction

from bulletins.models_reports import Report
from bulletins.report_answers import figure_in_words
from bulletins.report_layout import COLUMNS, content_of, printed
from bulletins.report_workbook import FIRST, FIRST_COLUMN, workbook_of
from bulletins.selectors_reports import put_together_report
from bulletins.services.report_issuing import _pdf, draft_pdf, issue_report, lay_out
from bulletins.services.report_reviewing import write_narratives
from events import clock
from tests.factories import reports
from workflows.deadlines import HANOI

pytestmark = pytest.mark.anew

SIGNED = {"title": "Giám đốc", "name": "TS. Lê Văn An", "authority": "", "instead_of": ""}
AT = datetime(2026, 11, 18, 10, 0, tzinfo=HANOI)
HOSTILE = '<script>alert(1)</script> <img src="http://evil.example/x.png"> <link href="file:///etc/passwd">'
LONG = "ư" * 5_000


def words(pdf: bytes, tmp_path: Path) -> str:
    path = tmp_path / "r.pdf"
    path.write_bytes(pdf)
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def issued(django_db_setup, django_db_blocker, tmp_path_factory):
    """Two of three units reported, one with hostile and endless words; issued and laid out once."""
    with django_db_blocker.unblock(), transaction.atomic():
        lead = reports.lead()
        with clock.frozen(reports.OPENED):
            report = reports.opened(lead)
            reports.sent(report, "qltt", trained=1234, cashless=50, results=HOSTILE, proposals=LONG)
            reports.sent(
                report, "hoi", trained=7, cashless=75.5, received=3, reason_received="=1+1", results="=SUM(A1:A9)"
            )
        with clock.frozen(AT):
            question = report.questions.get(code="proposals").pk
            write_narratives(report_id=report.pk, by=lead, version=1, words={question: f"Kiến nghị chung.\n{LONG}"})
            issue_report(report_id=report.pk, by=lead, version=2, reported=2, signatory=SIGNED)
            lay_out(report.pk)
        found = Report.objects.select_related("number", "kind", "agency", "province").get(pk=report.pk)
        pdf = found.pdf.open("rb").read()
        yield found, pdf, words(pdf, tmp_path_factory.mktemp("pdf"))
        transaction.set_rollback(True)


@pytest.mark.usefixtures("issued")
class TestPdf:
    def test_it_is_a_report_of_the_decree(self, issued):
        text = " ".join(issued[2].split())
        for told in (
            "BÁO CÁO", "Số: 01/BC-SCT", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "ngày 18 tháng 11 năm 2026",
            "Kính gửi: Ủy ban nhân dân tỉnh", "Căn cứ Luật số 19/2023/QH15.", "GIÁM ĐỐC", "Lê Văn An", "Nơi nhận:",
        ):  # fmt: skip
            assert told in text, told
        assert "TS." not in text
        assert "DỰ THẢO" not in text

    def test_it_says_the_figures_and_who_is_missing(self, issued):
        text = " ".join(issued[2].split())
        assert "1.241" in text  # 1234 + 7
        assert "62,75" in text
        assert "2 trên 3 đơn vị" in text
        assert "Cơ quan commune1" in text

    def test_what_units_wrote_is_text_and_nothing_else(self, issued):
        assert "<script>alert(1)</script>" in issued[2]
        assert b"/JavaScript" not in issued[1]
        assert b"evil.example" not in issued[1]

    def test_a_word_without_end_stays_on_the_paper(self, issued):
        assert issued[2].count("ư") >= 5_000
        assert max(len(line) for line in issued[2].splitlines()) < 200

    @pytest.mark.cold
    def test_laid_out_again_it_is_the_same_file(self, issued):
        report = Report.objects.get(pk=issued[0].pk)
        Report.objects.filter(pk=report.pk).update(pdf="", sha256="", rendered_at=None)
        lay_out(report.pk)
        assert Report.objects.get(pk=report.pk).sha256 == issued[0].sha256


@pytest.fixture
def empty(db):
    """Nobody has reported, and there is no case."""
    with clock.frozen(reports.OPENED):
        report = reports.opened(reports.lead())
    return Report.objects.select_related("kind", "agency", "province", "number").get(pk=report.pk)


def test_a_period_without_cases_and_answers_is_a_draft_all_the_same(empty, tmp_path):
    text = " ".join(words(draft_pdf(empty), tmp_path).split())
    assert "0 trên 3 đơn vị" in text
    assert "Không có nội dung báo cáo." in text


@pytest.mark.parametrize("figures", [True, False])
def test_many_units_that_have_not_reported_are_a_numbered_list_in_columns(empty, tmp_path, figures):
    content = content_of(empty, put_together_report(empty), SIGNED, AT)
    content["missing"] = [f"Ủy ban nhân dân xã Số {n}" for n in range(1, 105)]
    if not figures:
        content |= {"figures": [], "units": []}
    lines = words(_pdf(content, empty, draft=True), tmp_path).splitlines()
    listed = [line for line in lines if "Ủy ban nhân dân xã" in line]
    assert len(listed) < 60
    assert re.search(r"^ *1\. Ủy ban nhân dân xã Số 1 .* (\d+)\. Ủy ban nhân dân xã Số \1\b", listed[0])
    numbers = [int(n) for line in listed for n in re.findall(r"\d+(?=\. Ủy ban)", line)]
    assert sorted(numbers) == list(range(1, 105))


def test_many_figures_are_cut_to_a_pages_width(empty):
    content = content_of(empty, put_together_report(empty), SIGNED, AT)
    content["figures"] = [content["figures"][0] | {"n": n} for n in range(COLUMNS + 3)]
    for unit in content["units"]:
        unit["values"] = [""] * len(content["figures"])
    assert [len(part["columns"]) for part in printed(content)["parts"]] == [COLUMNS, 3]


@pytest.mark.parametrize(
    ("value", "said"),
    [("0.00", "0"), ("1234567.50", "1.234.567,5"), ("100", "100"), ("-12.34", "-12,34"), ("1e3", "1.000")],
)
def test_figures_are_written_as_documents_write_them(value, said):

    assert figure_in_words(Decimal(value)) == said


@pytest.fixture(scope="module")
def book(issued):
    return openpyxl.load_workbook(io.BytesIO(workbook_of(issued[0].content)))


@pytest.mark.usefixtures("issued")
class TestWorkbook:
    def test_the_whole_is_made_of_formulas_over_the_units(self, book, issued):
        units = book["Theo đơn vị"]
        last = FIRST + 3
        for place, figure in enumerate(issued[0].content["figures"]):
            cell = units.cell(last, FIRST_COLUMN + place)
            found = re.fullmatch(
                r'=IF\(COUNT\((\w+):(\w+)\)=0,"",(?:SUM|ROUND\(AVERAGE)\(\1:\2\)(?:,2\))?\)', cell.value
            )
            assert found, cell.value
            values = [row[0].value for row in units[f"{found[1]}:{found[2]}"] if row[0].value is not None]
            whole = sum(values) / (len(values) if figure["average"] else 1)
            assert float(whole) == float(figure["total"]), figure["wording"]

    def test_the_summary_points_at_the_units_cells(self, book):
        summary = book["Tổng hợp"]
        assert summary.cell(FIRST, 4).value == "=IF(COUNT('Theo đơn vị'!C5:C7)=0,\"\",SUM('Theo đơn vị'!C5:C7))"
        assert summary.cell(FIRST, 6).value == "=COUNT('Theo đơn vị'!C5:C7)"

    def test_what_was_typed_is_no_formula(self, book):
        texts = [cell.value for sheet in book for row in sheet for cell in row if isinstance(cell.value, str)]
        formulas = [text for text in texts if text.startswith("=")]
        assert all(re.match(r"=(IF\(COUNT|COUNT)\(", text) for text in formulas)
        assert any("=SUM(A1:A9)" in text for text in texts)

    def test_a_unit_that_is_missing_has_empty_cells(self, book):
        row = book["Theo đơn vị"][FIRST]
        assert row[1].value == "Cơ quan commune1 (chưa báo cáo)"
        assert [cell.value for cell in row[2:]] == [None] * 4


def test_a_workbook_of_nothing_opens(empty):
    content = content_of(empty, put_together_report(empty), SIGNED, AT)
    assert openpyxl.load_workbook(io.BytesIO(workbook_of(content))).sheetnames == [
        "Tổng hợp",
        "Theo đơn vị",
        "Thuyết minh",
    ]
