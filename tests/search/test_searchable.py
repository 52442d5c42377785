"""What a case holds is found: letters, the text of files, the business named, what was decided; by whom it may."""

import io

import pytest

from complaints.models import Evidence, FileText
from complaints.services.derivatives import process
from complaints.services.uploads import add_upload
from events.models import Event
from events.relay import Relay
from search.services import compare
from tests import factories
from tests.complaints.test_recording import draft
from tests.factories import business, journeys, letters
from tests.factories.files import pdf, with_text
from tests.search.test_finding import found
from tests.workflows.test_outcomes import full, resolve
from workflows.models import Case
from workflows.services import naming, referral
from workflows.services.correspondence import supplement_case
from workflows.services.referral_terms import Shared

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("own_storage")]


@pytest.fixture
def deliver(index):
    return lambda: Relay(["slow", "index"]).run_until_idle()


def with_file(data: bytes) -> Case:
    uploads = (add_upload(draft(), io.BytesIO(data), "hoa-don.pdf").pk,)
    return factories.case(narrative="Xem tệp đính kèm.", uploads=uploads)


def test_the_text_of_a_file_is_found_by_who_may_open_it(deliver, sct):
    case = with_file(with_text("Hoa don so 4471 mua noi com dien"))
    deliver()
    assert FileText.objects.get().text == "Hoa don so 4471 mua noi com dien"
    assert found(sct, "noi com dien") == found(sct, 'file:"com dien"') == [case]
    police = factories.member("congan")
    referral.refer_case(
        case_id=case.pk, to=police.agency, by=sct, reason="Chuyển.", version=Case.objects.get(pk=case.pk).version,
        explanation="Có dấu hiệu tội phạm.", shared=Shared(files=()),
    )  # fmt: skip
    deliver()
    assert found(police, "đính kèm") == [case]
    assert found(police, "noi com dien") == [], "files do not go along unless they are chosen"


def test_a_file_is_read_once_and_one_that_holds_no_text_is_not_tried_again(deliver):
    case = with_file(pdf())
    deliver()
    assert FileText.objects.get().text == ""
    assert not Event.objects.filter(kind="case.evidence_read").exists()
    again = with_file(with_text("Phieu bao hanh"))
    deliver()
    process(Evidence.objects.filter(complaint=again.complaint_id).select_related("complaint"), {})
    assert Event.objects.filter(kind="case.evidence_read", stream=again.stream).count() == 1
    assert case.pk != again.pk


def test_a_letters_words_are_found_as_soon_as_it_is_sent(deliver, sct):
    case = journeys.investigating(sct).case
    deliver()
    letters.letter(case, sct)
    assert compare().waiting == {case.pk}, "the letter is not indexed yet"
    deliver()
    assert (compare().is_none, compare().waiting) == (True, set())
    assert found(sct, "chúng tôi đang xem xét") == [case]


def test_the_business_named_is_found_by_the_agency_that_named_it(deliver, sct):
    case = journeys.investigating(sct).case
    named = business.respondent("Công ty TNHH Bạch Đàn", tax_code="0312345678")
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=named.pk)
    deliver()
    assert found(sct, "bạch đàn") == found(sct, "mst: 0312345678") == found(sct, "người bán:đàn") == [case]
    hoi = factories.member("hoi")
    fresh = Case.objects.get(pk=case.pk)
    referral.refer_case(case_id=case.pk, to=hoi.agency, by=sct, reason="Chuyển.", version=fresh.version)
    deliver()
    assert found(hoi, "gạch") == [case]
    assert found(hoi, "bạch đàn") == found(hoi, "0312345678") == []


def test_who_sells_as_a_person_is_not_indexed_by_name(deliver, sct):
    case = journeys.investigating(sct).case
    named = business.respondent("Lâm Thị Bằng Lăng", is_individual=True)
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=named.pk)
    deliver()
    assert found(sct, '"bằng lăng"') == []


def test_a_decision_is_found_by_its_number_and_its_goods(deliver, sct):
    fined, seized = resolve(full("sanctioned")), resolve(full("goods_seized"))
    deliver()
    assert found(sct, "15/QĐ-XPHC") == [fined]
    assert found(sct, '"kem dưỡng giả"') == [seized]


def test_each_kind_of_identifier_is_asked_for_alone(deliver, sct):
    case = factories.case(identifiers=[("phone", "0912345678"), ("bank_account", "19035678901234")])
    supplement_case(case_id=case.pk, by=sct, text="Thêm.")
    deliver()
    assert found(sct, "sđt: 0912 345 678") == found(sct, "stk: 1903 5678 9012 34") == [case]
    assert found(sct, "stk: 0912345678") == found(sct, "sđt: 19035678901234") == []
    assert found(sct, "sđt: 5678") == [case]
