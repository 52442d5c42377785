"""Filling in a questionnaire: what stays when something is wrong, and when somebody was faster."""

import pytest

from agencies.models import Role
from bulletins.models_reports import Questionnaire
from bulletins.report_answers import LONGEST_WORDS
from tests import factories
from tests.backoffice.conftest import page, sign_in, url
from tests.factories import reports

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_opening")]
SCRIPT = "<script>alert(1)</script>"


def filled(unit: Questionnaire, do: str = "save", version: int = 1, **said: str) -> dict[str, str]:
    """The form as a browser would post it, by the codes of the questions."""
    usual = {"received": "0", "sanctions": "0", "trained": "0", "results": "Đã làm."} | said
    data = {"version": str(version), "do": do}
    for answer in unit.answers.select_related("question"):
        data[f"answer-{answer.question_id}"] = usual.get(answer.question.code, "")
        if answer.computed is not None:
            data[f"reason-{answer.question_id}"] = usual.get(f"reason_{answer.question.code}", "")
    return data


class TestFilling:
    @pytest.fixture
    def unit(self, report):
        return reports.questionnaire(report)

    @pytest.fixture
    def client(self, unit):
        return sign_in(factories.member("qltt", Role.SUPERVISOR))

    def test_saved_then_sent_then_read_only(self, client, unit):
        shown = page(client.get(url("questionnaire", unit.pk)))
        assert "lodged in the period" in shown
        client.post(url("questionnaire", unit.pk), filled(unit, trained="1,250"))
        assert unit.answers.get(question__code="trained").value == 1250
        answer = client.post(url("questionnaire", unit.pk), filled(unit, "send", 2, trained="1,250"), follow=True)
        assert "It is locked now" in page(answer)
        assert 'name="do"' not in page(answer)
        assert "1,250" in page(answer)

    def test_a_vietnamese_figure_is_read_as_it_is_written(self, client, unit):
        client.post(
            url("questionnaire", unit.pk),
            filled(unit, trained="1.250", cashless="72,5"),
            headers={"accept-language": "vi"},
        )
        figures = dict(unit.answers.values_list("question__code", "value"))
        assert (figures["trained"], figures["cashless"]) == (1250, 72.5)

    @pytest.mark.parametrize(
        "figure", ["mười", "1e400", "NaN", "Infinity", "-Infinity", "1" * 60, "--1", "=1+1", "1e-400", "9" * 30]
    )
    def test_what_is_no_figure_comes_back_with_a_sentence(self, client, unit, figure):
        answer = client.post(url("questionnaire", unit.pk), filled(unit, trained=figure, results="Còn đây."))
        assert answer.status_code == 400
        assert "error-summary" in page(answer)
        assert figure in page(answer)
        assert "Còn đây." in page(answer)

    @pytest.mark.parametrize("version", ["", "x", "0", "99999999999999999999"])
    def test_a_broken_version_is_no_crash(self, client, unit, version):
        answer = client.post(url("questionnaire", unit.pk), filled(unit) | {"version": version})
        assert answer.status_code in (400, 409)

    def test_what_is_missing_is_marked_when_it_is_sent(self, client, unit):
        answer = client.post(url("questionnaire", unit.pk), filled(unit, "send", trained="", results="", received="4"))
        for sentence in ("This figure is missing", "Please write something", "The cases give 0"):
            assert sentence in page(answer)
        assert Questionnaire.objects.get(pk=unit.pk).version == 1

    def test_all_that_is_wrong_is_told_at_once(self, client, unit):
        said = {"trained": "mười", "cashless": "101", "results": "a" * (LONGEST_WORDS + 1), "received": "4"}
        first = page(client.post(url("questionnaire", unit.pk), filled(unit, "send", **said)))
        for sentence in ("Write the figure in digits", "At most 100.", "at most 20000 characters", "The cases give 0"):
            assert sentence in first, sentence
        # A field tells one thing.
        assert "This figure is missing" not in first
        put_right = said | {"trained": "1", "cashless": "100", "results": "a", "reason_received": "Qua điện thoại."}
        assert client.post(url("questionnaire", unit.pk), filled(unit, "send", **put_right)).status_code == 302

    def test_a_draft_is_told_of_its_limits_and_not_of_its_gaps(self, client, unit):
        said = {"trained": "", "cashless": "101", "results": "a" * (LONGEST_WORDS + 1)}
        told = page(client.post(url("questionnaire", unit.pk), filled(unit, **said)))
        assert "At most 100." in told
        assert "This figure is missing" not in told

    def test_who_comes_second_reads_what_the_first_saved_and_keeps_the_own_text(self, client, unit):
        colleague = sign_in(factories.member("qltt", Role.HANDLER))
        colleague.post(url("questionnaire", unit.pk), filled(unit, trained="5", results="Của đồng nghiệp"))
        answer = client.post(url("questionnaire", unit.pk), filled(unit, trained="6", results="Của tôi"))
        assert answer.status_code == 409
        for said in (
            "Someone changed this questionnaire",
            "Của đồng nghiệp",
            "Của tôi",
            'value="6"',
            'name="version" value="2"',
        ):
            assert said in page(answer), said
        again = client.post(url("questionnaire", unit.pk), filled(unit, version=2, trained="6", results="Của tôi"))
        assert again.status_code == 302
        assert unit.answers.get(question__code="results").words == "Của tôi"

    def test_figures_taken_anew_keep_what_was_typed(self, client, unit):
        answer = client.post(url("questionnaire", unit.pk), filled(unit, "compute", trained="8"), follow=True)
        assert "as of now" in page(answer)
        assert unit.answers.get(question__code="trained").value == 8

    def test_markup_and_endless_words_are_text(self, client, unit):
        client.post(url("questionnaire", unit.pk), filled(unit, "send", results=SCRIPT + "a" * 5_000))
        shown = page(client.get(url("questionnaire", unit.pk)))
        assert SCRIPT not in shown
        assert "&lt;script&gt;" in shown

    def test_who_may_not_send_is_told_and_nothing_typed_is_lost(self, unit):
        client = sign_in(factories.member("qltt", Role.HANDLER))
        assert 'value="send"' not in page(client.get(url("questionnaire", unit.pk)))
        answer = client.post(url("questionnaire", unit.pk), filled(unit, "send"))
        assert answer.status_code == 403
        assert "Đã làm." in page(answer)

    def test_what_is_wrong_above_the_form_names_its_indicator(self, client, unit):
        told = page(client.post(url("questionnaire", unit.pk), filled(unit, "send", received="4")))
        summary = told.split('id="error-summary"')[1].split("</ul>")[0]
        assert "Phản ánh đã tiếp nhận" in summary

    def test_what_the_cases_do_not_give_is_told_apart_from_how_it_is_counted(self, client, unit):
        unit.answers.filter(question__code="received").update(computed=None, computed_at=None)
        shown = page(client.get(url("questionnaire", unit.pk)))
        assert "The cases give no figure here. How it is counted:" in " ".join(shown.split())

    def test_figures_of_an_earlier_day_say_so(self, client, unit):
        assert "are those of" not in page(client.get(url("questionnaire", unit.pk)))
        with reports.on(5):
            shown = page(client.get(url("questionnaire", unit.pk)))
            assert "The figures of the cases are those of 02/11/2026." in shown
            assert 'href="#compute-anew"' in shown
            client.post(url("questionnaire", unit.pk), filled(unit, "compute"))
            assert "are those of" not in page(client.get(url("questionnaire", unit.pk)))

    def test_the_address_a_refused_return_stays_at_leads_to_the_unit(self, report, lead, unit):
        answer = sign_in(lead).get(url("questionnaire-return", unit.pk))
        assert (answer.status_code, answer["Location"]) == (302, url("questionnaire", unit.pk))
        foreign = sign_in(factories.member("hoi", Role.SUPERVISOR)).get(url("questionnaire-return", unit.pk))
        assert foreign.status_code == 404
