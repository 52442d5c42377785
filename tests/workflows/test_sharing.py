"""What goes along with an offer is kept to everywhere: remarks, files, papers, search; and what an offer must say."""

from datetime import timedelta

import pytest

from agencies.actors import Member, System
from agencies.models import Province
from complaints.models import Evidence
from events import chain, clock
from events.models import Event
from tests import factories
from tests.factories import journeys
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed
from workflows.models import Case, Paper, PhoneCall, Referral, Remark
from workflows.referral_sheet import Sheet
from workflows.selectors.receipts import find_receipt
from workflows.selectors.sharing import files_for
from workflows.services import correspondence, referral
from workflows.services.access import open_evidence
from workflows.services.referral_terms import Call, Shared

pytestmark = pytest.mark.django_db


@pytest.fixture
def sct() -> Member:
    return factories.member("sct")


@pytest.fixture
def police() -> Member:
    return factories.member("congan")


def file_of(case: Case, name: str) -> Evidence:
    return Evidence.objects.create(
        complaint=case.complaint, file="evidence/none", sha256="0" * 64, size=1, media_type="image/jpeg",
        original_name=name, added_at=clock.now(),
    )  # fmt: skip


def refer(case: Case, by: Member, to: Member, shared: Shared | None = None, **more) -> Referral:
    referral.refer_case(
        case_id=case.pk, to=to.agency, by=by, reason="Thuộc thẩm quyền.", version=case.version, shared=shared, **more
    )
    return Referral.objects.get(case=case, state="offered")


def texts(case: Case, by: Member) -> set[str]:
    return set(Remark.objects.filter(case=case).visible_to(by).values_list("text", flat=True))


def urgent_crime(by: Member) -> Case:
    case = journeys.accepted(by, kind="crime").case
    Case.objects.filter(pk=case.pk).update(urgent=True)
    return Case.objects.select_related("owner__kind", "complaint").get(pk=case.pk)


@pytest.mark.parametrize(("shared", "seen"), [(True, {"Chung", "Thuộc thẩm quyền."}), (False, {"Thuộc thẩm quyền."})])
def test_notes_for_every_agency_go_along_or_not(sct, police, shared, seen):
    case = journeys.accepted(sct).case
    correspondence.add_note(case_id=case.pk, by=sct, text="Chung", audience="shared")
    correspondence.add_note(case_id=case.pk, by=sct, text="Riêng", audience="agency")
    refer(case, sct, police, Shared(notes=shared))
    assert texts(case, police) == seen
    assert texts(case, sct) == {"Chung", "Riêng", "Thuộc thẩm quyền."}


def test_what_was_kept_back_is_the_targets_once_it_takes_the_case(sct, police):
    case = journeys.accepted(sct).case
    correspondence.add_note(case_id=case.pk, by=sct, text="Chung", audience="shared")
    file = file_of(case, "a.jpg")
    refer(case, sct, police, Shared(notes=False, files=()))
    taken = referral.take_referral(case_id=case.pk, by=police, version=case.version + 1)
    assert "Chung" in texts(case, police)
    assert list(files_for(police, taken)) == [file]
    assert texts(case, sct) == set()


def test_only_the_files_chosen_go_along(sct, police):
    case = journeys.accepted(sct).case
    chosen, kept = file_of(case, "chosen.jpg"), file_of(case, "kept.jpg")
    refer(case, sct, police, Shared(files=[chosen.pk]))
    offered = Case.objects.get(pk=case.pk)
    assert list(files_for(police, offered)) == [chosen]
    assert list(files_for(sct, offered)) == [chosen, kept]
    with pytest.raises(CaseNotFound):
        open_evidence(case_id=case.pk, by=police, evidence_id=kept.pk)


def test_a_file_of_another_case_is_not_shared(sct, police):
    case, other = journeys.accepted(sct).case, journeys.accepted(sct).case
    with pytest.raises(InvalidInput):
        refer(case, sct, police, Shared(files=[file_of(other, "x.jpg").pk]))
    assert Case.objects.get(pk=case.pk).state == "accepted"


def test_an_agency_that_is_not_competent_needs_a_written_reason(sct):
    agency = factories.agency("thue", tracks=["violation"])
    target = Member(sct.person, agency, frozenset({"intake"}))
    case = journeys.accepted(sct, kind="consumer").case
    with pytest.raises(InvalidInput) as raised:
        refer(case, sct, target)
    assert raised.value.field == "explanation"
    assert refer(case, sct, target, explanation="Có hóa đơn giả.").explanation.text == "Có hóa đơn giả."


def test_another_province_needs_a_reason_and_takes_the_case_along(sct):
    vinh_long = factories.province("86", "Vĩnh Long")
    other = factories.member("sct86")
    other.agency.provinces.set([vinh_long])
    case = journeys.accepted(sct).case
    number = case.number
    with pytest.raises(InvalidInput) as raised:
        refer(case, sct, other)
    assert raised.value.field == "explanation"
    offer = refer(case, sct, other, explanation="Người bán ở Vĩnh Long.", province="86")
    assert offer.to_province_id == "86"
    assert Case.objects.get(pk=case.pk).province_id == "82"
    taken = referral.take_referral(case_id=case.pk, by=other, version=case.version + 1)
    assert (taken.province_id, taken.number, taken.owner_id) == ("86", number, other.agency.pk)
    told = Event.objects.get(kind="case.referral_taken").data
    assert (told["province"], told["province_before"]) == ("86", "82")
    assert find_receipt(offer.pk, sct).passed.target == other.agency
    assert isinstance(Case.objects.get(pk=case.pk).province, Province)


def test_an_urgent_crime_report_goes_by_telephone_first(sct, police):
    case = urgent_crime(sct)
    with pytest.raises(InvalidInput) as raised:
        refer(case, sct, police)
    assert raised.value.field == "spoken_to"
    refer(case, sct, police, call=Call("Trực ban 113", clock.now(), "Cử người nhận ngay."))
    call = PhoneCall.objects.get()
    told = Event.objects.get(kind="case.phoned").data
    assert "Trực ban" not in str(told)
    assert told["digest"] == chain.salted_digest(call.salt, "Trực ban 113\nCử người nhận ngay.")


def test_a_call_is_recorded_after_the_system_offered_the_case(sct, police):
    receipt = factories.lodge(kind="crime", money_moved_at=clock.now() - timedelta(hours=1), amount=5_000_000)
    call = Call("Trực ban", clock.now(), "Đang nhận.")
    referral.record_call(case_id=receipt.case_id, by=sct, call=call)
    referral.record_call(case_id=receipt.case_id, by=police, call=call)
    with pytest.raises(InvalidInput):
        later = Call("Trực ban", clock.now() + timedelta(hours=2), "x")
        referral.record_call(case_id=receipt.case_id, by=sct, call=later)
    case = Case.objects.get(pk=receipt.case_id)
    referral.take_referral(case_id=case.pk, by=police, version=case.version)
    with pytest.raises(MoveNotAllowed):
        referral.record_call(case_id=case.pk, by=police, call=call)
    assert PhoneCall.objects.count() == 2


def test_the_sheet_is_issued_with_the_offer_and_not_without_it(sct, police):
    case = journeys.accepted(sct, kind="crime").case
    with pytest.raises(InvalidInput):
        refer(case, sct, police, Shared(files=[999_999]), sheet=Sheet())
    assert not Paper.objects.exists()
    offer = refer(case, sct, police, sheet=Sheet())
    assert (offer.paper.symbol, offer.paper.content["rows"][0]) == ("01/PC-SCT", ["Mã hồ sơ", case.number])
    assert list(Paper.objects.visible_to(police)) == [offer.paper]
    assert "Trần Thị Mẫu" not in str(offer.paper.content)


def test_only_a_state_agency_recommends_prosecution(sct, police):
    association = factories.member("hoi")
    sheet = Sheet(recommends=True)
    case = journeys.accepted(sct, kind="crime").case
    offer = refer(case, sct, police, sheet=sheet)
    assert (offer.paper.symbol, offer.paper.content["addressees"]) == ("01/SCT", [police.agency.name])
    case = journeys.accepted(sct, kind="consumer").case
    with pytest.raises(InvalidInput):
        refer(case, sct, police, sheet=sheet)
    case = journeys.taken(sct, association, kind="crime").case
    with pytest.raises(InvalidInput):
        refer(case, association, police, sheet=sheet)


def test_a_paper_for_every_agency_is_kept_back_with_the_notes(sct, police):
    case = journeys.accepted(sct, kind="crime").case
    first = refer(case, sct, police, sheet=Sheet())
    case = referral.recall_referral(case_id=case.pk, by=sct, version=Case.objects.get(pk=case.pk).version, reason="x")
    second = refer(case, sct, police, Shared(notes=False), sheet=Sheet())
    assert set(Paper.objects.visible_to(police)) == {second.paper}
    assert set(Paper.objects.visible_to(sct)) == {first.paper, second.paper}


def test_the_receipt_keeps_ones_own_notes_and_nothing_of_the_case(sct, police):
    case = journeys.accepted(sct).case
    correspondence.add_note(case_id=case.pk, by=sct, text="Riêng Sở", audience="agency")
    offer = refer(case, sct, police, sheet=Sheet())
    with pytest.raises(CaseNotFound):
        find_receipt(offer.pk, sct)
    correspondence.add_note(case_id=case.pk, by=police, text="Của công an", audience="shared")
    referral.take_referral(case_id=case.pk, by=police, version=case.version + 1)
    receipt = find_receipt(offer.pk, sct)
    assert [note.text for note in receipt.notes] == ["Riêng Sở", "Thuộc thẩm quyền."]
    assert receipt.paper == offer.paper
    with pytest.raises(CaseNotFound):
        find_receipt(offer.pk, police)


def test_the_system_offers_without_telephone_or_paper(police):
    receipt = factories.lodge(kind="crime", money_moved_at=clock.now() - timedelta(hours=1))
    offer = Referral.objects.get(case=receipt.case_id)
    assert (offer.paper, offer.shares_identity, offer.shares_files) == (None, True, "all")
    assert isinstance(System("routing"), System)
