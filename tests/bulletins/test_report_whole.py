"""Sent back, put together, issued."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from agencies.models import Role
from bulletins.models_reports import Questionnaire, QuestionnaireReturn, Report
from bulletins.report_errors import InvalidAnswers, ReportNotFound, StaleReport
from bulletins.selectors_reports import progress_of, put_together, put_together_report
from bulletins.services.report_filling import save_answers
from bulletins.services.report_issuing import issue_report
from bulletins.services.report_reviewing import return_questionnaire, write_narratives
from documents.models import RegisteredNumber
from events import chain, clock
from events.models import Event
from tests import factories
from tests.factories import reports
from tests.factories.races import in_threads
from tests.factories.reports import issue, on
from workflows.errors import InvalidInput, MoveNotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


class TestSentBack:
    def test_the_unit_reads_why_and_can_correct_it(self, report, lead):
        with on(5):
            unit = reports.sent(report, "qltt", trained=5)
            unit = return_questionnaire(
                questionnaire_id=unit.pk, by=lead, version=unit.version, reason=" Thiếu tháng 10. "
            )
            assert unit.state == "returned"
            assert QuestionnaireReturn.objects.get().reason == "Thiếu tháng 10."
            assert reports.sent(report, "qltt", trained=8).is_submitted
        (line,) = [row for row in put_together_report(report).lines if row.question.code == "trained"]
        assert line.total == 8

    def test_what_was_sent_back_is_not_counted(self, report, lead):
        with on(5):
            unit = reports.sent(report, "qltt", trained=5)
            return_questionnaire(questionnaire_id=unit.pk, by=lead, version=unit.version, reason="Sửa.")
        assert all(line.total is None for line in put_together_report(report).lines)

    @pytest.mark.parametrize(("reason", "said"), [("  ", "what is to be corrected"), ("a" * 1_001, "1000")])
    def test_a_reason_is_needed(self, report, lead, reason, said):
        with on(5):
            unit = reports.sent(report, "qltt")
        with pytest.raises(InvalidInput, match=said):
            return_questionnaire(questionnaire_id=unit.pk, by=lead, version=unit.version, reason=reason)

    def test_only_what_was_sent_and_only_by_the_lead_agency(self, report, lead):
        unit = reports.questionnaire(report)
        with pytest.raises(MoveNotAllowed):
            return_questionnaire(questionnaire_id=unit.pk, by=lead, version=1, reason="Sửa.")
        with on(5):
            own = factories.member("qltt", Role.SUPERVISOR)
            unit = reports.sent(report, "qltt", own)
        with pytest.raises(MoveNotAllowed, match="lead agency"):
            return_questionnaire(questionnaire_id=unit.pk, by=own, version=unit.version, reason="Sửa.")
        with pytest.raises(ReportNotFound):
            return_questionnaire(
                questionnaire_id=unit.pk,
                by=factories.member("hoi", Role.SUPERVISOR),
                version=unit.version,
                reason="Sửa.",
            )

    def test_an_older_version_is_told(self, report, lead):
        with on(5):
            unit = reports.sent(report, "qltt")
        with pytest.raises(StaleReport):
            return_questionnaire(questionnaire_id=unit.pk, by=lead, version=unit.version - 1, reason="Sửa.")


class TestPutTogether:
    def test_sums_averages_and_who_is_missing(self, report):
        with on(5):
            reports.sent(
                report, "qltt", trained=5, cashless=50, received=2, reason_received="Điện thoại.", results="Một"
            )
        with on(16):
            reports.sent(report, "hoi", trained=7, cashless=75.5, results="Hai")
            whole = put_together_report(report)
            progress = progress_of([report])[report.pk]
        assert {line.question.code: line.total for line in whole.lines} == {
            "received": 2, "sanctions": 0, "trained": 12, "cashless": Decimal("62.75"),
        }  # fmt: skip
        assert {line.question.code: (line.answered, line.asked) for line in whole.lines}["cashless"] == (2, 3)
        assert [unit.unit_name for unit in whole.missing] == ["Cơ quan commune1"]
        assert [words for _name, words in whole.tellings[0].units] == ["Hai", "Một"]
        assert (progress.in_time, progress.late, progress.missing, progress.overdue) == (1, 1, 1, 1)

    def test_nothing_gives_nothing(self):
        assert put_together("sum", []) is None
        assert put_together("average", [Decimal(1), Decimal(2), Decimal(2)]) == Decimal("1.67")

    def test_it_costs_the_same_at_any_number_of_units(self, report, django_assert_num_queries):
        with on(5):
            for agency in ("qltt", "hoi", "commune1"):
                reports.sent(report, agency)
        with django_assert_num_queries(4):
            put_together_report(report)


class TestText:
    def test_the_lead_agency_writes_its_own(self, report, lead):
        asked = {q.code: q.pk for q in report.questions.all()}
        written = write_narratives(
            report_id=report.pk,
            by=lead,
            version=1,
            words={asked["results"]: " Toàn tỉnh. ", asked["trained"]: "không phải lời"},
        )
        assert written.version == 2
        assert [row.words for row in report.narratives.all()] == ["Toàn tỉnh."]
        with pytest.raises(StaleReport):
            write_narratives(report_id=report.pk, by=lead, version=1, words={asked["results"]: "Khác"})

    def test_too_long_or_anothers_is_refused(self, report, lead):
        question = report.questions.get(code="results").pk
        with pytest.raises(InvalidAnswers):
            write_narratives(report_id=report.pk, by=lead, version=1, words={question: "a" * 20_001})
        with pytest.raises(MoveNotAllowed):
            write_narratives(report_id=report.pk, by=factories.member("qltt", Role.SUPERVISOR), version=1, words={})
        with pytest.raises(ReportNotFound):
            write_narratives(report_id=report.pk, by=factories.member("congan", Role.SUPERVISOR), version=1, words={})


class TestIssued:
    def test_it_takes_a_number_and_freezes_what_is_printed(self, report, lead):
        with on(5):
            reports.sent(report, "qltt", trained=5)
            issued = issue(report, lead, reported=1)
        assert issued.symbol == "01/BC-SCT"
        assert RegisteredNumber.objects.get().purpose == report.name
        assert issued.content["missing"] == ["Cơ quan commune1", "Cơ quan hoi"]
        assert [row["total"] for row in issued.content["figures"]][:3] == ["0.00", "0.00", "5.00"]
        assert issued.content["grounds"] == ["Căn cứ Luật số 19/2023/QH15"]
        assert chain.first_fault(Event.objects.filter(stream=report.stream).order_by("sequence")) is None

    def test_nobody_changes_it_any_more(self, report, lead):
        issue(report, lead)
        unit = reports.questionnaire(report)
        by = factories.member("qltt", Role.SUPERVISOR)
        for change in (
            lambda: save_answers(questionnaire_id=unit.pk, by=by, version=1, given={}),
            lambda: return_questionnaire(questionnaire_id=unit.pk, by=lead, version=1, reason="x"),
            lambda: write_narratives(report_id=report.pk, by=lead, version=2, words={}),
            lambda: issue(Report.objects.get(pk=report.pk), lead),
        ):
            with pytest.raises(MoveNotAllowed, match="issued"):
                change()

    def test_a_unit_that_reported_meanwhile_is_told_of(self, report, lead):
        with on(5):
            reports.sent(report, "qltt")
        with pytest.raises(StaleReport, match="Another unit"):
            issue(report, lead, reported=0)
        assert not RegisteredNumber.objects.exists()

    @pytest.mark.parametrize(
        ("signatory", "field"),
        [
            ({"title": "Giám đốc"}, "name"),
            ({"name": "Lê Văn An"}, "title"),
            (reports.SIGNED | {"authority": "DEPUTY"}, "instead_of"),
            (reports.SIGNED | {"instead_of": "Giám đốc"}, "instead_of"),
            (reports.SIGNED | {"authority": "KING"}, "authority"),
        ],
    )
    def test_who_signs_is_said(self, report, lead, signatory, field):
        with pytest.raises(InvalidInput) as refused:
            issue_report(report_id=report.pk, by=lead, version=1, reported=0, signatory=signatory)
        assert refused.value.field == field

    def test_an_editor_of_the_lead_agency_does_not_issue(self, report):
        with pytest.raises(MoveNotAllowed, match="supervisor or approver"):
            issue(report, factories.member("sct", Role.EDITOR))

    def test_the_database_wants_a_number_of_what_is_issued(self, report):
        with pytest.raises(IntegrityError), transaction.atomic():
            Report.objects.filter(pk=report.pk).update(state="issued")


@pytest.mark.django_db(transaction=True)
def test_a_unit_that_sends_while_it_is_issued_is_in_it_or_told():
    """Five rounds: what is printed and who has reported never differ."""
    lead, by = reports.lead(), factories.member("qltt", Role.SUPERVISOR)
    for number in range(5):
        with clock.frozen(reports.OPENED):
            kind = reports.kind(f"k{number}")
            report = reports.opened(lead, kind)
            unit = reports.questionnaire(report)
            given = reports.given(unit)

        def send(unit=unit, given=given):
            save_answers(questionnaire_id=unit.pk, by=by, version=1, given=given, send=True)

        outcomes = in_threads(send, lambda report=report: issue(report, lead))
        now = Report.objects.get(pk=report.pk)
        reported = Questionnaire.objects.filter(report=report, state="submitted").count()
        assert outcomes in (["MoveNotAllowed", "done"], ["StaleReport", "done"])
        assert now.state == ("open" if reported else "issued")
