from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import translation

from agencies.models import Agency, AgencyKind, Commune, Role
from bulletins.models_reports import Answer, Questionnaire, Report, ReportIndicator
from bulletins.report_answers import Given
from bulletins.report_errors import InvalidAnswers, ReportNotFound, StaleReport
from bulletins.report_periods import Span
from bulletins.services.report_filling import compute_anew, save_answers
from events import chain, clock
from events.models import Event
from tests import factories
from tests.factories import reports
from tests.factories.races import in_threads
from workflows.errors import InvalidInput, MoveNotAllowed

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_opening():
    with clock.frozen(reports.OPENED), translation.override("en"):
        yield


def answer(unit: Questionnaire, code: str) -> Answer:
    return unit.answers.select_related("question").get(question__code=code)


def save(unit, by, version=None, *, send=False, **said):
    return save_answers(
        questionnaire_id=unit.pk, by=by, version=version or unit.version, given=reports.given(unit, **said), send=send
    )


def test_every_unit_concerned_is_asked_and_told():
    lead, people = reports.lead(), factories.member("qltt", Role.EDITOR)
    report = reports.opened(lead)
    assert sorted(report.questionnaires.values_list("agency__code", flat=True)) == ["commune1", "hoi", "qltt"]
    assert f"{report.units_due_at:%d/%m %H:%M}" == "13/11 17:00"
    asked = Event.objects.get(stream=report.stream, kind="report.asked", data__agency="qltt")
    assert asked.data["people"] == [people.person.pk]
    assert chain.first_fault(Event.objects.filter(stream=report.stream).order_by("sequence")) is None


def test_an_agency_that_works_no_more_or_elsewhere_is_not_asked():
    factories.agency("hoi", is_active=False)
    other = factories.agency("commune1")
    other.provinces.set([factories.province("24", "Bắc Ninh")])
    assert list(reports.opened(reports.lead()).questionnaires.values_list("agency__code", flat=True)) == ["qltt"]


def test_the_figures_of_the_cases_are_there_when_it_is_opened():
    factories.case()
    lead = reports.lead()
    report = reports.opened(lead, reports.kind(units=("sct", "qltt")))
    sct = answer(reports.questionnaire(report, "sct"), "received")
    assert (sct.value, sct.computed, sct.computed_at) == (1, 1, reports.OPENED)
    assert answer(reports.questionnaire(report), "received").value == 0
    assert answer(reports.questionnaire(report), "trained").value is None


def test_a_question_is_put_to_those_it_is_for():
    kind = reports.kind()
    reports.only_for("trained", "commune")
    report = reports.opened(reports.lead(), kind)
    asked = Answer.objects.filter(question__code="trained").values_list("questionnaire__agency__code", flat=True)
    assert list(asked) == ["commune1"]
    assert report.questions.count() == len(reports.INDICATORS)


def test_communes_without_an_account_are_asked_through_the_lead_agency():
    factories.commune()
    second = Commune.objects.create(
        code="28360",
        province=factories.province(),
        kind="commune",
        name="Cái Bè",
        full_name="Xã Cái Bè",
        search_text="",
    )
    factories.agency("commune1", commune=factories.commune())
    report = reports.opened(reports.lead(), reports.kind(every_commune=True))
    unit = report.questionnaires.get(agency=None)
    assert (unit.commune, unit.unit_name) == (second, "Ủy ban nhân dân xã Cái Bè")
    assert answer(unit, "received").value is None
    assert save(unit, reports.lead(), send=True, received=3, sanctions=0).is_submitted
    outsider = factories.member("qltt", Role.SUPERVISOR)
    with pytest.raises(ReportNotFound):
        save(unit, outsider)


def test_a_commune_that_gets_an_account_finds_its_questionnaire():
    commune = factories.commune()
    factories.agency("commune1", is_active=False)
    report = reports.opened(reports.lead(), reports.kind(every_commune=True))
    unit = report.questionnaires.get(agency=None)
    new = factories.agency("new", kind=AgencyKind.objects.get(pk="commune"), commune=commune)
    supervisor = factories.member(new.code, Role.SUPERVISOR)
    assert save(unit, supervisor, send=True, received=1, sanctions=0).is_submitted


def test_the_catalogue_may_change_while_a_report_is_open():
    report = reports.opened(reports.lead())
    ReportIndicator.objects.filter(code="trained").update(wording="Khác", required=False)
    assert report.questions.get(code="trained").wording == "Người được tập huấn"


def test_the_same_days_are_opened_once():
    lead, kind = reports.lead(), reports.kind()
    reports.opened(lead, kind)
    with pytest.raises(InvalidInput, match="opened before"):
        reports.opened(lead, kind)
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(
            kind=kind, province=kind.province, agency=lead.agency, name="x", first=reports.SPAN.first,
            last=reports.SPAN.last, due_on=reports.DUE_ON, units_due_at=reports.OPENED, opened_at=reports.OPENED,
            opened_by=lead.person,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda kind: Agency.objects.exclude(code="sct").update(is_active=False), "No unit"),
        (lambda kind: kind.indicators.update(retired=True), "asks nothing"),
    ],
)
def test_a_report_nobody_could_answer_is_not_opened(change, said):
    kind, lead = reports.kind(), reports.lead()
    change(kind)
    with pytest.raises(InvalidInput, match=said):
        reports.opened(lead, kind)
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (Span(reports.SPAN.last, reports.SPAN.first), "before the first"),
        (Span(reports.SPAN.first.replace(year=2020), reports.SPAN.last), "two years"),
    ],
)
def test_days_that_cannot_be_are_refused(span, said):
    with pytest.raises(InvalidInput, match=said):
        reports.opened(reports.lead(), span=span)


def test_only_the_lead_agency_opens():
    kind = reports.kind()
    for actor in (factories.member("hoi", Role.SUPERVISOR), factories.member("sct", Role.HANDLER)):
        with pytest.raises(ReportNotFound):
            reports.opened(actor, kind)


def test_a_draft_may_have_gaps_what_is_sent_may_not():
    report = reports.opened(reports.lead())
    unit, by = reports.questionnaire(report), factories.member("qltt", Role.SUPERVISOR)
    saved = save(unit, by, trained=None, results="")
    with pytest.raises(InvalidAnswers) as refused:
        save(saved, by, send=True, trained=None, results="")
    question = {q.code: q.pk for q in report.questions.all()}
    assert refused.value.fields.keys() == {f"answer-{question['trained']}", f"answer-{question['results']}"}
    assert save(saved, by, send=True).is_submitted


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"trained": "-1"}, "At least 0"),
        ({"trained": "1.5"}, "whole number"),
        ({"trained": "1e30"}, "too large"),
        ({"cashless": "100.1"}, "At most 100"),
        ({"cashless": "12.34"}, "after the comma"),
        ({"results": "a" * 20_001}, "20000 characters"),
        ({"received": 3, "reason_received": "a" * 1_001}, "1000 characters"),
    ],
)
def test_what_cannot_be_is_said_in_words_and_nothing_is_kept(said, sentence):
    report = reports.opened(reports.lead())
    unit, by = reports.questionnaire(report), factories.member("qltt", Role.SUPERVISOR)
    with pytest.raises(InvalidAnswers) as refused:
        save(unit, by, **said)
    assert sentence in " ".join(refused.value.fields.values())
    assert Questionnaire.objects.get(pk=unit.pk).version == 1


def test_another_figure_than_the_cases_needs_a_reason_and_the_computed_stays():
    report = reports.opened(reports.lead())
    unit, by = reports.questionnaire(report), factories.member("qltt", Role.SUPERVISOR)
    saved = save(unit, by, received=7)
    with pytest.raises(InvalidAnswers, match=r"correct"):
        save(saved, by, send=True, received=7)
    save(saved, by, send=True, received=7, reason_received="Có 7 phản ánh qua điện thoại.")
    kept = answer(unit, "received")
    assert (kept.value, kept.computed, kept.reason) == (7, 0, "Có 7 phản ánh qua điện thoại.")
    assert kept.is_corrected


def test_a_reason_without_a_correction_is_not_kept():
    unit = reports.questionnaire(reports.opened(reports.lead()))
    save(unit, factories.member("qltt", Role.SUPERVISOR), reason_received="thừa")
    assert answer(unit, "received").reason == ""


def test_figures_taken_anew_replace_what_was_not_corrected():
    lead = reports.lead()
    report = reports.opened(lead, reports.kind(units=("sct",)))
    unit = reports.questionnaire(report, "sct")
    unit = save(unit, lead, sanctions=4, reason_sanctions="Kiểm tra chuyên đề.")
    factories.case()
    unit = compute_anew(questionnaire_id=unit.pk, by=lead, version=unit.version)
    assert (answer(unit, "received").value, answer(unit, "received").computed) == (1, 1)
    kept = answer(unit, "sanctions")
    assert (kept.value, kept.computed, kept.reason) == (4, 0, "Kiểm tra chuyên đề.")


def test_what_was_sent_is_locked():
    report = reports.opened(reports.lead())
    by = factories.member("qltt", Role.SUPERVISOR)
    unit = reports.sent(report, "qltt", by)
    for again in (lambda: save(unit, by), lambda: compute_anew(questionnaire_id=unit.pk, by=by, version=unit.version)):
        with pytest.raises(MoveNotAllowed, match="locked"):
            again()


@pytest.mark.parametrize("role", [Role.HANDLER, Role.EDITOR])
def test_who_fills_in_does_not_send(role):
    unit = reports.questionnaire(reports.opened(reports.lead()))
    by = factories.member("qltt", role)
    unit = save(unit, by, trained=2)
    with pytest.raises(MoveNotAllowed, match="supervisor or approver"):
        save(unit, by, send=True)


@pytest.mark.parametrize(
    ("agency", "role"), [("qltt", Role.INTAKE), ("qltt", Role.AUDITOR), ("qltt", Role.ADMIN), ("hoi", Role.SUPERVISOR)]
)
def test_to_others_it_does_not_exist(agency, role):
    unit = reports.questionnaire(reports.opened(reports.lead()))
    with pytest.raises(ReportNotFound):
        save(unit, factories.member(agency, role))


def test_the_lead_agency_reads_and_does_not_fill_in():
    lead = reports.lead()
    unit = reports.questionnaire(reports.opened(lead))
    assert Questionnaire.objects.visible_to(lead).filter(pk=unit.pk).exists()
    with pytest.raises(MoveNotAllowed, match="Only the unit itself"):
        save(unit, lead)


def test_of_two_who_saved_the_same_version_the_second_is_told():
    unit = reports.questionnaire(reports.opened(reports.lead()))
    one, two = factories.member("qltt", Role.SUPERVISOR), factories.member("qltt", Role.HANDLER)
    save(unit, one, version=1, trained=5)
    with pytest.raises(StaleReport):
        save(unit, two, version=1, trained=6)
    assert answer(unit, "trained").value == 5


def test_text_that_looks_like_markup_is_kept_as_it_is():
    unit = reports.questionnaire(reports.opened(reports.lead()))
    text = "<script>alert(1)</script> \x00" + "a" * 5_000
    save(unit, factories.member("qltt", Role.SUPERVISOR), results=text)
    assert answer(unit, "results").words == text.replace("\x00", "")


def test_the_log_holds_no_words():
    report = reports.opened(reports.lead())
    reports.sent(report, "qltt", results="Bí mật của đơn vị", received=9, reason_received="Lý do riêng")
    logged = str(list(Event.objects.filter(stream=report.stream).values_list("data", "actor")))
    assert "Bí mật" not in logged
    assert "Lý do" not in logged


def test_an_answer_that_is_not_named_stays():
    unit = reports.questionnaire(reports.opened(reports.lead()))
    by = factories.member("qltt", Role.SUPERVISOR)
    unit = save(unit, by, trained=5)
    trained = answer(unit, "trained").question_id
    results = answer(unit, "results").question_id
    save_answers(questionnaire_id=unit.pk, by=by, version=unit.version, given={results: Given(words="Mới")})
    assert Answer.objects.get(questionnaire=unit, question=trained).value == Decimal(5)


@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_lose_nothing():
    with clock.frozen(reports.OPENED):
        unit = reports.questionnaire(reports.opened(reports.lead()))
        people = [factories.member("qltt", Role.SUPERVISOR) for _ in range(2)]
    tries = [lambda by=by, n=n: save(unit, by, version=1, trained=n) for n, by in enumerate(people, 1)]
    assert in_threads(*tries) == ["StaleReport", "done"]
    connection.close()
    assert Questionnaire.objects.get(pk=unit.pk).version == 2
    assert Event.objects.filter(kind="report.saved").count() == 1
