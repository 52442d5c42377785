import pytest

from agencies.actors import Citizen, Overseer, System
from agencies.models import Role
from tests import factories
from workflows.models import Case, Remark
from workflows.selectors.timeline import case_timeline
from workflows.services.acceptance import accept_case
from workflows.services.access import record_access, show_identity
from workflows.services.correspondence import add_note
from workflows.services.referral import refer_case, take_referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def case():
    return factories.case()


@pytest.mark.parametrize("role", [Role.INTAKE, Role.HANDLER, Role.SUPERVISOR])
def test_case_roles_of_the_owner_see_it(case, role):
    assert list(Case.objects.visible_to(factories.member("sct", role))) == [case]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN])
def test_other_roles_of_the_owner_see_no_case(case, role):
    assert not Case.objects.visible_to(factories.member("sct", role)).exists()


def test_other_agencies_see_nothing(case):
    for code in ("congan", "qltt", "hoi", "commune1"):
        assert not Case.objects.visible_to(factories.member(code)).exists()


def test_who_only_assists_sees_what_was_lodged_there(case):
    front = factories.agency("mattran", assisted_intake_only=True)
    lodged_there = factories.case(received_at_agency=front.pk, origin="counter")
    assert list(Case.objects.visible_to(factories.member("mattran"))) == [lodged_there]


def test_the_citizen_sees_the_own_one(case):
    factories.case()
    assert list(Case.objects.visible_to(Citizen(case.complaint_id))) == [case]
    assert not Case.objects.visible_to(Citizen(None)).exists()


def test_an_overseer_sees_figures_only_and_the_system_all(case):
    assert not Case.objects.visible_to(Overseer(factories.person(), "82")).exists()
    assert Case.objects.visible_to(System("test")).count() == 1


def test_no_row_comes_twice(case):
    sql = str(Case.objects.visible_to(factories.member("sct")).query).upper()
    assert "DISTINCT" not in sql
    assert "LEFT OUTER JOIN" not in sql


def test_who_only_assists_reads_what_the_citizen_reads():
    """Not what the agencies write to each other, nor who looked at what."""
    front = factories.agency("mattran", assisted_intake_only=True)
    case = factories.case(received_at_agency=front.pk, origin="counter")
    owner, follower = factories.member("sct"), factories.member("mattran")
    add_note(case_id=case.pk, by=owner, text="Giữa các cơ quan.", audience="shared")
    show_identity(case_id=case.pk, by=owner)
    accept_case(case_id=case.pk, by=owner, version=case.version)
    assert not Remark.objects.filter(case=case).visible_to(follower).exists()
    assert [entry.kind for entry in case_timeline(case, follower)] == ["case.lodged", "case.accepted"]
    assert len(case_timeline(case, owner)) == 4


def test_who_of_the_police_looked_is_not_told_to_the_next_owner():
    sct, police = factories.member("sct"), factories.member("congan")
    case = factories.case(kind="crime")
    record_access(case_id=case.pk, by=sct, kind="case.printed")
    case = refer_case(case_id=case.pk, to=police.agency, by=sct, reason="Có dấu hiệu tội phạm.", version=case.version)
    case = take_referral(case_id=case.pk, by=police, version=case.version)
    record_access(case_id=case.pk, by=police, kind="case.printed")
    case = refer_case(case_id=case.pk, to=sct.agency, by=police, reason="Không có dấu hiệu.", version=case.version)
    for reader in (sct, police):
        looks = [entry for entry in case_timeline(case, reader) if entry.kind == "case.printed"]
        assert [reader.agency.name in look.sentence for look in looks] == [True]
