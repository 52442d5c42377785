"""The complaint on the business's page: what it reads, how it answers, and what never reaches it."""

import io
from datetime import timedelta

import pytest
from django.core import mail, signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agencies.actors import Business
from casemgr.business import access
from casemgr.public import following
from complaints.lodgement import Person
from complaints.models import Derivative, Draft, Evidence, Upload
from complaints.services.uploads import add_upload
from events import clock
from events.models import Event
from events.relay import Relay
from tests import factories
from tests.factories import business, journeys
from tests.factories.files import CANARY, picture
from tests.sharing import shared_rows
from workflows.deadlines import HANOI
from workflows.models import Case, RespondentAnswer, RespondentLink
from workflows.services import correspondence, naming, responding, sending
from workflows.states import State

pytestmark = [pytest.mark.django_db, pytest.mark.both_profiles]
PAGE = "/doanh-nghiep/khieu-nai/"
ANSWER = {"stance": "disputes", "answer": "Chúng tôi có video đóng hàng.", "note": "Nhà cung cấp: Bí Mật"}
IDENTITY, PHONE, NOTE, STORY = "Canhbaodanhtinh Xyzt", "0987123456", "canhbaoghichuxyz", "canhbaochuyenxyz"


def send(sct) -> RespondentLink:
    """A case with a picture that tells place and device, a note and an identity; only some of it was chosen."""
    draft = Draft.objects.create(key_hash="k" * 64, idempotency_key="k" * 32)
    upload = add_upload(draft, io.BytesIO(picture(gps=True)), f"{IDENTITY}.jpg")
    person = Person(name=IDENTITY, phone=PHONE, email="canhbao@example.vn", address="12 Đường Canh Báo")
    case = journeys.investigating(
        sct, person=person, narrative=f"Tôi mua hàng. {STORY} {IDENTITY}", uploads=(upload.pk,)
    ).case
    correspondence.add_note(case_id=case.pk, by=sct, text=NOTE)
    Relay(["slow"]).run_until_idle()
    contact = business.contact()
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=contact.respondent_id)
    shown = sending.Sharing(
        story="Khách nhận được gạch thay vì điện thoại.", wish="Hoàn tiền", price=5_000_000,
        pictures=tuple(Derivative.objects.filter(purpose="preview").values_list("pk", flat=True)),
    )  # fmt: skip
    case = sending.send_to_respondent(
        case_id=case.pk, by=sct, version=case.version, contact_id=contact.pk, sharing=shown
    )
    return RespondentLink.objects.get(case=case)


@pytest.fixture(scope="module")
def sent_once(django_db_setup, django_db_blocker):
    """Who sent it, and the number of the link."""
    with shared_rows(django_db_blocker):
        sct = factories.member("sct")
        yield sct, send(sct).pk


@pytest.fixture
def sct(sent_once):
    return sent_once[0]


@pytest.fixture
def sent(sent_once):
    return RespondentLink.objects.get(pk=sent_once[1])


@pytest.fixture
def browser(sent):
    return business.signed_in(sent, Client(headers={"accept-language": "en"}))


def text(response, status=200) -> str:
    assert response.status_code == status, response.content.decode()[:3000]
    return response.content.decode()


def test_the_page_says_what_was_chosen_and_nothing_else(sent, browser):
    page = text(browser.get(PAGE))
    for told in ("Khách nhận được gạch", "Hoàn tiền", "5.000.000 đ", sent.case.number, "not named"):
        assert told in page
    for hidden in (IDENTITY, PHONE, NOTE, STORY, "canhbao@example.vn", "Đường Canh Báo"):
        assert hidden not in page


def test_pictures_are_made_anew_and_only_those_chosen(sent, browser):
    chosen = sent.shown["pictures"][0]
    answer = browser.get(reverse("business:picture", args=[chosen]))
    body = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "image/webp"
    assert CANARY.encode() not in body
    thumbnail = Derivative.objects.get(purpose="thumbnail").pk
    for other in (thumbnail, 10**6):
        assert browser.get(reverse("business:picture", args=[other])).status_code == 403


def test_nothing_guarded_reaches_mail_log_or_events(sent, browser, capfd):
    browser.get(PAGE)
    browser.post(PAGE, ANSWER)
    Relay(["mail", "notify"]).run_until_idle()
    out = "".join(capfd.readouterr()) + repr([(m.subject, m.body) for m in mail.outbox])
    rows = repr(list(Event.objects.values("kind", "actor", "data")))
    for hidden in (IDENTITY, PHONE, NOTE, STORY, "Bí Mật", "video đóng hàng"):
        assert hidden not in out
        assert hidden not in rows
    assert "Khách nhận được gạch" not in out, "nor what was chosen: a mail may be read by others"


def test_the_answer_reaches_the_sender_and_the_note_does_not(sent, browser):
    assert browser.post(PAGE, ANSWER).status_code == 302
    case = Case.objects.get(pk=sent.case_id)
    assert case.state == State.INVESTIGATING
    citizen = Client(headers={"accept-language": "en"})
    from django.http import HttpResponse

    from casemgr.public import following

    opened = HttpResponse()
    following.remember(opened, case.complaint_id)
    citizen.cookies[following.COOKIE] = opened.cookies[following.COOKIE].value
    page = text(citizen.get("/tra-cuu/ho-so/"))
    assert "The business answered your complaint" in page
    assert ANSWER["answer"] in page
    assert "Bí Mật" not in page


def test_files_go_the_same_way_as_a_citizen_s(sent, browser):
    evil = SimpleUploadedFile("a.exe", b"MZ" + bytes(64))
    refused = text(browser.post(PAGE, ANSWER | {"files": evil}), 400)
    assert "Only pictures" in refused
    assert ANSWER["answer"] in refused, "what was typed stays"
    good = browser.post("/doanh-nghiep/khieu-nai/tep/", {"file": SimpleUploadedFile("hoa-don.jpg", picture(gps=True))})
    assert good.status_code == 201
    assert browser.post(PAGE, ANSWER).status_code == 302
    (file,) = RespondentAnswer.objects.get().files.all()
    assert (file.respondent_id, file.original_name) == (sent.respondent_id, "hoa-don.jpg")
    assert not hasattr(Evidence.objects.get(pk=file.pk), "scan"), "quarantined until it was looked at"
    Relay(["slow"]).run_until_idle()
    assert Evidence.objects.get(pk=file.pk).scan
    assert Derivative.objects.filter(evidence=file).count() == 2
    assert not sending.shareable(sent.case).filter(evidence=file).exists()


def test_what_is_typed_is_kept_for_later_on_any_device(sent, browser):
    browser.post(PAGE, ANSWER | {"save": "1"})
    assert Case.objects.get(pk=sent.case_id).state == State.AWAITING_RESPONDENT
    page = text(business.signed_in(sent).get(PAGE))
    assert ANSWER["answer"] in page
    assert ANSWER["note"] in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"stance": ""}, "required"),
        ({"stance": "silent"}, "not one of the available choices"),
        ({"stance": "offers", "offer_by": ""}, "Write the day by which"),
        ({"stance": "offers", "offer_by": "01/01/2020"}, "This day is over"),
        ({"stance": "offers", "offer_by": "mai"}, "day/month/year"),
        ({"offer_amount": "-5"}, "cannot be negative"),
        ({"answer": "x" * 10_001}, "10000"),
        ({"answer": "\x00"}, ""),
    ],
)
def test_bad_input_is_said_and_what_was_typed_is_kept(sent, browser, typed, said):
    page = text(browser.post(PAGE, ANSWER | typed), 400)
    assert said in page
    assert ANSWER["note"] in page
    assert not RespondentAnswer.objects.exists()


def test_a_late_answer_is_added_and_the_page_says_so(sent, browser):
    from agencies.actors import System

    responding.respondent_silent(case_id=sent.case_id, by=System("test"))
    assert "The time to answer is over" in text(browser.get(PAGE))
    assert browser.post(PAGE, ANSWER).status_code == 302
    assert RespondentAnswer.objects.get().is_supplement


def test_an_answer_typed_when_the_link_was_taken_back_is_handed_back(sent, sct, browser):
    RespondentLink.objects.update(revoked_at=clock.now())
    page = text(browser.post(PAGE, ANSWER), 403)
    assert ANSWER["answer"] in page
    assert "does not hold" in page
    assert sent.case.number not in page


def test_two_links_keep_their_files_apart(sent, sct, browser):
    other = journeys.sent(sct).case
    stranger = business.signed_in(RespondentLink.objects.get(case=other))
    browser.post("/doanh-nghiep/khieu-nai/tep/", {"file": SimpleUploadedFile("a.jpg", picture())})
    upload = Upload.objects.get()
    stranger.post(reverse("business:upload-remove", args=[upload.pk]))
    assert Upload.objects.filter(pk=upload.pk).exists()
    assert upload.original_name not in text(stranger.get(PAGE))


def test_the_staff_s_session_is_another(sent, sct, browser):
    assert browser.get("/backoffice/").status_code == 302
    staff = Client()
    staff.force_login(sct.person)
    assert staff.get(PAGE).status_code == 403
    assert access.COOKIE not in staff.cookies


def test_the_cost_of_the_page(sent, browser, django_assert_max_num_queries):
    browser.post(PAGE, ANSWER)
    with django_assert_max_num_queries(12):
        browser.get(PAGE)


def offered(sent, **fields) -> RespondentAnswer:
    said = {"stance": "offers", "answer": "Chúng tôi đề nghị đổi máy.", "offer_amount": 4_500_000,
            "offer_by": clock.now().date() + timedelta(days=9)}  # fmt: skip
    responding.respond(case_id=sent.case_id, by=Business(sent.case_id, sent.pk), **(said | fields))
    return RespondentAnswer.objects.get(case=sent.case)


def test_the_business_reads_what_it_offered(sent, browser):
    offered(sent)
    assert "4,500,000" in text(browser.get(PAGE))


def test_the_limit_that_moved_is_the_limit_shown_and_judged_by(sent, browser):
    later = sent.answer_by + timedelta(days=3)
    Case.objects.filter(pk=sent.case_id).update(due_at=later)
    assert later.astimezone(HANOI).strftime("%d/%m/%Y") in text(browser.get(PAGE))
    with clock.frozen(sent.answer_by + timedelta(days=1)):
        assert offered(sent).is_late is False
    Case.objects.filter(pk=sent.case_id).update(due_at=sent.answer_by - timedelta(days=3))
    assert RespondentLink.objects.get(pk=sent.pk).answer_until == sent.answer_by, "what was promised stands"


def test_the_sender_reads_the_terms_and_says_yes_or_no(sent):
    answer = offered(sent)
    citizen = Client(headers={"accept-language": "en"})
    citizen.cookies[following.COOKIE] = signing.dumps(sent.case.complaint_id, salt=following._SALT)
    page = text(citizen.get("/tra-cuu/ho-so/"))
    for told in ("What the business answered", "offers something else", "4,500,000", answer.answer.text, "I agree"):
        assert told in page
    citizen.post("/tra-cuu/ho-so/bo-sung/", {"supplement-text": "I agree to what the business offers."})
    assert sent.case.complaint.supplements.get().text == "I agree to what the business offers."
    Case.objects.filter(pk=sent.case_id).update(state="closed")
    assert "What the business answered" not in text(citizen.get("/tra-cuu/ho-so/"))


def test_who_does_not_agree_reads_what_follows(browser):
    page = text(browser.get("/doanh-nghiep/khieu-nai/"))
    assert "The agency weighs your reasons" in page
    assert "The agency judges whether your reason is good." in page
