"""Figures: timeliness and satisfaction, for those who may read them, and never of a group small enough to guess."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from agencies.actors import Member, Overseer
from agencies.models import Membership, Role
from events import clock
from tests import factories
from tests.backoffice.conftest import sign_in
from tests.backoffice.test_queue import many
from tests.factories import journeys
from workflows.deadlines import HANOI
from workflows.jobs import run_clocks
from workflows.models import Milestone, Party, Satisfaction, SatisfactionTarget
from workflows.periods import Period, recent
from workflows.selectors.clocks import LateFigures, late_figures
from workflows.selectors.figures import MIN_GROUP, agencies_told, figures, provinces_told
from workflows.services.targets import load_satisfaction_targets

pytestmark = [pytest.mark.django_db, pytest.mark.both_profiles]
FIGURES = "/backoffice/figures/"
NOVEMBER = datetime(2026, 11, 10, 9, tzinfo=HANOI)
MONTH = Period.parse("2026-11")


@pytest.fixture(autouse=True)
def _november():
    with clock.frozen(datetime(2026, 11, 25, 9, tzinfo=HANOI)):
        yield


def answers(agency, scores, *, party=Party.CITIZEN, at=NOVEMBER, late=0, kind="answered") -> None:
    """Answers of the agency with these scores (None: not rated), the first ``late`` of them too late."""
    for n, (case, score) in enumerate(zip(many(agency, len(scores)), scores, strict=True)):
        due = at + timedelta(days=-1 if n < late else 1)
        reached = Milestone.objects.create(case=case, agency=agency, kind=kind, reached_at=at, due_at=due)
        if score is not None:
            Satisfaction.objects.create(case=case, answer=reached, agency=agency, party=party, score=score, given_at=at)


def overseer() -> Overseer:
    person = factories.person()
    Membership.objects.create(person=person, province=factories.province(), role=Role.OVERSEER)
    return Overseer(person, factories.province().pk)


def line_of(agency, **options):
    (line,) = figures([agency], MONTH, **options).lines
    return line


def test_in_time_and_late_are_counted_by_the_limit_that_ran(sct):
    answers(sct.agency, [None] * 5, late=2)
    answers(sct.agency, [None] * 3, kind="refused")
    answers(sct.agency, [None] * 2, kind="taken", late=1)
    answers(sct.agency, [None], at=NOVEMBER - timedelta(days=30))
    line = line_of(sct.agency)
    assert (line.answers.in_time, line.answers.late, line.answers.percent) == (6, 2, 75)
    assert (line.transfers.in_time, line.transfers.late) == (1, 1)


def test_what_had_no_limit_is_not_counted(sct):
    answers(sct.agency, [None])
    Milestone.objects.update(due_at=None)
    assert (line_of(sct.agency).answers.percent, line_of(sct.agency).answers.unlimited) == (None, 1)


def test_satisfied_are_four_and_five_and_both_sides_are_told_apart(sct):
    answers(sct.agency, [5, 4, 3, 5, 1])
    answers(sct.agency, [5, 5, 5, 5, 5], party=Party.BUSINESS)
    shares = line_of(sct.agency).satisfaction
    assert (shares[Party.CITIZEN].percent, shares[Party.BUSINESS].percent) == (60, 100)


def test_the_target_is_a_row_with_a_year_and_the_provinces_own_comes_first(sct):
    load_satisfaction_targets()
    answers(sct.agency, [5] * 8 + [1])
    found = figures([sct.agency], MONTH)
    # 8 of 9 is 88.9: not 90, however it is rounded.
    assert (found.target.percent, found.lines[0].satisfaction[Party.CITIZEN].reaches(found.target)) == (90, False)
    assert figures([sct.agency], Period.parse("2025")).target is None
    assert figures([sct.agency], Period.parse("2031-Q1")).target.percent == 95
    SatisfactionTarget.objects.create(province=factories.province(), year=2026, percent=85, source="Kế hoạch của tỉnh")
    assert figures([sct.agency], MONTH).target.percent == 85
    assert load_satisfaction_targets().touched == 0


def test_fewer_than_five_answers_are_not_told_and_no_sum_gives_them_away(sct, police, association):
    answers(sct.agency, [5] * 6)
    answers(police.agency, [1] * (MIN_GROUP - 1))
    whole = figures([sct.agency, police.agency], MONTH)
    assert [line.satisfaction[Party.CITIZEN].is_hidden for line in whole.lines] == [False, True]
    together = whole.together.satisfaction[Party.CITIZEN]
    assert (together.given, together.percent, together.is_partial) == (6, 100, True)
    page = sign_in(sct).get(FIGURES, {"period": "2026-11"})
    assert "too few" in page.content.decode()
    assert "60\u00a0%" not in page.content.decode()
    answers(association.agency, [5] * 2)
    several = figures([sct.agency, police.agency, association.agency], MONTH)
    together = several.together.satisfaction[Party.CITIZEN]
    assert (together.given, together.percent, together.is_partial) == (12, 66, False)


def test_who_sees_whose_figures(sct, police):
    many(sct.agency, 1)
    many(police.agency, 1)

    def seen(actor):
        return {agency.code for agency in agencies_told(actor) or []}

    assert seen(sct) == {"sct", "congan"} == seen(overseer())
    assert seen(factories.member("sct", Role.HANDLER)) == {"sct"}
    assert seen(police) == {"congan"}
    assert agencies_told(factories.member("sct", Role.AUDITOR)) is None
    assert agencies_told(None) is None


def test_an_overseer_opens_the_figures_and_no_case(sct):
    answers(sct.agency, [5] * 5)
    actor = overseer()
    client = sign_in(Member(actor.person, sct.agency, frozenset()))
    page = client.get(FIGURES, {"period": "2026-11"})
    assert page.status_code == 200
    assert "100\u00a0% of 5" in page.content.decode()
    assert FIGURES in client.get("/backoffice/").content.decode()
    assert client.get("/backoffice/board/").status_code == 403


def test_limits_that_run_are_told_to_overseers_and_the_lead_agencys_supervisors(sct, police):
    case = journeys.accepted(sct).case

    def heading(client) -> bool:
        return "Limits running today" in client.get(FIGURES).content.decode()

    with clock.frozen(case.due_at + timedelta(days=1)):
        run_clocks()
        assert late_figures(provinces_told(overseer())) == [LateFigures("consumer", running=1, late=1, reported=0)]
        assert heading(sign_in(sct))
        assert not heading(sign_in(police))
        assert not heading(sign_in(factories.member("sct", Role.HANDLER)))


@pytest.mark.parametrize("period", ["2026-11", "2026-Q4", "2026", "", "x", "2026-13", "9999", "0000-01"])
def test_any_period_gets_a_page(sct, period):
    answers(sct.agency, [5] * 5)
    page = sign_in(sct).get(FIGURES, {"period": period})
    assert page.status_code == 200
    assert "100\u00a0% of 5" in page.content.decode()


def test_periods_are_whole_and_in_hanoi_time():
    quarter = Period.parse("2026-Q4")
    assert (quarter.start.isoformat(), quarter.end.isoformat()) == (
        "2026-10-01T00:00:00+07:00", "2027-01-01T00:00:00+07:00"
    )  # fmt: skip
    today = quarter.first
    assert [p.code for p in recent(1, today, 3)] == ["2026-10", "2026-09", "2026-08"]
    assert [p.code for p in recent(3, today, 2)] == ["2026-Q4", "2026-Q3"]
    assert [p.code for p in recent(12, today, 2)] == ["2026", "2025"]
    for wrong in ("2026-00", "26-11", "2026-Q5", "1999"):
        with pytest.raises(ValueError, match=wrong):
            Period.parse(wrong)


def test_the_download_holds_no_formula(sct):
    sct.agency.name = '=HYPERLINK("http://x")'
    sct.agency.save()
    answers(sct.agency, [5] * 5)
    answer = sign_in(sct).get(FIGURES, {"period": "2026-11", "format": "csv"})
    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Type"].startswith("text/csv")
    assert "'=HYPERLINK" in text
    assert "100\u00a0% of 5" in text


def test_the_page_costs_the_same_at_any_size(sct, police):
    client = sign_in(sct)
    client.get(FIGURES)
    counted = []
    for more in (3, 60):
        answers(sct.agency, [5] * more)
        answers(police.agency, [5] * more)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(FIGURES, {"period": "2026-11"}).status_code == 200
        counted.append(len(captured))
    assert counted[0] == counted[1]
    assert counted[1] <= 12, [q["sql"][:100] for q in captured]
