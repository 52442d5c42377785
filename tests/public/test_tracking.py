"""Following a report without JavaScript, and what a wrong code costs."""

from datetime import timedelta

import altcha
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agencies.models import Role
from casemgr.public import cost
from complaints.models import Draft, Evidence, Supplement
from events import clock
from tests import factories
from tests.public.journeys import follow, lodge, visible_text
from workflows.models import Case, Remark
from workflows.services.acceptance import accept_case, assign_case
from workflows.services.conclusion import carry_on_case, resolve_case
from workflows.services.correspondence import add_note, ask_complainant
from workflows.services.referral import refer_case
from workflows.states import State

pytestmark = pytest.mark.both_profiles

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000100000001080200000090"
    "7753de0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


@pytest.fixture
def officer(province):
    return factories.member("sct", Role.INTAKE, Role.HANDLER, Role.SUPERVISOR)


def fresh() -> Case:
    return Case.objects.select_related("complaint", "owner").get()


def asked(officer) -> Case:
    case = accept_case(case_id=fresh().pk, by=officer, version=fresh().version)
    return ask_complainant(case_id=case.pk, by=officer, version=case.version, question="Anh gửi giúp ảnh hóa đơn?")


def resolved(officer) -> Case:
    case = accept_case(case_id=fresh().pk, by=officer, version=fresh().version)
    case = assign_case(case_id=case.pk, by=officer, version=case.version, handler=officer.person)
    return resolve_case(
        case_id=case.pk, by=officer, version=case.version, outcome="refunded", answer="Cửa hàng đã hoàn tiền."
    )


@pytest.mark.django_db
class TestTheCode:
    @pytest.mark.parametrize("spelling", [str, str.lower, "-".join, lambda code: f"  {code} "])
    def test_opens_the_report_however_it_is_written(self, citizen, spelling):
        page = follow(citizen, spelling(lodge(citizen)))
        assert fresh().number in visible_text(page)

    def test_every_unknown_code_gets_one_answer(self, citizen):
        answers = [citizen.post("/tra-cuu/", {"code": code}) for code in ("0" * 26, "Z" * 26, "-".join("7" * 26))]
        assert len({visible_text(page) for page in answers}) == 1
        assert {page.status_code for page in answers} == {200}

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ("82-7K3M9-Q2XTA", "Đây là số hồ sơ"),
            ("827k3m9q2xta", "Đây là số hồ sơ"),
            ("7K3M9-Q2XTA", "mới có 10"),
            ("0" * 25, "mới có 25"),
            ("0" * 27, "có 27"),
            ("0" * 25 + "*", "mới có 25"),
            ("đ" * 26, "không có trong mã"),
            ("' OR 1=1 --\u202e", "mới có 4"),
        ],
    )
    def test_what_is_wrong_with_its_shape_is_said_without_the_database(self, citizen, typed, sentence):
        with CaptureQueriesContext(connection) as queries:
            page = citizen.post("/tra-cuu/", {"code": typed})
        assert not [query for query in queries if "complaints_complaint" in query["sql"]]
        assert sentence in visible_text(page)
        assert not cost.is_demanded()

    def test_a_slip_of_the_pen_does_not_count_as_a_guess(self, citizen):
        for _ in range(cost.FREE_FAILURES + 1):
            citizen.post("/tra-cuu/", {"code": "82-7K3M9-Q2XTA"})
        assert not cost.is_demanded()

    def test_is_never_read_from_an_address(self, citizen):
        code = lodge(citizen)
        assert fresh().number not in visible_text(citizen.get(f"/tra-cuu/?code={code}"))
        assert citizen.get(f"/tra-cuu/{code}/").status_code == 404

    def test_is_in_no_log(self, citizen, caplog, capfd):
        code = lodge(citizen)
        follow(citizen, code)
        out, err = capfd.readouterr()
        assert "public:track" in caplog.text + err
        assert code not in caplog.text + out + err
        assert "0912" not in caplog.text + out + err

    def test_leaves_no_code_in_the_cookie(self, citizen):
        code = lodge(citizen)
        follow(citizen, code)
        cookie = citizen.cookies["following"]
        assert code not in cookie.value
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/tra-cuu/")

    def test_an_old_cookie_asks_for_the_code_and_hands_typed_text_back(self, citizen):
        follow(citizen, lodge(citizen))
        del citizen.cookies["following"]
        page = citizen.post("/tra-cuu/ho-so/bo-sung/", {"supplement-text": "Tôi nhớ thêm số tài khoản."})
        assert "Tôi nhớ thêm số tài khoản." in visible_text(page)
        assert Supplement.objects.count() == 0

    def test_a_forged_cookie_opens_nothing(self, citizen):
        lodge(citizen)
        citizen.cookies["following"] = f"{fresh().complaint_id}:1vN0aa:forged"
        assert fresh().number not in visible_text(citizen.get("/tra-cuu/ho-so/"))

    def test_closing_forgets_the_report(self, citizen):
        follow(citizen, lodge(citizen))
        citizen.post("/tra-cuu/thoat/")
        assert fresh().number not in visible_text(citizen.get("/tra-cuu/ho-so/"))

    @pytest.mark.parametrize("path", ["/", "/gui/", "/tra-cuu/"])
    def test_pages_tell_other_sites_nothing(self, citizen, path):
        page = citizen.get(path)
        assert page["Referrer-Policy"] == "same-origin"
        if path != "/":
            assert "no-store" in page["Cache-Control"]


@pytest.mark.django_db
class TestCost:
    @pytest.fixture
    def flood(self, province):
        for _ in range(cost.FREE_FAILURES):
            cost.count_failure()

    def test_nothing_is_asked_while_few_codes_fail(self, citizen):
        assert 'name="ticket"' not in citizen.get("/tra-cuu/").content.decode()

    def test_a_flood_asks_everyone_for_the_price(self, citizen, flood):
        code = lodge(citizen)
        page = citizen.post("/tra-cuu/", {"code": code})
        assert page.status_code == 200
        assert 'name="ticket"' in page.content.decode()
        assert code in page.content.decode()

    def test_waiting_pays_once(self, citizen, flood, monkeypatch):
        code, ticket = lodge(citizen), cost.new_token()
        assert citizen.post("/tra-cuu/", {"code": code, "ticket": ticket}).status_code == 200
        later = clock.now() + timedelta(seconds=cost.WAIT_SECONDS + 2)
        monkeypatch.setattr("time.time", later.timestamp)
        assert citizen.post("/tra-cuu/", {"code": code, "ticket": ticket}).status_code == 302
        assert citizen.post("/tra-cuu/", {"code": code, "ticket": ticket}).status_code == 200

    def test_computing_pays_once(self, citizen, flood):
        code = lodge(citizen)
        puzzle = altcha.Challenge.from_dict(citizen.get("/tra-cuu/thu-thach/").json())
        solution = altcha.solve_challenge(puzzle)
        paid = altcha.Payload(puzzle, solution).to_base64()
        assert citizen.post("/tra-cuu/", {"code": code, "altcha": paid}).status_code == 302
        assert citizen.post("/tra-cuu/", {"code": code, "altcha": paid}).status_code == 200

    @pytest.mark.parametrize("junk", ["", "abc", "e30=", "A" * 5000, "bnVsbA=="])
    def test_junk_pays_nothing(self, db, junk):
        assert not cost.Payment(junk, junk).is_enough()

    def test_another_key_pays_nothing(self, db):
        puzzle = altcha.create_challenge(cost.ALGORITHM, 1, hmac_secret=settings.SECRET_KEY)
        paid = altcha.Payload(puzzle, altcha.solve_challenge(puzzle)).to_base64()
        assert not cost.Payment(paid).is_enough()

    def test_the_price_ends_with_the_flood(self, citizen, flood):
        with clock.frozen(clock.now() + timedelta(seconds=2 * cost.WINDOW_SECONDS + 1)):
            assert not cost.is_demanded()


@pytest.mark.django_db
class TestTheReport:
    def test_says_who_has_it_and_by_when(self, citizen):
        page = visible_text(follow(citizen, lodge(citizen)))
        assert "Cơ quan sct" in page
        assert fresh().due_at.strftime("%d/%m/%Y") in page

    def test_an_answer_to_a_question_goes_back_to_the_officer(self, citizen, officer):
        code = lodge(citizen)
        asked(officer)
        assert "Anh gửi giúp ảnh hóa đơn?" in visible_text(follow(citizen, code))
        file = SimpleUploadedFile("hoa-don.png", PNG, "image/png")
        citizen.post("/tra-cuu/ho-so/tra-loi/", {"answer-text": "Em gửi ạ.", "files": file})
        assert fresh().state == State.ACCEPTED
        assert Remark.objects.filter(kind="answer", text="Em gửi ạ.").exists()
        assert Evidence.objects.get().original_name == "hoa-don.png"

    def test_information_can_be_added_with_files(self, citizen):
        code = lodge(citizen)
        follow(citizen, code)
        file = SimpleUploadedFile("anh.png", PNG, "image/png")
        page = citizen.post("/tra-cuu/ho-so/bo-sung/", {"supplement-text": "Thêm ảnh.", "files": file}, follow=True)
        assert "Thêm ảnh." in visible_text(page)
        assert Supplement.objects.get().evidence.count() == 1

    def test_a_refused_file_keeps_the_text(self, citizen):
        follow(citizen, lodge(citizen))
        bad = SimpleUploadedFile("virus.exe", b"MZ\x90\x00", "application/octet-stream")
        page = citizen.post("/tra-cuu/ho-so/bo-sung/", {"supplement-text": "Thêm tệp.", "files": bad}, follow=True)
        assert "Thêm tệp." in visible_text(page)
        assert "virus.exe" in visible_text(page)
        assert Supplement.objects.count() == 0

    def test_the_answer_is_read_and_objected_to(self, citizen, officer):
        code = lodge(citizen)
        resolved(officer)
        assert "Cửa hàng đã hoàn tiền." in visible_text(follow(citizen, code))
        citizen.post("/tra-cuu/ho-so/khong-dong-y/", {"objection-text": "Tôi chưa nhận được tiền."})
        assert fresh().state == State.ACCEPTED
        standing = visible_text(citizen.get("/tra-cuu/ho-so/"))
        assert "Phản ánh đã được mở lại" in standing

    def test_a_new_answer_ends_the_reopening(self, citizen, officer):
        code = lodge(citizen)
        resolved(officer)
        follow(citizen, code)
        citizen.post("/tra-cuu/ho-so/khong-dong-y/", {"objection-text": "Tôi chưa nhận được tiền."})
        case = assign_case(case_id=fresh().pk, by=officer, version=fresh().version, handler=officer.person)
        resolve_case(case_id=case.pk, by=officer, version=case.version, outcome="refunded", answer="Đã hoàn đủ.")
        assert "Phản ánh đã được mở lại" not in visible_text(citizen.get("/tra-cuu/ho-so/")).split("Quá trình")[0]

    def test_too_late_to_object_keeps_the_words(self, citizen, officer):
        code = lodge(citizen)
        resolved(officer)
        with clock.frozen(clock.now() + timedelta(days=60)):
            page = follow(citizen, code)
            assert "khong-dong-y" not in page.content.decode()
            late = citizen.post("/tra-cuu/ho-so/khong-dong-y/", {"objection-text": "Tôi chưa nhận được tiền."})
        assert late.status_code == 403
        assert "Tôi chưa nhận được tiền." in visible_text(late)

    def test_empty_words_are_refused_beside_the_field(self, citizen):
        follow(citizen, lodge(citizen))
        page = citizen.post("/tra-cuu/ho-so/bo-sung/", {"supplement-text": " \u200b "}, follow=True)
        assert page.redirect_chain == [("/tra-cuu/ho-so/?loi=supplement", 303)]
        assert "field-invalid" in page.content.decode()

    def test_words_beyond_the_limit_are_kept_until_they_are_sent(self, citizen, officer):
        follow(citizen, lodge(citizen))
        asked(officer)
        long = "Tôi bổ sung. " * 1000
        page = citizen.post("/tra-cuu/ho-so/tra-loi/", {"answer-text": long}, follow=True)
        assert long.strip() in visible_text(page)
        assert "field-invalid" in page.content.decode()
        citizen.post("/tra-cuu/ho-so/tra-loi/", {"answer-text": "Ngắn thôi."})
        assert fresh().state == State.ACCEPTED
        assert "Tôi bổ sung." not in str(Draft.objects.values_list("data"))

    @pytest.mark.parametrize("name", ["answer", "khac", "<b>"])
    def test_an_address_alone_shows_no_errors(self, citizen, name):
        follow(citizen, lodge(citizen))
        assert "field-invalid" not in citizen.get("/tra-cuu/ho-so/", {"loi": name}).content.decode()

    def test_withdrawing_is_asked_first(self, citizen):
        follow(citizen, lodge(citizen))
        assert citizen.get("/tra-cuu/ho-so/rut/").status_code == 200
        assert fresh().state == State.LODGED
        citizen.post("/tra-cuu/ho-so/rut/", {"withdrawal-text": ""})
        assert fresh().state == State.WITHDRAWN
        assert citizen.get("/tra-cuu/ho-so/rut/")["Location"] == "/tra-cuu/ho-so/"

    def test_withdrawing_a_crime_report_is_a_wish(self, citizen):
        code = lodge(citizen, kind={"kind": "crime"}, contact={"identity": "named"})
        follow(citizen, code)
        citizen.post("/tra-cuu/ho-so/rut/", {"withdrawal-text": "Đã tự giải quyết."})
        assert fresh().state == State.LODGED
        assert fresh().withdrawal_wished_at is not None
        assert "Bạn đã xin rút phản ánh" in visible_text(citizen.get("/tra-cuu/ho-so/")).split("Quá trình")[0]
        assert citizen.post("/tra-cuu/ho-so/rut/", {"withdrawal-text": ""}).status_code == 403

    def test_the_agency_that_carries_on_says_so(self, citizen, officer):
        code = lodge(citizen, kind={"kind": "crime"}, contact={"identity": "named"})
        follow(citizen, code)
        citizen.post("/tra-cuu/ho-so/rut/", {"withdrawal-text": ""})
        case = fresh()
        carry_on_case(case_id=case.pk, by=officer, version=case.version, explanation="Còn nhiều người bị hại khác.")
        page = visible_text(follow(citizen, code))
        assert f"{case.owner.name} chủ động xử lý tiếp phản ánh của bạn" in page
        assert "Còn nhiều người bị hại khác." in page
        citizen.post("/tra-cuu/ho-so/rut/", {"withdrawal-text": ""})
        assert fresh().withdrawal_wished_at is not None

    def test_shows_no_identity_and_nothing_internal(self, citizen, officer):
        code = lodge(citizen)
        case = accept_case(case_id=fresh().pk, by=officer, version=fresh().version)
        add_note(case_id=case.pk, by=officer, text="GHI CHÚ NỘI BỘ")
        case = fresh()
        refer_case(
            case_id=case.pk, to=factories.agency("congan"), by=officer, reason="LÝ DO NỘI BỘ", version=case.version
        )
        page = follow(citizen, code).content.decode()
        for secret in ("GHI CHÚ", "LÝ DO", "Trần Thị Mẫu", "0987654321", officer.person.name, officer.person.email):
            assert secret not in page

    def test_costs_few_queries_however_long_its_history(self, citizen, officer, django_assert_max_num_queries):
        follow(citizen, lodge(citizen))
        for number in range(6):
            citizen.post("/tra-cuu/ho-so/bo-sung/", {"supplement-text": f"Thêm {number}"})
        with django_assert_max_num_queries(14):
            citizen.get("/tra-cuu/ho-so/")

    def test_another_report_is_not_opened_by_this_cookie(self, citizen):
        follow(citizen, lodge(citizen))
        other = Client()
        lodge(other, story={"narrative": "Chuyện của người khác."})
        assert "Chuyện của người khác." not in visible_text(citizen.get("/tra-cuu/ho-so/"))


@pytest.mark.django_db
def test_what_was_sent_shows_what_was_stated_beside_the_story(citizen):
    page = visible_text(follow(citizen, lodge(citizen, seller={"product": "Nồi cơm"})))
    sent = page[page.index("Nội dung bạn đã gửi") :]
    for stated in ("Cửa hàng Ánh Dương", "Nồi cơm", "1.500.000 đ", "05/11/2025"):
        assert stated in sent
    assert "0987654321" not in page
