"""A transfer over HTTP: previewed as the other side sees it, kept to on every channel, gone with the ownership."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from casemgr.backoffice.file_choices import file_choices
from complaints.models import Derivative, Evidence, Scan
from events import clock
from events.models import Event
from events.relay import Relay
from notifications.models import Notification
from tests import factories
from tests.factories import business, journeys
from workflows.models import Case, Paper, Referral
from workflows.services import correspondence, referral

pytestmark = pytest.mark.django_db
NOTE, REASON = "Ghi chú chung không gửi kèm", "Lý do rất dài của người chuyển"


def file_of(case: Case, name: str) -> Evidence:
    row = Evidence.objects.create(
        complaint=case.complaint, file="evidence/none", sha256="0" * 64, size=1, media_type="image/jpeg",
        original_name=name, added_at=clock.now(),
    )  # fmt: skip
    Scan.objects.create(evidence=row, verdict=Scan.Verdict.CLEAN, scanned_at=clock.now())
    return row


@pytest.fixture
def prepared(sct) -> tuple[Case, Evidence, Evidence]:
    """A case with a note for every agency, one file to share and one to keep."""
    case = journeys.accepted(sct).case
    correspondence.add_note(case_id=case.pk, by=sct, text=NOTE, audience="shared")
    return case, file_of(case, "gui-kem.jpg"), file_of(case, "giu-lai.jpg")


def posted(case: Case, to, files: list[int], **more) -> dict:
    return {"version": case.version, "to": to.pk, "reason": REASON, "files": "chosen", "chosen_files": files, **more}


def url(case: Case, move: str = "refer") -> str:
    return reverse("backoffice:move", args=[case.number, move])


def page_of(client, case: Case) -> str:
    return client.get(reverse("backoffice:case", args=[case.number])).content.decode()


def test_the_preview_shows_what_goes_along_and_does_nothing(at_desk, sct, police, prepared):
    case, chosen, _kept = prepared
    response = at_desk(sct).post(url(case), posted(case, police.agency, [chosen.pk]))
    page = response.content.decode()
    assert response.status_code == 200
    assert "gui-kem.jpg" in page
    assert "giu-lai.jpg" not in page
    assert NOTE not in page
    assert REASON in page
    assert "0912345678" not in page
    assert (Case.objects.get(pk=case.pk).state, Case.objects.get(pk=case.pk).version) == ("accepted", case.version)
    assert not Referral.objects.exists()
    assert not Paper.objects.exists()
    assert not Event.objects.filter(kind="case.referred").exists()


def test_what_was_previewed_is_what_they_see(at_desk, sct, police, prepared):
    case, chosen, kept = prepared
    client = at_desk(sct)
    client.post(url(case), posted(case, police.agency, [chosen.pk]))
    assert client.post(url(case), posted(case, police.agency, [chosen.pk], previewed="on")).status_code == 302
    theirs = at_desk(police)
    page = page_of(theirs, case)
    assert "gui-kem.jpg" in page
    assert "giu-lai.jpg" not in page
    assert NOTE not in page
    assert REASON in page
    for file, status in ((chosen, 200), (kept, 404)):
        assert theirs.get(reverse("backoffice:evidence", args=[case.number, file.pk])).status_code == status
        assert theirs.post(reverse("backoffice:evidence-original", args=[case.number, kept.pk])).status_code == 404
    assert "giu-lai.jpg" in page_of(client, case)


def test_change_something_comes_back_with_what_was_typed(at_desk, sct, police, prepared):
    case, chosen, _kept = prepared
    response = at_desk(sct).post(url(case), posted(case, police.agency, [chosen.pk], change="on"))
    assert response.status_code == 200
    assert REASON in response.content.decode()
    assert Case.objects.get(pk=case.pk).state == "accepted"


def test_the_draft_of_the_sheet_takes_no_number(at_desk, sct, police, prepared):
    case, chosen, _kept = prepared
    response = at_desk(sct).post(url(case), posted(case, police.agency, [chosen.pk], draft_sheet="on"))
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert not Paper.objects.exists()


@pytest.mark.parametrize(
    "more",
    [
        {"chosen_files": []},
        {"chosen_files": ["999999"]},
        {"chosen_files": ["abc"]},
        {"files": "nonsense"},
        {"to": "7@99"},
    ],
)
def test_a_choice_that_makes_no_sense_is_said_beside_its_field(at_desk, sct, police, prepared, more):
    case, chosen, _kept = prepared
    response = at_desk(sct).post(url(case), posted(case, police.agency, [chosen.pk]) | more)
    assert response.status_code == 400
    assert REASON in response.content.decode()
    assert 'class="field-error"' in response.content.decode()


def test_after_taking_the_sender_keeps_the_receipt_alone(at_desk, sct, police, prepared):
    case, chosen, _kept = prepared
    client = at_desk(sct)
    client.post(url(case), posted(case, police.agency, [chosen.pk], previewed="on"))
    offer = Referral.objects.get()
    receipt = reverse("backoffice:receipt", args=[offer.pk])
    assert client.get(receipt).status_code == 404
    case = referral.take_referral(case_id=case.pk, by=police, version=Case.objects.get(pk=case.pk).version)
    places = [
        reverse("backoffice:case", args=[case.number]),
        reverse("backoffice:evidence", args=[case.number, chosen.pk]),
        reverse("backoffice:letters", args=[case.number]),
        reverse("backoffice:pass-on", args=[case.number]),
        url(case, "recall_referral"),
    ]
    answers = [client.get(place) for place in places]
    # The case's own address leads to the receipt, and nowhere else.
    assert {answer.status_code for answer in answers} == {302, 404}
    assert {answer["Location"] for answer in answers if answer.status_code == 302} == {receipt}
    page = client.get(receipt).content.decode()
    assert case.number in page
    assert NOTE in page
    assert police.agency.name in page
    assert case.complaint.narrative not in page
    assert case.complaint.seller_name not in page
    assert client.get(reverse("backoffice:paper", args=[offer.paper_id])).status_code == 202
    assert receipt in client.get(reverse("backoffice:queue") + "?tab=receipts").content.decode()
    assert at_desk(police).get(receipt).status_code == 404


def test_what_happens_after_the_hand_off_is_told_to_the_new_owner_alone(sct, police, prepared):
    case, _chosen, _kept = prepared
    case = referral.refer_case(case_id=case.pk, to=police.agency, by=sct, reason="x", version=case.version)
    case = referral.take_referral(case_id=case.pk, by=police, version=case.version)
    correspondence.supplement_case(case_id=case.pk, by=police, text="Thêm thông tin.")
    Relay(["notify"]).run_until_idle()
    told = Notification.objects.filter(kind="case.supplemented").values_list("recipient", flat=True)
    assert sct.person.pk not in told


def test_the_panel_asks_to_telephone_and_keeps_what_was_said(at_desk, police, sct):
    receipt = factories.lodge(kind="crime", money_moved_at=clock.now() - timedelta(hours=1), amount=5_000_000)
    case = Case.objects.get(pk=receipt.case_id)
    client = at_desk(sct)
    assert "telephone first" in page_of(at_desk(police), case)
    call = {"spoken_to": "Trực ban", "called_on": "25/11/2020", "called_time": "9 giờ", "agreed": "Đang nhận."}
    where = reverse("backoffice:call", args=[case.number])
    bad = client.post(where, call | {"called_time": "hôm qua"})
    assert bad.status_code == 400
    assert "Đang nhận." in bad.content.decode()
    assert client.post(where, call).status_code == 302
    assert "Đang nhận." in page_of(at_desk(police), case)
    sheet = reverse("backoffice:sheet", args=[case.number])
    assert client.post(sheet, {"sheet": "slip"}).status_code == 302
    assert client.post(sheet, {"sheet": "slip"}).status_code == 403
    assert Paper.objects.get().symbol == "01/PC-SCT"


def test_the_lead_agency_finds_what_it_must_decide(at_desk, sct, association):
    case = journeys.escalated(sct, association.agency).case
    client = at_desk(sct)
    page = client.get(reverse("backoffice:queue") + "?tab=escalated").content.decode()
    assert case.number in page
    assert "reassign_referral" in page_of(client, case)
    assert "escalated" not in at_desk(association).get(reverse("backoffice:queue")).content.decode()


def test_a_file_is_passed_on_and_taken_in_by_the_desk(at_desk, sct, association):
    case = journeys.accepted(sct).case
    client = at_desk(sct)
    where = reverse("backoffice:pass-on", args=[case.number])
    assert client.get(where).status_code == 200
    sent = {"version": case.version, "to_name": "Sở X", "reason": "Ở đó.", "ends": "end"}
    assert client.post(where, sent).status_code == 400
    assert client.post(where, sent | {"ends": "keep"}).status_code == 302
    passing = case.passings_on.get()
    package = client.post(reverse("backoffice:package", args=[case.number, passing.pk]))
    content = b"".join(package)
    assert package["Content-Disposition"] == f'attachment; filename="{case.number}-localhost-8000.zip"'
    confirmed = reverse("backoffice:package-confirmed", args=[case.number, passing.pk])
    client.post(confirmed, {"confirmation": "CV 12/SCT"})
    assert "CV 12/SCT" in client.get(where).content.decode()
    take_in = reverse("backoffice:take-in")
    assert at_desk(association).get(take_in).status_code == 403
    assert client.get(take_in).status_code == 200
    bad = client.post(take_in, {"file": SimpleUploadedFile("x.zip", b"x")})
    assert bad.status_code == 400
    assert "no ZIP file" in bad.content.decode()
    done = client.post(take_in, {"file": SimpleUploadedFile("x.zip", content)})
    assert done.status_code == 302
    assert Case.objects.filter(complaint__origin="import").count() == 1


def test_files_of_one_name_are_told_apart(at_desk, sct):
    case = journeys.investigating(sct).case
    files = [file_of(case, "IMG_0001.jpg"), file_of(case, "IMG_0001.jpg"), file_of(case, "<b>.jpg")]
    Derivative.objects.create(
        evidence=files[0], purpose="thumbnail", file="d/none", sha256="0" * 64, size=1, media_type="image/jpeg"
    )
    files[1].respondent = business.respondent()
    files[1].save()
    labels = dict(file_choices(case, case.complaint.evidence.order_by("id")))
    first, second, third = (labels[file.pk] for file in files)
    assert reverse("backoffice:evidence-picture", args=[case.number, files[0].pk, "thumbnail"]) in first
    assert "<img" not in second
    assert "doanh nghiệp gửi" in second
    assert "doanh nghiệp gửi" not in first
    assert "&lt;b&gt;.jpg" in third
    page = at_desk(sct).get(reverse("backoffice:case", args=[case.number])).content.decode()
    assert f'{files[0].pk}/thumbnail/" alt="" loading="lazy"><span class="file-choice">IMG_0001.jpg' in page
    assert "the sender&#x27;s · " in page
