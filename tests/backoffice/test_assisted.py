"""An officer lodges for someone at the counter or on the phone."""

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from complaints import codes
from complaints.models import Complaint, Draft, Evidence, Indicator
from events.models import Event
from tests import factories
from tests.factories.files import picture
from workflows.models import Case

STORY = "Bà kể đã mua máy lọc nước qua điện thoại, hàng không chạy."
TYPED = {
    "origin": "counter",
    "kind": "consumer",
    "narrative": STORY,
    "amount": "1.500.000",
    "occurred_on": "05/11/2025",
    "seller_name": "Cửa hàng Nước Sạch",
    "phone": "0912 345 678",
    "identity": "named",
    "person_name": "Trần Thị Mẫu",
    "person_phone": "0987654321",
    "consent": "on",
}


@pytest.fixture
def officer(db):
    factories.rules()
    return factories.member("sct", "intake")


@pytest.fixture
def desk(officer) -> Client:
    client = Client(headers={"accept-language": "vi"})
    client.force_login(officer.person)
    return client


def opened(client: Client) -> dict[str, str]:
    """The hidden fields of a fresh form."""
    page = client.get("/backoffice/assisted/").content.decode()
    return {"key": re.search(r'name="key" value="([0-9a-f]{32})"', page)[1]}


def lodge(client: Client, **typed):
    return client.post("/backoffice/assisted/", opened(client) | TYPED | typed)


def text_of(response) -> str:
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split()))


def code_in(response) -> str:
    found = re.search(r'id="tracking-code"[^>]*>(.*?)</p>', response.content.decode(), re.S)
    return re.sub(r"<[^>]+>|[-\s]", "", found[1])


class TestLodging:
    def test_what_was_told_is_recorded_with_who_took_it_down(self, desk, officer):
        code = code_in(lodge(desk))
        said = Complaint.objects.get()
        assert said.code_hash == codes.code_hash(code)
        assert (said.origin, said.kind, said.narrative, said.amount) == ("counter", "consumer", STORY, 1_500_000)
        assert (said.received_by, said.received_at_agency) == (officer.person, officer.agency)
        assert said.consent == "given orally"
        assert said.complainant.name == "Trần Thị Mẫu"
        assert Indicator.objects.get().value == "+84912345678"
        assert Event.objects.get(kind="case.lodged").actor == officer.reference()

    def test_the_receipt_answers_the_post_and_is_kept_nowhere(self, desk):
        receipt = lodge(desk)
        assert receipt.status_code == 200
        assert "no-store" in receipt["Cache-Control"]
        assert "<svg" in receipt.content.decode()
        assert Case.objects.get().number in text_of(receipt)

    def test_a_second_tap_is_one_case_and_the_same_receipt(self, desk):
        form = opened(desk) | TYPED
        first, second = (desk.post("/backoffice/assisted/", form) for _ in range(2))
        assert code_in(first) == code_in(second)
        assert Case.objects.count() == 1

    def test_the_same_form_with_another_story_is_refused_and_the_story_shown(self, desk):
        form = opened(desk) | TYPED
        desk.post("/backoffice/assisted/", form)
        again = desk.post("/backoffice/assisted/", form | {"narrative": "Chuyện khác hẳn."})
        assert again.status_code == 409
        assert "Chuyện khác hẳn." in text_of(again)
        assert form["key"] not in again.content.decode()
        assert Case.objects.count() == 1

    def test_money_just_gone_is_a_report_of_fraud_offered_to_the_police_at_once(self, desk):
        from django.utils import timezone

        now = timezone.localtime()
        lodge(desk, moved_on=f"{now:%d/%m/%Y}", moved_time=f"{now:%H:%M}")
        case = Case.objects.get()
        assert (case.track, case.state, case.offered_to.code) == ("crime", "referred", "congan")

    def test_an_agency_of_assisted_intake_lodges_and_follows(self, db):
        factories.rules()
        factories.agency("mattran", assisted_intake_only=True)
        client = Client()
        client.force_login(factories.member("mattran", "intake").person)
        receipt = lodge(client, origin="phone")
        assert Complaint.objects.get().received_at_agency.code == "mattran"
        assert Case.objects.get().owner.code == "sct"
        assert f"/backoffice/cases/{Case.objects.get().number}/" in receipt.content.decode()


class TestAnonymous:
    def test_an_anonymous_report_stores_no_identity(self, desk):
        lodge(desk, kind="violation", identity="anonymous")
        said = Complaint.objects.get()
        assert said.is_anonymous
        assert not hasattr(said, "complainant")

    @pytest.mark.parametrize(
        ("typed", "field"),
        [({"kind": "consumer"}, "id_identity"), ({"kind": "crime"}, "id_anonymity_reason")],
    )
    def test_where_a_name_or_a_reason_is_needed_it_says_so(self, desk, typed, field):
        refused = lodge(desk, identity="anonymous", **typed)
        assert refused.status_code == 400
        assert f'href="#{field}' in refused.content.decode()
        assert Complaint.objects.count() == 0


class TestBadInput:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("origin", ""),
            ("origin", "web"),
            ("kind", ""),
            ("narrative", " \x00 "),
            ("amount", "-5"),
            ("occurred_on", "31/02/2026"),
            ("moved_time", "14:30"),
            ("person_name", ""),
            ("person_email", "không phải thư"),
            ("consent", ""),
        ],
    )
    def test_each_is_refused_with_the_typed_text_kept(self, desk, field, value):
        refused = lodge(desk, wish="Xin hoàn tiền", **{field: value})
        assert refused.status_code == 400
        assert 'id="error-summary"' in refused.content.decode()
        assert "Xin hoàn tiền" in text_of(refused)
        assert Complaint.objects.count() == 0

    def test_a_seller_or_a_word_that_none_is_known(self, desk):
        nothing = {"seller_name": "", "phone": ""}
        assert lodge(desk, **nothing).status_code == 400
        assert lodge(desk, **nothing, unknown_seller="on").status_code == 200
        assert Complaint.objects.count() == 1

    def test_a_number_that_looks_mistyped_is_asked_once_and_never_blocks(self, desk):
        form = opened(desk) | TYPED | {"tax_code": "0100109107"}
        asked = desk.post("/backoffice/assisted/", form)
        assert Complaint.objects.count() == 0
        assert "0100109107" in asked.content.decode()
        assert 'name="warned"' in asked.content.decode()
        desk.post("/backoffice/assisted/", form | {"warned": "on"})
        assert Complaint.objects.count() == 1

    def test_without_a_fitting_rule_nothing_is_lodged_and_it_says_so(self, desk):
        from workflows.models import RoutingRule

        RoutingRule.objects.all().delete()
        answer = lodge(desk)
        assert answer.status_code == 409
        assert STORY in text_of(answer)
        assert Complaint.objects.count() == 0


class TestFiles:
    def picture(self, name="anh.jpg"):
        return SimpleUploadedFile(name, picture(), "image/jpeg")

    def test_files_without_javascript_become_evidence_and_a_second_tap_changes_nothing(self, desk):
        form = opened(desk) | TYPED
        first = desk.post("/backoffice/assisted/", form | {"files": [self.picture()]})
        second = desk.post("/backoffice/assisted/", form | {"files": [self.picture()]})
        assert Evidence.objects.get().original_name == "anh.jpg"
        assert code_in(first) == code_in(second)

    def test_a_file_sent_ahead_is_kept_through_an_error_and_can_be_removed(self, desk):
        form = opened(desk)
        page = desk.get("/backoffice/assisted/").content.decode()
        key = re.search(r'name="key" value="([0-9a-f]{32})"', page)[1]
        url = re.search(r'data-upload-url="([^"]+)"', page)[1]
        assert key not in url
        sent = desk.post(url, {"file": self.picture()}).json()
        wrong = desk.post("/backoffice/assisted/", form | TYPED | {"key": key, "consent": ""})
        assert "anh.jpg" in text_of(wrong)
        kept = desk.post(sent["remove_url"], TYPED | {"key": key}, headers={"accept": "text/html"})
        assert STORY in text_of(kept)
        assert "anh.jpg" not in text_of(kept)

    def test_another_officer_reaches_no_file_of_the_form(self, desk):
        page = desk.get("/backoffice/assisted/").content.decode()
        url = re.search(r'data-upload-url="([^"]+)"', page)[1]
        sent = desk.post(url, {"file": self.picture()}).json()
        other = Client()
        other.force_login(factories.member("sct", "intake").person)
        other.post(sent["remove_url"], headers={"accept": "application/json"})
        assert Draft.objects.filter(uploads__pk=sent["id"]).exists()

    def test_a_file_that_is_none_is_refused_by_name(self, desk):
        bad = SimpleUploadedFile("trang.html", b"<html>", "text/html")
        refused = desk.post("/backoffice/assisted/", opened(desk) | TYPED | {"files": [bad]})
        assert refused.status_code == 400
        assert "trang.html" in text_of(refused)
        assert Complaint.objects.count() == 0


@pytest.mark.django_db
class TestWhoMay:
    @pytest.mark.parametrize("role", ["editor", "approver", "auditor", "admin"])
    def test_other_roles_may_not(self, role):
        client = Client()
        client.force_login(factories.member("sct", role).person)
        assert client.get("/backoffice/assisted/").status_code == 403
        assert client.post("/backoffice/assisted/", TYPED).status_code == 403

    def test_nobody_comes_in_without_signing_in(self):
        assert "/accounts/login/" in Client().get("/backoffice/assisted/")["Location"]
