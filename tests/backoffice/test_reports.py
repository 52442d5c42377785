"""The pages of periodic reports: who opens them, what stays when something is wrong, what they cost."""

from datetime import timedelta

import pytest

from agencies.models import Role
from bulletins.models_reports import Questionnaire, Report
from bulletins.services.report_reviewing import return_questionnaire
from events import clock
from events.relay import Relay
from tests import factories
from tests.backoffice.conftest import page, sign_in, url
from tests.factories import reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_opening")]
SCRIPT = "<script>alert(1)</script>"


LEAD_PAGES = ["report", "report-whole", "report-pdf", "report-workbook"]


@pytest.mark.parametrize("name", ["report-whole", "report-pdf", "report-workbook"])
@pytest.mark.parametrize(
    ("agency", "role"), [("qltt", Role.SUPERVISOR), ("sct", Role.HANDLER), ("congan", Role.SUPERVISOR)]
)
def test_the_whole_exists_for_the_lead_agency_alone(report, name, agency, role):
    assert sign_in(factories.member(agency, role)).get(url(name, report.pk)).status_code == 404


def test_another_provinces_lead_agency_sees_nothing(report):
    other = factories.agency("sct2", is_lead=True)
    other.provinces.set([factories.province("24", "Bắc Ninh")])
    client = sign_in(factories.member("sct2", Role.SUPERVISOR))
    for name in LEAD_PAGES:
        assert client.get(url(name, report.pk)).status_code == 404
    assert client.get(url("questionnaire", reports.questionnaire(report).pk)).status_code == 404


def test_a_unit_sees_its_own_questionnaire_alone(report):
    client = sign_in(factories.member("qltt", Role.HANDLER))
    assert client.get(url("questionnaire", reports.questionnaire(report).pk)).status_code == 200
    foreign = client.get(url("questionnaire", reports.questionnaire(report, "hoi").pk))
    missing = client.get(url("questionnaire", 999_999))
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert page(client.get(url("report", report.pk), follow=True)).count("Phản ánh đã tiếp nhận")


@pytest.mark.parametrize("role", [Role.INTAKE, Role.AUDITOR, Role.ADMIN])
def test_who_reports_nothing_is_refused(report, role):
    client = sign_in(factories.member("qltt", role))
    assert client.get(url("reports")).status_code == 403
    assert client.get(url("questionnaire", reports.questionnaire(report).pk)).status_code == 403


@pytest.mark.parametrize("name", ["questionnaire-return", "report-issue", "report-whole"])
def test_a_unit_cannot_post_what_is_the_lead_agencys(report, name):
    unit = reports.sent(report, "qltt")
    client = sign_in(factories.member("qltt", Role.SUPERVISOR))
    pk = unit.pk if name == "questionnaire-return" else report.pk
    data = {"version": unit.version, "reason": "Sửa.", "reported": 1, "title": "x", "name": "y"}
    assert client.post(url(name, pk), data).status_code in (403, 404)
    assert Questionnaire.objects.get(pk=unit.pk).state == "submitted"


def test_an_auditor_reads_who_did_what_and_no_words(report):
    reports.sent(report, "qltt", results="Bí mật của đơn vị")
    shown = page(sign_in(factories.member("qltt", Role.AUDITOR)).get(url("audit")))
    assert "sent a questionnaire" in shown
    assert "Bí mật" not in shown


class TestOpening:
    def test_the_lead_agency_opens_one_for_the_days_it_says(self, lead):
        kind = reports.kind()
        client = sign_in(lead)
        data = {"kind": kind.pk, "first": "01/01/2026", "last": "30/11/2026", "due_on": "20/11/2026", "name": ""}
        answer = client.post(url("report-open"), data, follow=True)
        assert "The report is open" in page(answer)
        assert Report.objects.get().name == "kết quả thực hiện kế hoạch (từ ngày 01/01/2026 đến ngày 30/11/2026)"

    def test_a_kind_with_days_of_its_own_asks_for_the_year(self, lead):
        days = {
            "from_month": 12,
            "from_day": 15,
            "from_year_before": True,
            "to_month": 12,
            "to_day": 14,
            "due_month": 12,
        }
        kind = reports.kind("year", **days, due_day=15)
        client = sign_in(lead)
        assert "needs it" in page(client.post(url("report-open"), {"kind": kind.pk}))
        client.post(url("report-open"), {"kind": kind.pk, "year": "2026"})
        report = Report.objects.get()
        assert (str(report.first), str(report.last), str(report.due_on)) == ("2025-12-15", "2026-12-14", "2026-12-14")

    @pytest.mark.parametrize(
        "said",
        [
            {"first": "32/01/2026"}, {"first": "", "last": ""}, {"due_on": "01/01/2020"}, {"due_on": "02/11/2026"},
            {"due_on": "31/12/9999"}, {"first": "01/01/0001"}, {"last": "01/01/2025"}, {"kind": "999"}, {"kind": "x"}, {"year": "1e9"}, {"name": "a" * 300},
        ],
    )  # fmt: skip
    def test_what_cannot_be_comes_back_with_what_was_typed(self, lead, said):
        kind = reports.kind()
        data = {
            "kind": kind.pk,
            "first": "01/01/2026",
            "last": "30/11/2026",
            "due_on": "20/11/2026",
            "name": "Tên riêng",
        }
        answer = sign_in(lead).post(url("report-open"), data | said)
        assert answer.status_code == 400
        assert "error-summary" in page(answer)
        assert said.get("name", "Tên riêng") in page(answer)
        assert not Report.objects.exists()

    def test_without_kinds_it_says_who_adds_them(self, lead):
        assert "No kind of report yet" in page(sign_in(lead).get(url("report-open")))


class TestLeading:
    def test_who_has_reported(self, report, lead):
        reports.sent(report, "qltt")
        client = sign_in(lead)
        shown = page(client.get(url("report", report.pk)))
        assert "1 of 3" in shown
        missing = page(client.get(url("report", report.pk), {"view": "missing"}))
        assert "Cơ quan hoi" in missing
        assert "Cơ quan qltt" not in missing
        assert client.get(url("report", report.pk), {"view": "x'--"}).status_code == 200

    def test_sent_back_with_a_reason_the_unit_reads(self, report, lead):
        unit = reports.sent(report, "qltt")
        client = sign_in(lead)
        empty = client.post(url("questionnaire-return", unit.pk), {"version": unit.version, "reason": " "})
        assert empty.status_code == 400
        client.post(
            url("questionnaire-return", unit.pk), {"version": unit.version, "reason": f"Thiếu tháng 10. {SCRIPT}"}
        )
        shown = page(sign_in(factories.member("qltt", Role.SUPERVISOR)).get(url("questionnaire", unit.pk)))
        assert "Thiếu tháng 10." in shown
        assert SCRIPT not in shown

    def test_the_whole_with_its_text_and_files(self, report, lead):
        reports.sent(report, "qltt", trained=12, results=SCRIPT)
        client = sign_in(lead)
        shown = page(client.get(url("report-whole", report.pk)))
        assert SCRIPT not in shown
        question = report.questions.get(code="results").pk
        other = report.questions.get(code="proposals").pk
        data = {"version": 1, f"answer-{question}": "Toàn tỉnh.", f"answer-{other}": ""}
        assert "The text is saved" in page(client.post(url("report-whole", report.pk), data, follow=True))
        stale = client.post(url("report-whole", report.pk), data | {f"answer-{question}": "Của tôi"})
        assert stale.status_code == 409
        assert "Của tôi" in page(stale)
        book = client.get(url("report-workbook", report.pk))
        assert book.content[:2] == b"PK"
        assert book["Content-Disposition"].startswith("attachment")

    def test_issued_and_fetched(self, report, lead):
        client = sign_in(lead)
        signed = {
            "version": 1,
            "reported": 0,
            "title": "Giám đốc",
            "name": "Lê Văn An",
            "authority": "",
            "instead_of": "",
        }
        wrong = client.post(url("report-issue", report.pk), signed | {"name": ""})
        assert wrong.status_code == 400
        stale = client.post(url("report-issue", report.pk), signed | {"reported": 2})
        assert stale.status_code == 409
        assert "Lê Văn An" in page(stale)
        waiting = client.post(url("report-issue", report.pk), signed, follow=True)
        assert "being prepared" in page(waiting)
        Relay(["slow"]).run_until_idle()
        assert "ready" in page(client.get(url("report-pdf", report.pk), {"waited": "1"}))
        answer = client.get(url("report-pdf", report.pk))
        assert b"".join(answer.streaming_content).startswith(b"%PDF-")
        assert "01-BC-SCT" in answer["Content-Disposition"]

    def test_before_it_is_issued_a_page_tells_what_that_means(self, report, lead):
        reports.sent(report, "qltt")
        client = sign_in(lead)
        whole = page(client.get(url("report-whole", report.pk)))
        assert f'href="{url("report-issue", report.pk)}"' in whole
        assert 'name="name"' not in whole
        asked = page(client.get(url("report-issue", report.pk)))
        for said in (
            "2 of 3 units have not reported", "The units may report until", "due on 20/11/2026: there is time left",
            "The period ends on 30/11/2026", "cannot be undone", 'name="reported" value="1"',
        ):  # fmt: skip
            assert said in asked, said
        assert 'name="name"' in asked
        with reports.on(30, 23):
            asked = page(client.get(url("report-issue", report.pk)))
            assert "may report until" not in asked
            assert "The period ends on" in asked
        with clock.frozen(reports.OPENED + timedelta(days=40)):
            late = page(client.get(url("report-issue", report.pk)))
        assert "The period ends on" not in late
        assert "there is time left" not in late

    def test_of_an_issued_report_the_question_is_not_asked_again(self, report, lead):
        reports.issue(report, lead)
        client = sign_in(lead)
        assert client.get(url("report-issue", report.pk))["Location"] == url("report-whole", report.pk)

    def test_editors_read_and_do_not_issue(self, report):
        client = sign_in(factories.member("sct", Role.EDITOR))
        assert url("report-issue", report.pk) not in page(client.get(url("report-whole", report.pk)))
        assert client.get(url("report-issue", report.pk))["Location"] == url("report-whole", report.pk)

    def test_a_unit_sent_back_reads_that_the_report_is_issued_and_nothing_is_asked(self, report, lead):
        unit = reports.sent(report, "qltt")
        return_questionnaire(questionnaire_id=unit.pk, by=lead, version=unit.version, reason="Thiếu tháng 10.")
        report.refresh_from_db()
        reports.issue(report, lead)
        client = sign_in(factories.member("qltt", Role.SUPERVISOR))
        shown = page(client.get(url("questionnaire", unit.pk)))
        assert "Nothing is to be sent any more" in shown
        listed = page(client.get(url("reports")))
        assert "issued without it" in listed
        assert "sent back" not in listed


class TestCost:
    """The same at three units and at thirty."""

    @pytest.fixture
    def many(self, lead):
        kind = reports.kind()
        for number in range(27):
            factories.agency(f"xa{number}", kind=factories.agency("commune1").kind)
        report = reports.opened(lead, kind)
        for number in range(5):
            reports.sent(report, f"xa{number}")
        return report

    @pytest.mark.parametrize(
        ("name", "queries"), [("reports", 7), ("report", 7), ("report-whole", 9), ("report-workbook", 8)]
    )
    def test_pages_of_the_lead_agency(self, many, lead, name, queries, django_assert_num_queries):
        client = sign_in(lead)
        client.get(url("reports"))
        with django_assert_num_queries(queries):
            assert client.get(url(name, None if name == "reports" else many.pk)).status_code == 200

    def test_a_questionnaire(self, many, django_assert_num_queries):
        client = sign_in(factories.member("xa7", Role.SUPERVISOR))
        client.get(url("reports"))
        with django_assert_num_queries(8):
            client.get(url("questionnaire", reports.questionnaire(many, "xa7").pk))

    def test_opening(self, lead, django_assert_max_num_queries):
        kind = reports.kind()
        for number in range(40):
            factories.agency(f"xa{number}", kind=factories.agency("commune1").kind)
        with django_assert_max_num_queries(45):
            reports.opened(lead, kind)
