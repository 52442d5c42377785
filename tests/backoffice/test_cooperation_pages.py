"""Asking and helping, on the pages: exactly what was previewed, nothing else of the case, and not for longer."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agencies.models import Role
from complaints import codes
from complaints.lodgement import Person
from complaints.models import Evidence, Indicator, Upload
from complaints.services.derivatives import process_one
from events.models import Event
from events.relay import Relay
from notifications.models import Notification
from search.selectors import find_cases
from tests import factories
from tests.backoffice.test_evidence import evidence
from tests.factories import cooperation as help_
from tests.factories import files, journeys
from workflows.models import Case, Contribution, ContributionFile, Cooperation
from workflows.services import cooperation
from workflows.services.cooperation import Shared
from workflows.services.correspondence import add_note

pytestmark = pytest.mark.django_db
# What nobody who only helps may ever read.
CANARIES = (
    "Hoàng Thị Kín",
    "0901112223",
    "kin@canary.vn",
    "Ngõ Kín",
    "ĐẦU ĐUÔI KÍN",
    "GHI CHÚ KÍN",
    "tep-kin",
    "0355554444",
)


@pytest.fixture
def qltt():
    return factories.member("qltt")


@pytest.fixture
def case(sct) -> Case:
    who = Person(name="Hoàng Thị Kín", phone="0901112223", email="kin@canary.vn", address="Ngõ Kín 7")
    made = journeys.investigating(
        sct, kind="violation", person=who, narrative="ĐẦU ĐUÔI KÍN của việc mua hàng.", seller_name="Shop Mở",
        seller_address="Kho số 5", identifiers=(("phone", "0977778888"), ("phone", "0355554444")),
    ).case  # fmt: skip
    add_note(case_id=made.pk, by=sct, text="GHI CHÚ KÍN", audience="shared")
    return made


@pytest.fixture
def two_files(case) -> tuple[Evidence, Evidence]:
    shown, kept = (evidence(case, files.picture(), name=name) for name in ("tep-mo.jpg", "tep-kin.jpg"))
    process_one(shown)
    process_one(kept)
    return shown, kept


@pytest.fixture
def own_index(settings, tmp_path) -> None:
    """A search index that knows no other test's cases."""
    settings.SEARCH_INDEX_DIR = tmp_path / "index"
    settings.ELASTICSEARCH_INDEX_PREFIX = f"test-{codes.new_idempotency_key()[:12]}"


def ask_url(case: Case) -> str:
    return reverse("backoffice:ask-cooperation", args=[case.number])


def page_of(found: Cooperation) -> str:
    return reverse("backoffice:cooperation", args=[found.pk])


def deed(found: Cooperation, name: str) -> str:
    return reverse("backoffice:cooperation-deed", args=[found.pk, name])


def filled(case: Case, to, **fields) -> dict:
    help_.deliverable()
    return {
        "key": codes.new_idempotency_key(), "to": to.pk, "deliverable": "verify_address", "other": "",
        "text": "Xác minh kho.", "amount": "", "unit": "WD", "summary": "Nghi bán hàng giả.",
        "facts": ["seller_name", "seller_address"],
        "indicators": [Indicator.objects.get(complaint=case.complaint, raw="0977778888").pk],
    } | fields  # fmt: skip


def shared(case: Case, shown: Evidence) -> Shared:
    phone = Indicator.objects.get(complaint=case.complaint, raw="0977778888").pk
    return Shared("Nghi bán hàng giả.", ("seller_name", "seller_address"), (phone,), (shown.pk,))


def test_it_is_previewed_then_sent_then_read_alike(at_desk, case, sct, qltt, two_files):
    desk, data = at_desk(sct), filled(case, qltt.agency, evidence=[two_files[0].pk])
    preview = desk.post(ask_url(case), data)
    assert preview.status_code == 200
    assert not Cooperation.objects.exists()
    back = desk.post(ask_url(case), data | {"change": "on"}).content.decode()
    assert "Nghi bán hàng giả." in back
    assert desk.post(ask_url(case), data | {"confirmed": "on"}).status_code == 302
    found = Cooperation.objects.get()
    theirs = at_desk(qltt).get(page_of(found)).content.decode()
    for said in ("Nghi bán hàng giả.", "Shop Mở", "Kho số 5", "0977778888", "tep-mo.jpg", "Xác minh kho."):
        assert said in preview.content.decode(), said
        assert said in theirs, said


def test_who_helps_reads_nothing_else_of_the_case_anywhere(own_index, at_desk, case, sct, qltt, two_files):
    shown, kept = two_files
    found = help_.taken(case, sct, qltt, shared=shared(case, shown))
    Relay().run_until_idle()
    desk = at_desk(qltt)
    for url in (
        page_of(found),
        reverse("backoffice:cooperation-list"),
        reverse("backoffice:inbox"),
        reverse("backoffice:queue"),
    ):
        text = desk.get(url).content.decode()
        assert not [secret for secret in CANARIES if secret in text], url
    assert desk.get(reverse("backoffice:case", args=[case.number])).status_code == 404
    assert desk.get(reverse("backoffice:evidence", args=[case.number, shown.pk])).status_code == 404
    assert desk.post(reverse("backoffice:identity", args=[case.number])).status_code == 404
    assert find_cases(sct, case.number).hits
    assert not find_cases(qltt, case.number).hits
    place = "backoffice:cooperation-evidence"
    assert desk.post(reverse(place, args=[found.pk, kept.pk])).status_code == 404
    assert b"".join(desk.post(reverse(place, args=[found.pk, shown.pk])).streaming_content)
    assert Event.objects.filter(stream=case.stream, kind="case.evidence_opened").count() == 1


def test_what_was_shared_closes_with_the_contribution(at_desk, case, sct, qltt, two_files):
    found = help_.taken(case, sct, qltt, shared=shared(case, two_files[0]))
    desk = at_desk(qltt)
    answer = desk.post(deed(found, "contribute"), {"key": codes.new_idempotency_key(), "text": "KẾT QUẢ của chúng tôi"})
    assert answer.status_code == 302
    text = desk.get(page_of(found)).content.decode()
    assert "KẾT QUẢ của chúng tôi" in text
    for gone in ("Nghi bán hàng giả.", "Shop Mở", "0977778888", "tep-mo.jpg"):
        assert gone not in text, gone
    evidence_url = reverse("backoffice:cooperation-evidence", args=[found.pk, two_files[0].pk])
    assert desk.post(evidence_url).status_code == 404
    assert "KẾT QUẢ của chúng tôi" in at_desk(sct).get(page_of(found)).content.decode()


def test_foreign_and_nonexistent_answer_alike(at_desk, case, sct, qltt, association):
    found = help_.taken(case, sct, qltt)
    cooperation.contribute(cooperation_id=found.pk, by=qltt, text="x", uploads=[help_.upload().pk])
    file = ContributionFile.objects.get()
    desk = at_desk(association)
    assert desk.get(page_of(found)).status_code == desk.get(page_of(Cooperation(pk=10**6))).status_code == 404
    for name in ("take", "contribute", "dismiss", "nonsense"):
        assert desk.post(deed(found, name), {"text": "x", "reason": "x"}).status_code == 404
    assert desk.post(reverse("backoffice:cooperation-file", args=[found.pk, file.pk])).status_code == 404
    assert desk.get(ask_url(case)).status_code == 404
    auditor = at_desk(factories.member("qltt", Role.AUDITOR))
    assert auditor.get(page_of(found)).status_code == 403


def test_each_side_is_offered_its_own_deeds_only(at_desk, case, sct, qltt):
    found = help_.asked(case, sct, qltt.agency)
    offered = {
        who: [e["name"] for e in at_desk(m).get(page_of(found)).context["deeds"]]
        for who, m in (("us", sct), ("them", qltt))
    }
    assert offered == {"us": ["dismiss"], "them": ["take", "decline"]}
    assert at_desk(qltt).post(deed(found, "dismiss"), {"reason": "x"}).status_code == 403
    assert at_desk(sct).post(deed(found, "take")).status_code == 403


def test_files_come_with_a_contribution_and_what_was_typed_is_kept_when_one_is_refused(at_desk, case, sct, qltt):
    found = help_.taken(case, sct, qltt)
    desk, key = at_desk(qltt), codes.new_idempotency_key()
    good = SimpleUploadedFile("anh.jpg", files.picture())
    bad = SimpleUploadedFile("x.exe", b"MZ" + bytes(90))
    refused = desk.post(deed(found, "contribute"), {"key": key, "text": "ĐÃ GÕ RỒI", "files_contribute": [good, bad]})
    assert refused.status_code == 400
    assert "ĐÃ GÕ RỒI" in refused.content.decode()
    assert Upload.objects.count() == 1
    assert Cooperation.objects.get().state == "taken"
    assert desk.post(deed(found, "contribute"), {"key": key, "text": "ĐÃ GÕ RỒI"}).status_code == 302
    Relay().run_until_idle()
    file = ContributionFile.objects.get()
    response = at_desk(sct).post(reverse("backoffice:cooperation-file", args=[found.pk, file.pk]))
    assert b"".join(response.streaming_content) == files.picture()
    assert response["Content-Disposition"].startswith("attachment")


def test_a_file_is_taken_out_again_without_javascript(at_desk, case, sct, qltt):
    found = help_.taken(case, sct, qltt)
    desk, key = at_desk(qltt), codes.new_idempotency_key()
    files_ = [SimpleUploadedFile("anh.jpg", files.picture()), SimpleUploadedFile("x.exe", b"MZ")]
    desk.post(deed(found, "contribute"), {"key": key, "text": "CHỮ", "files_contribute": files_})
    upload = Upload.objects.get()
    page = desk.post(f"{deed(found, 'contribute')}?remove={upload.pk}", {"key": key, "text": "CHỮ"})
    assert (page.status_code, Upload.objects.count()) == (200, 0)
    assert "CHỮ" in page.content.decode()


@pytest.mark.parametrize(
    "fields", [{"to": ""}, {"text": ""}, {"deliverable": "", "amount": "3"}, {"amount": "999"}, {"to": "x"}]
)
def test_bad_input_is_told_and_kept(at_desk, case, sct, qltt, fields):
    page = at_desk(sct).post(ask_url(case), filled(case, qltt.agency) | fields | {"confirmed": "on"})
    assert page.status_code == 400
    assert "Nghi bán hàng giả." in page.content.decode()
    assert not Cooperation.objects.exists()


def test_the_case_page_tells_what_was_asked_and_where_to_ask(at_desk, case, sct, qltt):
    found = help_.taken(case, sct, qltt)
    text = at_desk(sct).get(reverse("backoffice:case", args=[case.number])).content.decode()
    assert page_of(found) in text
    assert ask_url(case) in text
    intake = factories.member("sct", Role.INTAKE)
    assert ask_url(case) not in at_desk(intake).get(reverse("backoffice:case", args=[case.number])).content.decode()


def test_a_notice_leads_to_the_request(at_desk, case, sct, qltt):
    found = help_.asked(case, sct, qltt.agency)
    Relay().run_until_idle()
    notice = Notification.objects.get(recipient=qltt.person)
    response = at_desk(qltt).post(reverse("backoffice:inbox-open", args=[notice.pk]))
    assert response["Location"] == page_of(found)


def test_police_only_is_offered_between_police_alone(at_desk, case, sct, police):
    found = help_.taken(case, sct, police)
    assert "police_only" not in at_desk(police).get(page_of(found)).content.decode()
    at_desk(police).post(deed(found, "contribute"), {"key": "a" * 32, "text": "x", "police_only": "on"})
    assert not Contribution.objects.get().police_only


def test_overdue_requests_come_first_and_a_list_costs_the_same_however_long(
    at_desk, case, sct, qltt, django_assert_max_num_queries
):
    help_.asked(case, sct, qltt.agency, amount=20)
    soon = help_.asked(case, sct, qltt.agency, amount=1, unit="h")
    desk = at_desk(qltt)
    desk.get(reverse("backoffice:cooperation-list"))
    for _ in range(6):
        help_.asked(case, sct, qltt.agency)
    with django_assert_max_num_queries(12):
        page = desk.get(reverse("backoffice:cooperation-list"))
    assert page.context["rows"][0]["cooperation"] == soon
    assert (
        at_desk(sct).get(reverse("backoffice:cooperation-list"), {"tab": "by-us"}).context["rows"][0]["cooperation"]
        == soon
    )


def test_a_requests_page_costs_the_same_however_much_was_shared(
    at_desk, case, sct, qltt, two_files, django_assert_max_num_queries
):
    found = help_.taken(case, sct, qltt, shared=shared(case, two_files[0]))
    desk = at_desk(qltt)
    desk.get(page_of(found))
    with django_assert_max_num_queries(14):
        desk.get(page_of(found))
