"""Lodging without JavaScript: every step, every way back, one report."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from complaints import codes
from complaints.models import Complainant, Complaint, Draft, Indicator
from tests import factories
from tests.public.journeys import STORY, code_in, lodge, send, shown_in, visible_text, walk
from workflows.models import Case

pytestmark = pytest.mark.both_profiles


@pytest.mark.django_db
class TestTheWholeWay:
    def test_a_report_is_lodged_as_it_was_typed(self, citizen):
        code = lodge(citizen, contact={"commune": "Phường Cao Lãnh"})
        complaint = Complaint.objects.get()
        assert complaint.code_hash == codes.code_hash(code)
        assert (complaint.kind, complaint.narrative, complaint.amount) == ("consumer", STORY, 1_500_000)
        assert complaint.occurred_on.isoformat() == "2025-11-05"
        assert complaint.commune_id == "29869"
        assert complaint.complainant.name == "Trần Thị Mẫu"
        assert set(Indicator.objects.values_list("kind", "value")) == {("phone", "+84912345678")}
        assert Case.objects.get().owner.code == "sct"

    def test_the_receipt_says_code_and_what_happens_next(self, citizen):
        receipt = send(citizen, walk(citizen))
        text = visible_text(receipt)
        assert re.fullmatch("[0-9A-HJKMNP-TV-Z]{26}", code_in(receipt))
        assert Case.objects.get().number in text
        assert "<svg" in receipt.content.decode()
        assert "no-store" in receipt["Cache-Control"]

    def test_the_code_is_in_no_address(self, citizen):
        code = code_in(send(citizen, walk(citizen)))
        asked = citizen.post("/tra-cuu/", {"code": code})
        assert asked["Location"] == "/tra-cuu/ho-so/"
        assert code not in str(citizen.cookies)

    def test_two_taps_make_one_report_and_one_receipt(self, citizen):
        page = walk(citizen)
        first, second = send(citizen, page), send(citizen, page)
        assert code_in(first) == code_in(second)
        assert Complaint.objects.count() == 1

    def test_a_lodged_draft_keeps_nothing_but_its_key(self, citizen):
        lodge(citizen)
        assert Draft.objects.get().data == {"lodged": True}

    def test_the_same_key_with_another_body_is_refused(self, citizen):
        send(citizen, walk(citizen))
        again = citizen.post("/gui/kiem-tra/", {"shown": "0" * 64})
        assert again.status_code == 409
        assert Complaint.objects.count() == 1

    def test_what_another_window_changed_is_shown_before_it_is_sent(self, citizen):
        page = walk(citizen)
        citizen.post("/gui/noi-dung/", {"narrative": "Câu chuyện khác."})
        answer = citizen.post("/gui/kiem-tra/", {"shown": shown_in(page)}, follow=True)
        assert Complaint.objects.count() == 0
        assert "Câu chuyện khác." in visible_text(answer)

    def test_clearing_the_browser_forgets_the_receipt(self, citizen):
        page = walk(citizen)
        send(citizen, page)
        citizen.post("/gui/xoa/")
        assert Draft.objects.count() == 0
        assert citizen.post("/gui/kiem-tra/", {"shown": shown_in(page)})["Location"] == "/gui/"

    def test_a_second_report_starts_empty(self, citizen):
        lodge(citizen)
        assert STORY not in visible_text(citizen.get("/gui/?moi=1"))
        lodge(citizen, story={"narrative": "Việc thứ hai."})
        assert Complaint.objects.count() == 2


@pytest.mark.django_db
class TestComingBack:
    def test_a_later_step_leads_to_the_first_that_is_missing(self, citizen):
        assert citizen.get("/gui/lien-he/")["Location"] == "/gui/"
        citizen.post("/gui/", {"kind": "crime", "money_moved": "no"})
        assert citizen.get("/gui/kiem-tra/")["Location"] == "/gui/nguoi-ban/"

    def test_what_was_typed_is_there_again(self, citizen):
        walk(citizen)
        page = citizen.get("/gui/nguoi-ban/").content.decode()
        assert 'value="1.500.000"' in page
        assert 'value="Cửa hàng Ánh Dương"' in page

    def test_text_with_errors_is_kept_on_the_server_too(self, citizen):
        citizen.post("/gui/", {"kind": "violation", "money_moved": "no"})
        citizen.post("/gui/nguoi-ban/", {"brand": "Sen Hồng", "price": "-5"})
        page = citizen.get("/gui/nguoi-ban/").content.decode()
        assert 'value="-5"' in page
        assert 'value="Sen Hồng"' in page

    def test_a_lost_cookie_loses_no_typed_text(self, citizen):
        answer = citizen.post("/gui/noi-dung/", {"narrative": STORY})
        assert answer["Location"] == "/gui/"
        citizen.post("/gui/", {"kind": "crime", "money_moved": "no"})
        citizen.post("/gui/nguoi-ban/", {"unknown_seller": "on"})
        assert STORY in visible_text(citizen.get("/gui/noi-dung/"))

    def test_changing_one_step_leads_back_to_the_check(self, citizen):
        walk(citizen)
        answer = citizen.post("/gui/nguoi-ban/", {"seller_name": "Khác", "then": "kiem-tra"})
        assert answer["Location"] == "/gui/kiem-tra/"

    def test_another_browser_sees_nothing(self, citizen):
        walk(citizen)
        assert Client().get("/gui/kiem-tra/")["Location"] == "/gui/"

    def test_the_cookie_is_no_key_that_the_database_knows(self, citizen):
        walk(citizen)
        cookie = citizen.cookies["lodging"]
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/gui/")
        assert not Draft.objects.filter(key_hash=cookie.value).exists()
        assert cookie.value not in str(Draft.objects.values_list())


@pytest.mark.django_db
class TestMoneyJustLeft:
    CHANGES = {
        "kind": {"kind": "consumer", "money_moved": "yes"},
        "contact": {"identity": "named", "name": "Trần Thị Mẫu"},
    }

    def test_the_advice_comes_first(self, citizen):
        answer = citizen.post("/gui/", self.CHANGES["kind"])
        assert answer["Location"] == "/gui/khan-cap/"
        assert "113" in visible_text(citizen.get("/gui/khan-cap/"))

    def test_the_report_goes_to_the_police_at_once(self, citizen):
        now = timezone.localtime()
        lodge(citizen, **self.CHANGES, story={"moved_on": now.strftime("%d/%m/%Y"), "moved_time": "00:00"})
        case = Case.objects.get()
        assert (case.track, case.urgent, case.state) == ("crime", True, "referred")
        assert case.offered_to.code == "congan"

    def test_when_it_left_is_asked(self, citizen):
        citizen.post("/gui/", self.CHANGES["kind"])
        citizen.post("/gui/nguoi-ban/", {"unknown_seller": "on"})
        page = citizen.get("/gui/noi-dung/").content.decode()
        assert 'name="moved_on"' in page
        assert 'name="moved_time"' in page


@pytest.mark.django_db
class TestAnonymous:
    CHANGES = {
        "kind": {"kind": "violation"},
        "contact": {"identity": "anonymous", "name": "Trần Thị Mẫu", "phone": "0987654321", "email": "mau@example.com",
                    "address": "12 Lê Lợi"},
    }  # fmt: skip

    def test_nothing_of_the_person_is_stored(self, citizen):
        walk(citizen, **self.CHANGES)
        assert "Trần Thị Mẫu" not in str(Draft.objects.values_list("data"))
        assert "Trần Thị Mẫu" not in visible_text(citizen.get("/gui/kiem-tra/"))
        send(citizen, citizen.get("/gui/kiem-tra/"))
        assert Complaint.objects.get().is_anonymous
        assert not Complainant.objects.exists()

    def test_a_consumer_complaint_needs_a_name(self, citizen):
        citizen.post("/gui/", {"kind": "consumer", "money_moved": "no"})
        citizen.post("/gui/nguoi-ban/", {"unknown_seller": "on"})
        citizen.post("/gui/noi-dung/", {"narrative": STORY})
        page = citizen.get("/gui/lien-he/").content.decode()
        assert 'name="identity"' not in page
        answer = citizen.post("/gui/lien-he/", {"identity": "anonymous", "consent": "on"})
        assert answer["Location"] == "/gui/lien-he/?loi=1"

    def test_an_anonymous_crime_report_records_the_reason(self, citizen):
        contact = {"identity": "anonymous", "anonymity_reason": "fear"}
        lodge(citizen, kind={"kind": "crime"}, contact=contact)
        assert Complaint.objects.get().anonymity_reason == "fear"

    def test_without_a_reason_it_is_asked(self, citizen):
        citizen.post("/gui/", {"kind": "crime", "money_moved": "no"})
        citizen.post("/gui/nguoi-ban/", {"unknown_seller": "on"})
        citizen.post("/gui/noi-dung/", {"narrative": STORY})
        answer = citizen.post("/gui/lien-he/", {"identity": "anonymous", "consent": "on"})
        assert answer["Location"] == "/gui/lien-he/?loi=1"


@pytest.mark.django_db
class TestPlaces:
    def contact(self, citizen, **values):
        walk(citizen)
        return citizen.post("/gui/lien-he/", {"name": "A", "phone": "0987654321", "consent": "on"} | values)

    @pytest.mark.parametrize("typed", ["Cao Lãnh", "cao lanh", " CAO  LÃNH "])
    def test_a_name_that_one_commune_of_the_province_has_is_taken(self, citizen, typed):
        other = factories.commune("29884", "Cao Lãnh Hạ")
        other.search_text = " | cao lanh ha | "
        other.save()
        assert self.contact(citizen, commune=typed).status_code == 302
        send(citizen, citizen.get("/gui/kiem-tra/"))
        assert Complaint.objects.get().commune_id == "29869"

    def test_an_ambiguous_name_is_offered_as_choices_and_taken(self, citizen):
        other = factories.commune("29884", "Cao Lãnh Hạ")
        other.search_text = " | cao lanh ha | "
        other.save()
        asked = self.contact(citizen, commune="phuong cao")
        assert "Phường Cao Lãnh Hạ" in visible_text(citizen.get(asked["Location"]))
        taken = self.contact(citizen, commune="phuong cao", commune_choice="29884")
        assert taken.status_code == 302
        send(citizen, citizen.get("/gui/kiem-tra/"))
        assert Complaint.objects.get().commune_id == "29884"

    def test_none_of_the_choices_keeps_what_was_typed(self, citizen):
        assert self.contact(citizen, commune="cao").status_code == 303
        assert self.contact(citizen, commune="cao", commune_choice="-").status_code == 302
        send(citizen, citizen.get("/gui/kiem-tra/"))
        complaint = Complaint.objects.get()
        assert (complaint.commune_id, complaint.place) == (None, "cao")

    def test_an_unknown_name_stays_as_it_was_typed(self, citizen):
        assert self.contact(citizen, commune="Xóm Đìa Gòn").status_code == 302
        send(citizen, citizen.get("/gui/kiem-tra/"))
        complaint = Complaint.objects.get()
        assert (complaint.commune_id, complaint.place) == (None, "Xóm Đìa Gòn")

    def test_a_code_that_no_longer_fits_the_text_does_not_count(self, citizen):
        assert self.contact(citizen, commune="Xóm Đìa Gòn", commune_code="29869").status_code == 302
        send(citizen, citizen.get("/gui/kiem-tra/"))
        assert Complaint.objects.get().commune_id is None


@pytest.mark.django_db
def test_wrong_check_digits_warn_and_do_not_block(citizen):
    page = walk(citizen, seller={"tax_code": "0100109107", "barcode": "8934567890123"})
    assert page.content.decode().count("fact-warning") == 2
    send(citizen, page)
    assert set(Indicator.objects.values_list("kind", flat=True)) == {"phone", "tax_code", "barcode"}


@pytest.mark.django_db
def test_a_page_of_the_form_costs_few_queries(citizen, django_assert_max_num_queries):
    walk(citizen)
    # Where the cache is a table, counting how often the hint about a seller was asked for costs some of them.
    with django_assert_max_num_queries(24):
        citizen.get("/gui/kiem-tra/")
    with django_assert_max_num_queries(8):
        citizen.get("/gui/noi-dung/")
    with django_assert_max_num_queries(1):
        citizen.get("/")


@pytest.mark.django_db
def test_forms_are_checked_for_their_token(province):
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/gui/", {"kind": "crime", "money_moved": "no"}).status_code == 403
    assert Draft.objects.count() == 0
