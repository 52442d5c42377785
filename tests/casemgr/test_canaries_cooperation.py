"""Unique tokens in everything a helping agency must not read; all it can reach by links is read."""

import pytest

from complaints.lodgement import Person
from events.relay import Relay
from search.selectors import find_cases
from tests import factories
from tests.casemgr.test_canaries import read_everything
from tests.factories import cooperation as help_
from tests.factories import journeys
from workflows.models import Case
from workflows.services import cooperation, joint_action, referral
from workflows.services.cooperation import Shared
from workflows.services.correspondence import add_note

pytestmark = pytest.mark.django_db(transaction=True)
IDENTITY, STORY, NOTE, OTHERS = (f"canhbao{word}xyz" for word in ("danhtinh", "loike", "ghichu", "coquankhac"))
SUMMARY, ASKED, GIVEN, BOARD = (f"chiase{word}xyz" for word in ("tomtat", "yeucau", "ketqua", "bangchung"))
SECRET = {IDENTITY, STORY, NOTE, OTHERS}
SHOWN = {SUMMARY, ASKED, GIVEN, BOARD}
STARTS = ("/backoffice/", "/backoffice/cooperation/", "/backoffice/cooperation/?tab=joint", "/backoffice/inbox/")


@pytest.fixture
def people():
    """The owner, who asked one agency for help, another for other help, and started an action with the first."""
    sct, qltt, police = (factories.member(code) for code in ("sct", "qltt", "congan"))
    case = journeys.investigating(sct, kind="violation", narrative=f"Chuyện {STORY}", person=Person(name=IDENTITY)).case
    add_note(case_id=case.pk, by=sct, text=NOTE, audience="shared")
    found = help_.taken(case, sct, qltt, text=ASKED, shared=Shared(summary=SUMMARY))
    other = help_.taken(case, sct, police, text=OTHERS, shared=Shared(summary=OTHERS))
    cooperation.contribute(cooperation_id=other.pk, by=police, text=OTHERS)
    action = help_.action(case, sct, qltt.agency)
    joint_action.report(action_id=action.pk, by=sct, text=BOARD)
    Relay().run_until_idle()
    return {"case": case, "found": found, "sct": sct, "qltt": qltt, "hoi": factories.member("hoi")}


def read(member, case) -> set[str]:
    text = read_everything(member, *STARTS, f"/backoffice/cases/{case.number}/", f"/backoffice/search/?q={STORY}")
    return {word for word in SECRET | SHOWN if word in text}


def test_who_helps_reads_what_was_shared_while_it_works_and_no_more(people):
    case, qltt = people["case"], people["qltt"]
    assert read(qltt, case) == {SUMMARY, ASKED, BOARD}
    assert read(people["hoi"], case) == set()
    cooperation.contribute(cooperation_id=people["found"].pk, by=qltt, text=GIVEN)
    Relay().run_until_idle()
    assert read(qltt, case) == {ASKED, GIVEN, BOARD}
    assert not [word for word in sorted(SECRET | SHOWN) if find_cases(qltt, word, limit=5).hits]


def test_a_past_owner_reads_nothing_of_the_help_it_asked_for(people):
    case, sct = people["case"], people["sct"]
    cyber = factories.member("cyber")
    moved = referral.refer_case(
        case_id=case.pk, to=cyber.agency, by=sct, reason="Chuyển.", version=Case.objects.get(pk=case.pk).version
    )
    referral.take_referral(case_id=case.pk, by=cyber, version=moved.version)
    cooperation.contribute(cooperation_id=people["found"].pk, by=people["qltt"], text=GIVEN)
    Relay().run_until_idle()
    assert read(sct, case) == set()
    assert read(cyber, case) >= {STORY, SUMMARY, ASKED, GIVEN, BOARD, OTHERS}
