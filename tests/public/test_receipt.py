"""The only code must not be lost: the receipt can be opened again, and leads to the report without typing."""

import pytest
from django.test import Client

from complaints.models import Complaint, Draft
from tests.public.journeys import STORY, code_in, lodge, shown_in, visible_text, walk
from workflows.models import Case

pytestmark = pytest.mark.both_profiles

RECEIPT = "/gui/da-nhan/"


@pytest.mark.django_db
class TestReceipt:
    def test_sending_leads_to_the_receipt_by_a_redirect(self, citizen):
        answer = citizen.post("/gui/kiem-tra/", {"shown": shown_in(walk(citizen))})
        assert (answer.status_code, answer["Location"]) == (303, RECEIPT)

    def test_is_shown_again_as_long_as_the_cookie_lives(self, citizen):
        code = lodge(citizen)
        again = citizen.get(RECEIPT)
        assert code_in(again) == code
        assert "no-store" in again["Cache-Control"]

    @pytest.mark.parametrize("slug", ["", "nguoi-ban/", "noi-dung/", "lien-he/", "kiem-tra/"])
    def test_every_step_of_a_lodged_draft_leads_to_it(self, citizen, slug):
        lodge(citizen)
        assert citizen.get(f"/gui/{slug}")["Location"] == RECEIPT

    @pytest.mark.parametrize("slug", ["nguoi-ban/", "noi-dung/", "lien-he/"])
    def test_an_old_window_of_a_later_step_does_not_lose_it(self, citizen, slug):
        code = lodge(citizen)
        answer = citizen.post(f"/gui/{slug}", {"narrative": "Sửa lại."}, follow=True)
        assert code_in(answer) == code

    def test_another_report_is_one_press_away(self, citizen):
        lodge(citizen)
        page = citizen.get(RECEIPT)
        assert 'href="/gui/?moi=1"' in page.content.decode()
        assert "Gửi phản ánh khác" in visible_text(page)
        assert citizen.get("/gui/?moi=1").status_code == 200
        lodge(citizen, story={"narrative": "Việc thứ hai."})
        assert Complaint.objects.count() == 2

    def test_a_link_that_names_the_kind_opens_a_new_form(self, citizen):
        lodge(citizen)
        assert citizen.get("/gui/?loai=crime&gap=1").status_code == 200

    def test_its_button_opens_the_report_without_the_code(self, citizen):
        lodge(citizen)
        opened = citizen.post(RECEIPT, follow=True)
        assert opened.redirect_chain == [("/tra-cuu/ho-so/", 303)]
        assert STORY in visible_text(opened)
        assert Case.objects.get().number in visible_text(opened)

    def test_without_the_cookie_there_is_none(self, citizen):
        lodge(citizen)
        stranger = Client()
        assert stranger.get(RECEIPT)["Location"] == "/gui/"
        assert stranger.post(RECEIPT)["Location"] == "/gui/"
        assert "following" not in stranger.cookies

    def test_an_unfinished_draft_has_none(self, citizen):
        walk(citizen)
        assert citizen.get(RECEIPT)["Location"] == "/gui/kiem-tra/"
        assert citizen.post(RECEIPT)["Location"] == "/gui/kiem-tra/"

    def test_the_draft_holds_no_code(self, citizen):
        code = lodge(citizen)
        assert code not in str(Draft.objects.values())


@pytest.mark.django_db
class TestAfterAMistake:
    """The page that names it is a GET: going back to it works."""

    def mistaken(self, citizen, **more):
        citizen.post("/gui/", {"kind": "violation", "money_moved": "no"})
        return citizen.post("/gui/nguoi-ban/", {"brand": "Sen Hồng", "price": "-5"} | more)

    def test_leads_back_to_its_step(self, citizen):
        answer = self.mistaken(citizen)
        assert (answer.status_code, answer["Location"]) == (303, "/gui/nguoi-ban/?loi=1")
        page = citizen.get(answer["Location"]).content.decode()
        assert "error-summary" in page
        assert 'value="Sen Hồng"' in page

    def test_remembers_that_the_check_comes_next(self, citizen):
        walk(citizen)
        answer = self.mistaken(citizen, then="kiem-tra")
        assert answer["Location"] == "/gui/nguoi-ban/?loi=1&then=kiem-tra"
        assert 'name="then" value="kiem-tra"' in citizen.get(answer["Location"]).content.decode()

    def test_a_step_looked_at_for_the_first_time_shows_no_errors(self, citizen):
        citizen.post("/gui/", {"kind": "violation", "money_moved": "no"})
        assert "error-summary" not in citizen.get("/gui/nguoi-ban/").content.decode()

    def test_is_gone_once_it_is_corrected(self, citizen):
        self.mistaken(citizen)
        citizen.post("/gui/nguoi-ban/", {"brand": "Sen Hồng", "unknown_seller": "on"})
        assert "error-summary" not in citizen.get("/gui/nguoi-ban/?loi=1").content.decode()

    def test_an_empty_first_step_is_named_too(self, citizen):
        page = citizen.post("/gui/", {}, follow=True)
        assert page.redirect_chain == [("/gui/?loi=1", 303)]
        assert "error-summary" in page.content.decode()
