"""The business's side of a case at the desk: naming, choosing, previewing, sending, judging, telling the result."""

import pytest
from django.urls import reverse

from complaints.lodgement import Person
from tests import factories
from tests.factories import business, journeys
from workflows.models import Case, RespondentLink
from workflows.services import naming, responding
from workflows.states import Stance, State

pytestmark = pytest.mark.django_db
IDENTITY = "Trần Thị Mẫu"


@pytest.fixture
def case(sct) -> Case:
    person = Person(name=IDENTITY, phone="0912345678")
    case = journeys.investigating(sct, person=person, narrative=f"Tôi là {IDENTITY}, gọi 0912345678.").case
    contact = business.contact()
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=contact.respondent_id)
    case.contact = contact
    return case


def url(case: Case, page: str = "", *args) -> str:
    return reverse(f"backoffice:case-business{page and '-'}{page}", args=[case.number, *args])


def chosen(case: Case, **changes) -> dict:
    return {"version": case.version, "contact": case.contact.pk, "story": "Khách nhận được gạch."} | changes


def text(response, status=200) -> str:
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def test_the_proposal_leaves_the_sender_out(at_desk, sct, case):
    form = at_desk(sct).get(url(case, "send")).context["form"]
    assert form["story"].value() == "Tôi là […], gọi […]."
    assert "with_identity" not in form.fields, "not offered without consent"


def test_nothing_is_sent_before_it_was_previewed(at_desk, sct, case):
    client = at_desk(sct)
    page = text(client.post(url(case, "send"), chosen(case)))
    assert "Khách nhận được gạch." in page
    assert "Exactly this, and nothing else" in page
    assert IDENTITY not in page
    assert not RespondentLink.objects.exists()
    edited = client.post(url(case, "send"), chosen(case, step="edit"))
    assert edited.context["form"]["story"].value() == "Khách nhận được gạch."
    assert client.post(url(case, "send"), chosen(case, step="send")).status_code == 302
    link = RespondentLink.objects.get()
    assert link.shown["story"] == "Khách nhận được gạch."
    assert Case.objects.get(pk=case.pk).state == State.AWAITING_RESPONDENT
    assert client.post(url(case, "send"), chosen(case, step="send")).status_code == 403, "sent once"
    assert RespondentLink.objects.count() == 1


@pytest.mark.parametrize("step", ["preview", "send"])
def test_a_story_that_gives_the_sender_away_comes_back(at_desk, sct, case, step):
    page = text(at_desk(sct).post(url(case, "send"), chosen(case, step=step, story=f"{IDENTITY} kể")), 400)
    assert "gives the sender away" in page
    assert not RespondentLink.objects.exists()


def test_a_case_that_changed_meanwhile_is_looked_at_again(at_desk, sct, case):
    page = text(at_desk(sct).post(url(case, "send"), chosen(case, step="send", version=1)), 409)
    assert "Someone changed this case" in page
    assert "Khách nhận được gạch." in page
    assert not RespondentLink.objects.exists()


@pytest.mark.parametrize("roles", [("intake",), ("handler",), ("supervisor",)])
def test_only_its_handler_sends(at_desk, case, roles):
    client = at_desk(factories.member("sct", *roles))
    assert client.get(url(case, "send")).status_code == 403
    assert client.post(url(case, "send"), chosen(case, step="send")).status_code == 403
    assert not RespondentLink.objects.exists()


def test_another_agency_s_case_is_not_there(at_desk, police, case):
    client = at_desk(police)
    for page in ("", "send", "result"):
        assert client.get(url(case, page)).status_code == 404
    assert client.post(url(case, "judge"), {}).status_code == 404


def test_naming_and_taking_off(at_desk, sct, case):
    other = business.respondent("Cửa hàng Ánh Dương 2")
    client = at_desk(sct)
    assert "similar name" in text(client.get(url(case)))
    client.post(url(case), {"respondent": other.pk})
    assert case.complaint.respondents.count() == 2
    client.post(url(case), {"respondent": other.pk, "deed": "remove"})
    assert case.complaint.respondents.count() == 1
    client.post(url(case), {"respondent": "x" * 30})


def test_a_link_is_sent_again_and_revoked(at_desk, sct, case):
    first = business.sent_link(case, sct, contact=case.contact).link
    client = at_desk(sct)
    client.post(url(case, "link", first.pk), {"deed": "resend"})
    first.refresh_from_db()
    second = RespondentLink.objects.first()
    assert first.revoked_at
    assert second.revoked_at is None
    client.post(url(case, "link", second.pk), {"deed": "revoke"})
    second.refresh_from_db()
    assert second.revoked_at
    foreign = business.sent_link(factories.case(), sct).link
    assert client.post(url(case, "link", foreign.pk), {"deed": "revoke"}).status_code == 404


def test_an_answer_by_letter_is_recorded_like_any_move_and_a_refusal_judged(at_desk, sct):
    case = journeys.sent(sct).case
    client = at_desk(sct)
    move = reverse("backoffice:move", args=[case.number, "respond"])
    said = {"version": case.version, "stance": "refuses", "answer": "Hàng đã qua sử dụng.", "note": "Thư ngày 3/11."}
    assert "Thư ngày 3/11." in text(client.post(move, said | {"answer": ""}), 400)
    assert client.post(move, said).status_code == 302
    page = client.get(url(case))
    assert "Judge the reason for refusing" in text(page)
    version = page.context["judge_form"]["version"].value()
    assert text(client.post(url(case, "judge"), {"version": version, "has_good_reason": "no", "explanation": ""}), 400)
    judged = {"version": version, "has_good_reason": "no", "explanation": "Không có biên bản."}
    assert client.post(url(case, "judge"), judged).status_code == 302
    assert Case.objects.get(pk=case.pk).respondent_stance == Stance.REFUSES


def test_the_result_is_told_by_a_link_of_its_own(at_desk, sct):
    case = journeys.resolved(sct).case
    contact = business.contact()
    naming.name_respondent(case_id=case.pk, by=sct, respondent_id=contact.respondent_id)
    client = at_desk(sct)
    assert "gives the sender away" in text(
        client.post(url(case, "result"), {"contact": contact.pk, "text": f"Trả tiền cho {IDENTITY}."}), 400
    )
    client.post(url(case, "result"), {"contact": contact.pk, "text": "Quý cửa hàng phải hoàn tiền."})
    page = business.signed_in(RespondentLink.objects.get()).get("/doanh-nghiep/ket-qua/")
    assert "Quý cửa hàng phải hoàn tiền." in text(page)


def test_the_cost_of_the_page_does_not_grow(at_desk, sct, case, django_assert_max_num_queries):
    for n in range(8):
        contact = business.contact(business.respondent(f"Hãng {n}"))
        naming.name_respondent(case_id=case.pk, by=sct, respondent_id=contact.respondent_id)
        business.sent_link(case, sct, contact=contact)
    sent = journeys.sent(sct).case
    responding.respond(case_id=sent.pk, by=sct, version=sent.version, stance="accepts", answer="Vâng.")
    client = at_desk(sct)
    for one in (case, sent):
        with django_assert_max_num_queries(20):
            client.get(url(one))


def test_an_address_that_is_not_verified_is_marked_and_refused_where_it_was_chosen(at_desk, sct, case):
    unverified = business.contact(case.contact.respondent, verified=False)
    client = at_desk(sct)
    asked = client.get(url(case, "send"))
    assert f"(not verified) {unverified.respondent}: {unverified.value}" in text(asked)
    assert "Empty: the same" not in text(asked)
    refused = client.post(url(case, "send"), chosen(case, contact=unverified.pk))
    assert list(refused.context["form"].errors) == ["contact"]
    assert (
        client.post(url(case, "send"), chosen(case, contact=unverified.pk, code_contact=case.contact.pk)).status_code
        == 200
    )
    case.contact.delete()
    refused = client.post(url(case, "send"), chosen(case, contact=unverified.pk))
    assert list(refused.context["form"].errors) == ["contact"]
    page = reverse("backoffice:business", args=[unverified.respondent_id])
    assert f'href="{page}?case={case.number}#contacts-title"' in text(refused, 400)


def test_a_named_business_without_address_is_not_asked_for_again(at_desk, sct, case):
    case.contact.delete()
    page = text(at_desk(sct).get(url(case, "send")))
    assert "First say which business" not in page
    assert "Enter one on its page" in page
    case.complaint.respondents.all().delete()
    assert "First say which business" in text(at_desk(sct).get(url(case, "send")))


def test_from_the_business_there_is_a_way_back_to_the_case(at_desk, sct, case):
    client, back = at_desk(sct), f"Back to case {case.number}"
    page = reverse("backoffice:business", args=[case.contact.respondent_id]) + f"?case={case.number}"
    assert back in text(client.get(page))
    add = reverse("backoffice:business-contact", args=[case.contact.respondent_id]) + f"?case={case.number}"
    assert f'action="{add}"' in text(client.get(page))
    answer = client.post(add, {"channel": "email", "value": "moi@shop.example"}, follow=True)
    assert back in text(answer)
    assert back not in text(at_desk(factories.member("congan")).get(page)), "not theirs to see"
