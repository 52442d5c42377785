"""A case that is another's duplicate: what may be its primary, who is told, and what its citizen reads."""

import pytest

from agencies.actors import Citizen
from agencies.models import Province
from complaints.lodgement import Person
from events.models import Event
from tests import factories
from tests.factories import journeys
from workflows.errors import InvalidInput, StaleCase
from workflows.handlers_outcomes import tell_followers
from workflows.models import Case, Referral
from workflows.selectors.duplicates import followed_timeline, suggested_primaries
from workflows.selectors.timeline import public_timeline
from workflows.services import conclusion, correspondence, referral
from workflows.services.duplicates import link_duplicate

pytestmark = pytest.mark.django_db
WHY = "Việc này đã có người báo trước; hai phản ánh được xử lý chung."


@pytest.fixture
def sct():
    return factories.member("sct")


def link(case: Case, primary: Case | str, by) -> Case:
    number = primary if isinstance(primary, str) else primary.number
    return link_duplicate(case_id=case.pk, by=by, version=case.version, primary=number, explanation=WHY)


def refused(case: Case, primary, by) -> str:
    with pytest.raises(InvalidInput) as error:
        link(case, primary, by)
    return error.value.field


def test_a_duplicate_is_closed_and_points_to_its_primary(sct):
    primary, case = journeys.investigating(sct).case, journeys.accepted(sct).case
    case = link(case, primary.number.lower(), sct)
    assert (case.state, case.outcome, case.duplicate_of) == ("closed", "duplicate", primary)
    assert [e.kind for e in Event.objects.filter(stream=primary.stream)][-1] == "case.duplicate_joined"
    assert (public_timeline(case)[-1].kind, public_timeline(case)[-1].remark.text) == ("case.joined", WHY)


def test_an_open_offer_ends_with_it(sct):
    police = factories.member("congan")
    primary, case = journeys.lodged(sct).case, journeys.offered(sct, police.agency).case
    case = link(case, primary, sct)
    assert (case.offered_to, Referral.objects.get().state) == (None, "ended")
    assert not Case.objects.visible_to(police).exists()


def test_a_chain_is_followed_to_its_end_and_never_closed_to_a_circle(sct):
    first, second, third = (journeys.accepted(sct).case for _ in range(3))
    second = link(second, first, sct)
    assert link(third, second, sct).duplicate_of == first
    assert refused(first, second, sct) == "primary"
    assert refused(first, first, sct) == "primary"


def test_only_what_one_may_see_and_of_ones_province_is_a_primary(sct):
    police = factories.member("congan")
    case, foreign = journeys.accepted(sct).case, journeys.taken(sct, police).case
    elsewhere = journeys.accepted(sct).case
    Case.objects.filter(pk=elsewhere.pk).update(
        province=Province.objects.create(code="24", name="Bắc Ninh", kind="province", full_name="Tỉnh Bắc Ninh")
    )
    withdrawn = journeys.withdrawn(sct).case
    for primary in (foreign, elsewhere, withdrawn, "82-00000-00000", ""):
        assert refused(case, primary, sct) == "primary"


def test_at_the_end_of_a_chain_too_the_primary_must_be_visible(sct):
    police = factories.member("congan")
    first, second, third = (journeys.accepted(sct).case for _ in range(3))
    link(second, first, sct)
    offer = referral.refer_case(case_id=first.pk, to=police.agency, by=sct, reason="x", version=first.version)
    referral.take_referral(case_id=first.pk, by=police, version=offer.version)
    assert refused(third, second, sct) == "primary"


def test_who_is_late_is_told_so_before_anything_else(sct):
    case = journeys.closed(sct).case
    with pytest.raises(StaleCase):
        link_duplicate(case_id=case.pk, by=sct, version=1, primary="no such number", explanation="Trùng.")


def test_reopening_clears_the_link(sct):
    primary, case = journeys.lodged(sct).case, journeys.accepted(sct).case
    case = link(case, primary, sct)
    case = conclusion.reopen_case(case_id=case.pk, by=sct, version=case.version, reason="Hai vụ khác nhau.")
    assert (case.state, case.duplicate_of, case.outcome) == ("accepted", None, "")


def test_the_citizen_reads_what_the_agencies_did_and_nothing_of_the_other_sender(sct):
    police = factories.member("congan")
    secret = "Bí mật của người kia"
    primary = journeys.asked(sct, narrative=secret, person=Person(name=secret)).case
    correspondence.answer_question(case_id=primary.pk, by=Citizen(primary.complaint_id), version=None, answer=secret)
    correspondence.supplement_case(case_id=primary.pk, by=Citizen(primary.complaint_id), text=secret)
    primary.refresh_from_db()
    referral.refer_case(case_id=primary.pk, to=police.agency, by=sct, reason=secret, version=primary.version)
    case = link(journeys.accepted(sct).case, primary, sct)
    told = followed_timeline(case)
    assert [entry.kind for entry in told] == ["case.accepted", "case.assigned", "case.referred"]
    assert all(entry.remark is None and not entry.who for entry in told)
    said = " ".join(entry.sentence for entry in told)
    assert "Cơ quan congan" in said
    assert not [word for word in (secret, primary.number, str(sct.person)) if word in said]


def test_the_duplicates_citizens_are_told_once_when_the_primary_is_resolved(sct):
    primary = journeys.investigating(sct).case
    case = link(journeys.accepted(sct).case, primary, sct)
    further = Case.objects.get(pk=journeys.accepted(sct).case.pk)
    Case.objects.filter(pk=further.pk).update(duplicate_of=case, outcome="duplicate")
    conclusion.resolve_case(
        case_id=primary.pk, by=sct, version=primary.version, outcome="refunded", answer="Đã hoàn tiền."
    )
    events = list(Event.objects.filter(kind="case.resolved"))
    for _ in range(2):
        tell_followers(events)
    for told in (case, further):
        assert [entry.kind for entry in public_timeline(told)].count("case.primary_resolved") == 1
    assert "case.primary_resolved" not in [entry.kind for entry in public_timeline(primary)]


def test_suggestions_share_an_identifier_or_the_seller_and_are_visible(sct, django_assert_num_queries):
    police = factories.member("congan")
    phone = (("phone", "0912 345 678"),)
    case = journeys.lodged(sct, identifiers=phone, seller_name="Shop Hoa Súng").case
    same_number = journeys.lodged(sct, identifiers=phone, seller_name="Tên khác").case
    same_name = journeys.lodged(sct, seller_name="shop hoa súng").case
    journeys.lodged(sct, seller_name="Cửa hàng khác")
    journeys.taken(sct, police, identifiers=phone)
    journeys.withdrawn(sct, identifiers=phone)
    with django_assert_num_queries(1):
        assert suggested_primaries(case, sct) == [same_number, same_name]


def test_at_most_ten_are_suggested(sct):
    cases = [factories.case(seller_name="Shop Hoa Súng") for _ in range(12)]
    assert len(suggested_primaries(cases[0], sct)) == 10
