import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command
from django.db.models import Count
from stdnum.vn import mst

from agencies.actors import member, memberships_of
from agencies.models import Agency, User
from bulletins.models_reports import Answer, Report
from bulletins.selectors_published import published_items
from bulletins.services.items import draft_from_case
from casemgr.demo import PASSWORD, PROVINCE, SOURCE, content, loading, playing, variation
from casemgr.demo.bulletin import publish_bulletin
from complaints import codes
from complaints.models import Complaint, Evidence, Indicator, Kind, RespondentContact
from events import chain, clock
from events.models import Event
from scripts import run
from tests.sharing import shared_rows
from workflows.deadlines import HANOI
from workflows.models import (
    Case,
    Cooperation,
    Discovery,
    JointAction,
    Letter,
    LetterKind,
    Offer,
    Purpose,
    Referral,
    ResolutionProposal,
    Satisfaction,
    Settlement,
    Side,
)
from workflows.states import Stance, State

# A tracking code: its groups.
CODE = r"\w{5}(-\w{5,6}){4}$"
STORIES = content.stories()
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=HANOI)


@pytest.fixture(scope="class")
def demo(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """The demo, loaded once for a class of tests after an earlier loading broke off; rolled back at the end."""
    with shared_rows(django_db_blocker):
        call_command("load_reference", verbosity=0)
        loading.province.install(with_password=True)
        playing.play(STORIES[0], NOW)
        call_command("load_demo", verbosity=0)
        yield


@pytest.mark.usefixtures("demo", "db")
class TestLoaded:
    def test_one_report_is_open_and_some_units_have_reported(self) -> None:
        report = Report.objects.get(province=PROVINCE)
        assert report.is_open
        states = dict(report.questionnaires.values_list("state").annotate(n=Count("pk")).order_by())
        assert (states["submitted"], states["returned"]) == (4, 1)
        assert states["due"] > 90
        assert not Answer.objects.filter(questionnaire__submitted_at__gt=clock.now()).exists()

    def test_sixty_cases_over_twelve_months_of_all_kinds(self) -> None:
        demo = Complaint.objects.filter(source=SOURCE)
        assert demo.count() == len(STORIES) == 60
        assert set(demo.values_list("kind", flat=True)) == set(Kind.values)
        assert len({(at.year, at.month) for at in demo.values_list("lodged_at", flat=True)}) >= 12
        assert demo.filter(is_anonymous=True).count() >= 5
        assert demo.exclude(vulnerability="").count() >= 5
        assert set(demo.values_list("origin", flat=True)) == {"web", "counter", "phone", "own_initiative"}

    def test_every_state_a_case_can_reach_appears(self) -> None:
        assert set(Case.objects.values_list("state", flat=True)) == set(State)

    def test_a_bulletin_of_last_month_is_published_once(self, settings: pytest.FixtureRequest, tmp_path: Path) -> None:
        settings.SIGNING_DEMO = str(tmp_path)  # type: ignore[attr-defined]
        version = publish_bulletin()
        assert version is not None
        assert (version.state, version.signed_as) == ("published", "Khóa minh họa - không có giá trị")
        assert {"product", "violator", "advice", "knowledge"} <= set(
            published_items(PROVINCE).values_list("kind", flat=True)
        )
        assert publish_bulletin() is None

    def test_businesses_answered_kept_silent_and_are_waited_for(self) -> None:
        stances = set(Case.objects.values_list("respondent_stance", flat=True))
        assert {Stance.DISPUTES, Stance.SILENT} <= stances
        assert RespondentContact.objects.exclude(verified_at=None).count() >= 4
        waiting = Case.objects.filter(state=State.AWAITING_RESPONDENT)
        assert waiting.exists()
        assert not waiting.exclude(respondent_links__purpose=Purpose.ANSWER).exists()

    def test_an_offer_lies_on_the_table_and_minutes_are_confirmed_by_both(self) -> None:
        assert Offer.objects.get(state=Offer.State.OPEN).room.case.state == State.NEGOTIATING
        minutes = Settlement.objects.get()
        assert set(minutes.confirmations.values_list("side", flat=True)) == {Side.COMPLAINANT, Side.RESPONDENT}

    def test_a_proposal_waits_for_a_supervisor_and_another_was_confirmed(self) -> None:
        states = ResolutionProposal.objects.values_list("state", "agency__code")
        assert sorted(states) == [("confirmed", "nnmt"), ("pending", "nnmt")]

    def test_agencies_help_each_other_in_time_and_late(self) -> None:
        asked = {row.case.complaint.source_id: row for row in Cooperation.objects.select_related("case__complaint")}
        assert asked["v14"].state == Cooperation.State.TAKEN
        assert asked["v12"].is_overdue(clock.now())
        tasks = JointAction.objects.get().tasks.values_list("agency__code", "state")
        assert sorted(tasks) == [("congan", "taken"), ("qltt", "done")]

    def test_offers_are_overdue_and_were_sent_back(self) -> None:
        offers = Referral.objects.all()
        assert offers.filter(state=Referral.State.OFFERED).exclude(overdue_at=None).exists()
        assert offers.filter(state=Referral.State.RETURNED).exists()

    def test_a_duplicate_an_own_finding_and_letters(self) -> None:
        assert Case.objects.get(duplicate_of__complaint__source_id="f02").complaint.source_id == "f11"
        assert Discovery.objects.get().case.complaint.source_id == "v14"
        assert set(Letter.objects.values_list("kind", flat=True)) == {LetterKind.QUICK, LetterKind.OFFICIAL}

    def test_one_agency_was_rated_often_enough_for_shares(self) -> None:
        assert Satisfaction.objects.filter(agency__code="hoi").count() >= 5

    def test_every_agency_has_open_work(self) -> None:
        owners = set(Case.objects.open().values_list("owner__code", flat=True))
        offered = set(Case.objects.open().values_list("offered_to__code", flat=True))
        assert owners | offered >= set(Agency.objects.exclude(kind="press").values_list("code", flat=True))

    def test_reports_about_one_seller_share_an_identifier(self) -> None:
        shared = Indicator.objects.values("value").annotate(n=Count("complaint", distinct=True)).filter(n__gte=3)
        assert {"+84900000111", "0000900111", "0000800088"} <= set(shared.values_list("value", flat=True))

    def test_history_is_whole_ordered_and_past(self) -> None:
        for stream in Event.objects.filter(stream__startswith="case:").values_list("stream", flat=True).distinct():
            events = list(Event.objects.filter(stream=stream).order_by("sequence"))
            assert [event.at for event in events] == sorted(event.at for event in events)
            assert all(event.hash == chain.digest(event) for event in events)
        assert not Event.objects.filter(at__gt=datetime.now(HANOI)).exists()

    def test_the_files_of_a_story_are_evidence(self) -> None:
        assert Evidence.objects.count() == sum(len(story.facts.get("evidence", ())) for story in STORIES)
        assert set(Evidence.objects.values_list("media_type", flat=True)) == {"image/jpeg"}

    @pytest.mark.parametrize("agency", ["sct", "qltt", "congan", "cyber", "hoi", "commune1", "commune2"])
    def test_every_role_of_an_agency_has_an_account(self, agency: str) -> None:
        for role in ("intake", "handler", "supervisor", "editor", "approver", "auditor", "admin"):
            person = User.objects.get(email=f"{role}@{agency}.dongthap.example")
            assert [(m.role, m.agency.code) for m in memberships_of(person) if m.agency] == [(role, agency)]

    def test_the_broadcaster_is_handed_the_bulletins_and_no_case_is_referred_to_it(self) -> None:
        held = memberships_of(User.objects.get(email="press@ptth.dongthap.example"))
        assert [(m.role, m.agency.assisted_intake_only) for m in held if m.agency] == [("press", True)]

    def test_the_overseer_and_the_person_of_two_agencies(self) -> None:
        overseer = User.objects.get(email="overseer@dongthap.example")
        assert [(m.role, m.province_id) for m in memberships_of(overseer)] == [("overseer", PROVINCE)]
        liaison = User.objects.get(email="lienngach@dongthap.example")
        assert {m.agency.code for m in memberships_of(liaison) if m.agency} == {"sct", "qltt"}

    def test_one_editor_handles_cases_and_drafts_a_warning_from_one(self) -> None:
        by = member("bientap@dongthap.example")
        case = Case.objects.visible_to(by).filter(state=State.INVESTIGATING).first()
        assert case is not None
        assert draft_from_case(case=case, by=by).sources.get().case == case
        assert not Case.objects.visible_to(member("editor@sct.dongthap.example")).exists()

    def test_the_password_opens_the_accounts_of_this_profile_only(self) -> None:
        assert check_password(PASSWORD, User.objects.get(email="intake@sct.dongthap.example").password)

    def test_a_second_run_adds_nothing_and_is_quick(self, capsys: pytest.CaptureFixture[str]) -> None:
        started = time.monotonic()
        call_command("load_demo")
        assert time.monotonic() - started < 1
        assert "already loaded: 60 cases" in capsys.readouterr().out
        assert Complaint.objects.count() == 60

    def test_cases_go_on_with_variations_until_there_are_enough(self) -> None:
        call_command("load_demo", cases=75, verbosity=0)
        assert Complaint.objects.count() == 75
        call_command("load_demo", cases=90, verbosity=0)
        assert Complaint.objects.count() == 90
        texts = Complaint.objects.filter(source_id__startswith="variation-").values_list("narrative", flat=True)
        assert len(set(texts)) == 30

    def test_demo_accounts_shows_a_code_that_opens_a_case(
        self, settings: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]
    ) -> None:
        settings.PROFILE = "embedded"  # type: ignore[attr-defined]
        call_command("demo_accounts")
        out = capsys.readouterr().out
        assert PASSWORD in out
        assert "@cyber.dongthap.example" in out
        readme = (settings.BASE_DIR / "README.md").read_text(encoding="utf-8")  # type: ignore[attr-defined]
        block = next(part for part in readme.split("```text\n")[1:] if "Demo accounts" in part).partition("```")[0]
        said = iter([re.sub(CODE, "…", line) for line in f"› {run.address(8000)}\n{out}".splitlines()])
        # In its order, and to its last line; what a line with dots leaves out may be anything.
        shown = [re.sub(CODE, "…", line) for line in block.splitlines()]
        assert [line for line in shown if line.strip() != "…" and line not in said] == []
        assert next(said, None) is None
        states = []
        for line in out.splitlines()[-2:]:
            shown = codes.normalise_code(line.rsplit(":", 1)[1])
            assert shown is not None
            states.append(Complaint.objects.get(code_hash=codes.code_hash(shown)).case.state)
        assert states == [State.AWAITING_COMPLAINANT, State.NEGOTIATING]

    def test_every_agency_has_a_telephone_to_call(self) -> None:
        assert not Agency.objects.filter(phone="").exists()


@pytest.mark.django_db
def test_without_a_password_nobody_can_sign_in() -> None:
    call_command("load_reference", verbosity=0)
    loading.province.install(with_password=False)
    assert not any(person.has_usable_password() for person in User.objects.all())


def test_a_variation_tells_the_same_every_time() -> None:
    assert variation.vary(STORIES, 7, NOW) == variation.vary(STORIES, 7, NOW)
    assert variation.vary(STORIES, 7, NOW) != variation.vary(STORIES, 8, NOW)


@pytest.mark.django_db
def test_without_reference_data_it_says_what_to_run() -> None:
    with pytest.raises(CommandError, match="load_reference"):
        call_command("load_demo", verbosity=0)


def test_a_negative_number_of_cases_is_refused() -> None:
    with pytest.raises(CommandError, match="--cases"):
        call_command("load_demo", cases=-1)


def test_demo_accounts_refuses_outside_the_embedded_profile(settings: pytest.FixtureRequest) -> None:
    settings.PROFILE = "production"  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match="embedded profile only"):
        call_command("demo_accounts")
    assert django_settings.PROFILE == "production"


# --- the stories themselves ---------------------------------------------------------------------------------


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
def test_a_story_names_nobody_real(story: content.Story) -> None:
    seller, who = story.facts.get("seller", {}), story.facts.get("who", {})
    for phone in filter(None, [seller.get("phone"), who.get("phone")]):
        assert phone.replace(" ", "").startswith("0900000")
    assert seller.get("bank", ["", "0000"])[1].startswith("0000")
    assert not mst.is_valid(seller.get("tax_code", ""))
    assert who.get("email", ".example").endswith(".example")
    assert ".example" in seller.get("url", ".example") or "i.000" in seller["url"] or "i0000" in seller["url"]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)
@pytest.mark.parametrize("hour", [0, 6, 12, 23])
def test_a_story_happens_in_order_and_before_now(story: content.Story, hour: int) -> None:
    now = NOW.replace(hour=hour)
    instants = [story.lodged_at(now), *story.instants(now), now]
    assert instants == sorted(instants)
    assert len(set(instants)) == len(instants)


def test_officials_rest_at_weekends_and_the_police_do_not() -> None:
    saturday = datetime(2026, 11, 21, 9, 0, tzinfo=HANOI)
    step = content.Step(0, "10:00", "accept", "intake@sct", {})
    later = saturday + timedelta(days=30)
    calm = content.Story("x", 30, "09:00", {"urgent": False}, (step,))
    urgent = content.Story("x", 30, "09:00", {"urgent": True}, (step,))
    assert calm.instants(later)[0].weekday() == 0
    assert urgent.instants(later)[0].date() == saturday.date()
