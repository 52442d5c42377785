"""The register of businesses on its pages: finding, entering, merging, verifying; who sees what of it."""

import pytest
from django.urls import reverse

from agencies.models import Agency
from complaints.models import Respondent, RespondentContact
from tests import factories
from tests.factories import business, journeys
from workflows.services import naming

pytestmark = [pytest.mark.django_db, pytest.mark.both_profiles]

ENTRY = {
    "name": "Công ty TNHH Ánh Dương",
    "tax_code": "0100109106",
    "language": "vi",
    "shops": "https://shopee.vn/anhduong",
}


def text(response, status=200) -> str:
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def test_entering_and_finding_by_anything_known(at_desk, sct):
    client = at_desk(sct)
    assert client.post(reverse("backoffice:business-new"), ENTRY | {"phones": "0912 345 678"}).status_code == 302
    for asked in ("anh duong", "Ánh Dương", "0100109106", "https://shopee.vn/anhduong", "+84912345678", ""):
        assert "Công ty TNHH Ánh Dương" in text(client.get(reverse("backoffice:businesses"), {"q": asked})), asked
    assert "No business found" in text(client.get(reverse("backoffice:businesses"), {"q": "khác hẳn"}))


def test_a_tax_code_that_does_not_check_warns_and_is_kept(at_desk, sct):
    response = at_desk(sct).post(reverse("backoffice:business-new"), ENTRY | {"tax_code": "0100109107"}, follow=True)
    assert "check digit" in text(response)
    assert Respondent.objects.get().tax_code == "0100109107"


def test_two_who_change_an_entry_at_once(at_desk, sct):
    respondent = business.respondent()
    url = reverse("backoffice:business-edit", args=[respondent.pk])
    first, second = at_desk(sct), at_desk(factories.member("qltt"))
    assert first.post(url, ENTRY | {"version": 1}).status_code == 302
    page = text(second.post(url, ENTRY | {"version": 1, "name": "Tên tôi đã gõ"}), 400)
    assert "Someone changed this entry" in page
    assert "Tên tôi đã gõ" in page


def test_another_province_s_business_is_not_there(at_desk):
    stranger = factories.member("sct")
    elsewhere = business.respondent(province=factories.province("01", "Hà Nội"))
    client = at_desk(stranger)
    assert client.get(reverse("backoffice:business", args=[elsewhere.pk])).status_code == 404
    assert elsewhere.name not in text(client.get(reverse("backoffice:businesses")))


def test_only_the_reader_s_cases_are_listed_and_counted(at_desk, sct):
    respondent = business.respondent()
    case = journeys.investigating(sct).case
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=respondent.pk)
    url = reverse("backoffice:business", args=[respondent.pk])
    assert case.number in text(at_desk(sct).get(url))
    other = at_desk(factories.member("qltt"))
    assert case.number not in text(other.get(url))
    assert other.get(reverse("backoffice:businesses")).context["found"][0].cases == 0


def test_an_individual_seller_s_data_is_for_those_with_a_case(at_desk, sct):
    seller = business.respondent("Trần Bán Hàng", is_individual=True, address="12 Đường Riêng", tax_code="082200012345")
    business.contact(seller, value="rieng.tu@example.vn")
    url = reverse("backoffice:business", args=[seller.pk])
    for word in ("12 Đường Riêng", "rieng.tu@example.vn", "082200012345"):
        assert word not in text(at_desk(sct).get(url))
    assert at_desk(sct).get(reverse("backoffice:business-edit", args=[seller.pk])).status_code == 302
    case = journeys.investigating(sct).case
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=seller.pk)
    for word in ("12 Đường Riêng", "rieng.tu@example.vn", "082200012345"):
        assert word in text(at_desk(sct).get(url))


def test_who_only_helps_to_lodge_sees_no_register(at_desk):
    clerk = factories.member("commune1")
    Agency.objects.filter(pk=clerk.agency.pk).update(assisted_intake_only=True)
    respondent = business.respondent()
    client = at_desk(clerk)
    assert respondent.name not in text(client.get(reverse("backoffice:businesses")))
    assert client.get(reverse("backoffice:business", args=[respondent.pk])).status_code == 404


def test_merging_shows_what_moves_and_is_undone_on_the_page(at_desk, sct):
    kept, double = business.respondent(), business.respondent("Cty Ánh Dương")
    business.contact(double)
    client = at_desk(sct)
    page = reverse("backoffice:business", args=[kept.pk])
    assert "similar name" in text(client.get(page))
    preview = reverse("backoffice:business-merge", args=[kept.pk, double.pk])
    assert client.get(preview).context["moved"]["contacts"] == 1
    assert client.post(preview).status_code == 302
    assert "Undo the merge" in text(client.get(page))
    assert "merged into" in text(client.get(reverse("backoffice:business", args=[double.pk])))
    assert text(client.post(preview), 409)
    merge = kept.merges.get()
    client.post(reverse("backoffice:business-unmerge", args=[merge.pk]))
    double.refresh_from_db()
    assert double.merged_into is None
    assert double.contacts.count() == 1


def test_an_account_needs_a_verified_address_and_a_document(at_desk, sct):
    respondent = business.respondent()
    contact = business.contact(respondent, verified=False)
    client = at_desk(sct)
    account = reverse("backoffice:business-account", args=[respondent.pk])
    assert "Verify an e-mail" in text(client.post(account, {"document_seen": "GPKD 01"}), 400)
    client.post(reverse("backoffice:business-verify", args=[respondent.pk, contact.pk]))
    client.post(account, {"document_seen": "GPKD 01"})
    respondent.refresh_from_db()
    assert respondent.may_sign_in
    page = text(client.get(reverse("backoffice:business", args=[respondent.pk])))
    assert f"verified by {sct.person}" in page
    client.post(account, {"deed": "suspend"})
    respondent.refresh_from_db()
    assert not respondent.may_sign_in


def test_a_wrong_address_is_said_and_kept(at_desk, sct):
    respondent = business.respondent()
    url = reverse("backoffice:business-contact", args=[respondent.pk])
    page = text(at_desk(sct).post(url, {"channel": "email", "value": "không phải thư"}), 400)
    assert "không phải thư" in page
    assert not RespondentContact.objects.exists()


def test_the_cost_of_the_list_does_not_grow(at_desk, sct, django_assert_max_num_queries):
    for n in range(30):
        business.respondent(f"Cửa hàng {n}")
    client = at_desk(sct)
    with django_assert_max_num_queries(9):
        client.get(reverse("backoffice:businesses"))
    respondent = Respondent.objects.first()
    with django_assert_max_num_queries(22):
        client.get(reverse("backoffice:business", args=[respondent.pk]))


def test_a_number_that_cannot_be_one_warns_and_is_kept(at_desk, sct):
    response = at_desk(sct).post(reverse("backoffice:business-new"), ENTRY | {"phones": "09123"}, follow=True)
    assert "does not look like a Vietnamese phone number" in text(response)
    assert "The business is entered." in text(response)
    assert Respondent.objects.get().identifiers.filter(kind="phone").exists()
