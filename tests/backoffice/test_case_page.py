"""The case page: what was said, what was done, who may read it, who complained."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localtime

from complaints.lodgement import Person
from events import clock
from events.models import Event
from tests import factories
from tests.factories import journeys
from workflows.models import Case, Remark
from workflows.services import acceptance, correspondence, referral

pytestmark = [pytest.mark.django_db, pytest.mark.both_profiles]
NAME, PHONE, EMAIL, ADDRESS = "Nguyễn Thị Bí Mật", "0987654321", "bi.mat@example.vn", "12 đường Kín, ấp Giấu"
WHO = Person(name=NAME, phone=PHONE, email=EMAIL, address=ADDRESS)
IDENTITY = (NAME, PHONE, EMAIL, ADDRESS)


def page_of(client, case: Case) -> str:
    response = client.get(reverse("backoffice:case", args=[case.number]))
    assert response.status_code == 200
    return response.content.decode()


def looks(case: Case) -> int:
    return Event.objects.filter(stream=case.stream, kind="case.identity_shown").count()


def test_it_shows_what_was_said_and_why_it_is_here(at_desk, sct):
    case = journeys.accepted(
        sct, product="Sữa bột Hoa Mai", seller_name="Cửa hàng Ánh Dương", price=350_000, wish="Hoàn tiền",
        narrative="Tôi mua sữa, <b>hộp</b> bị phồng.", vulnerability="elderly",
    ).case  # fmt: skip
    correspondence.supplement_case(case_id=case.pk, by=sct, text="Ông gửi thêm số lô 123.")
    page = page_of(at_desk(sct), case)
    for text in ("Sữa bột Hoa Mai", "Cửa hàng Ánh Dương", "350.000 đ", "Hoàn tiền", "số lô 123", "Quy tắc consumer"):
        assert text in page
    assert "&lt;b&gt;hộp&lt;/b&gt;" in page
    assert "Vulnerable consumer" in page
    assert "accepted the case" in page


def test_addresses_are_made_harmless(at_desk, sct):
    case = journeys.lodged(sct, identifiers=(("url", "https://shop-lua-dao.example/a?b=1"),)).case
    page = page_of(at_desk(sct), case)
    assert "hxxps://shop-lua-dao[.]example" in page
    assert "https://shop-lua-dao.example" not in page


def test_the_fast_lane_comes_first(at_desk, sct, police):
    case = journeys.lodged(
        sct, kind="crime", money_moved_at=clock.now() - timedelta(hours=2), amount=95_000_000, bank="Vietcombank",
        identifiers=(("bank_account", "0123456789"),), narrative="Họ bảo tôi chuyển tiền.",
    ).case  # fmt: skip
    assert (case.state, case.urgent) == ("referred", True)
    for who in (sct, police):
        page = page_of(at_desk(who), case)
        story = page.index("Họ bảo tôi chuyển tiền.")
        for text in ("0123456789", "Vietcombank", "95.000.000 đ", "Money has left an account"):
            assert page.index(text) < story
    assert "Money has left an account" not in page_of(at_desk(sct), journeys.lodged(sct, kind="crime").case)


def test_identity_is_masked_until_it_is_asked_for(at_desk, sct):
    case = journeys.accepted(sct, person=WHO).case
    client = at_desk(sct)
    page = page_of(client, case)
    assert all(secret not in page for secret in IDENTITY)
    assert "N• T• B• M•" in page
    assert looks(case) == 0

    response = client.post(reverse("backoffice:identity", args=[case.number]))
    shown = response.content.decode()
    assert all(secret in shown for secret in IDENTITY)
    assert "no-store" in response["Cache-Control"]
    assert looks(case) == 1
    assert all(secret not in page_of(client, case) for secret in IDENTITY)
    assert "looked at the sender&#x27;s identity" in page_of(client, case)


def test_htmx_gets_the_identity_alone(at_desk, sct):
    case = journeys.accepted(sct, person=WHO).case
    response = at_desk(sct).post(reverse("backoffice:identity", args=[case.number]), headers={"HX-Request": "true"})
    assert NAME in response.content.decode()
    assert "<html" not in response.content.decode()
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize(("shares", "status"), [(True, 200), (False, 403)])
def test_the_agency_it_is_offered_to_sees_identity_only_when_it_was_shared(at_desk, sct, police, shares, status):
    case = journeys.offered(sct, police.agency, shares_identity=shares, person=WHO).case
    client = at_desk(police)
    page = page_of(client, case)
    assert all(secret not in page for secret in IDENTITY)
    assert (reverse("backoffice:identity", args=[case.number]) in page) == shares
    response = client.post(reverse("backoffice:identity", args=[case.number]))
    assert response.status_code == status
    assert (NAME in response.content.decode()) == shares
    assert looks(case) == int(shares)


def test_an_anonymous_case_says_so(at_desk, sct):
    case = journeys.lodged(sct, is_anonymous=True, person=Person()).case
    page = page_of(at_desk(sct), case)
    assert "stay anonymous" in page
    assert reverse("backoffice:identity", args=[case.number]) not in page


def test_notes_reach_their_audience_and_nobody_else(at_desk, sct, police):
    case = journeys.offered(sct, police.agency).case
    for who, audience, text in (
        (sct, "agency", "Riêng Sở đọc."),
        (sct, "shared", "Mọi cơ quan đọc."),
        (police, "agency", "Riêng công an tỉnh đọc."),
        (police, "police", "Bí mật điều tra."),
    ):
        response = at_desk(who).post(
            reverse("backoffice:note", args=[case.number]), {"text": text, "audience": audience}
        )
        assert response.status_code == 302
    at_sct, at_police = page_of(at_desk(sct), case), page_of(at_desk(police), case)
    assert ("Riêng Sở đọc." in at_sct, "Riêng Sở đọc." in at_police) == (True, False)
    assert ("Mọi cơ quan đọc." in at_sct, "Mọi cơ quan đọc." in at_police) == (True, True)
    assert ("Riêng công an tỉnh đọc." in at_sct, "Riêng công an tỉnh đọc." in at_police) == (False, True)
    assert ("Bí mật điều tra." in at_sct, "Bí mật điều tra." in at_police) == (False, True)
    # Not even that it was written.
    assert at_sct.count("wrote a note") == 2
    assert at_police.count("wrote a note") == 3


def test_only_the_police_may_write_for_the_police(at_desk, sct):
    case = journeys.accepted(sct).case
    client = at_desk(sct)
    assert 'value="police"' not in page_of(client, case)
    response = client.post(reverse("backoffice:note", args=[case.number]), {"text": "Chữ đã gõ.", "audience": "police"})
    assert response.status_code == 400
    assert "Chữ đã gõ." in response.content.decode()
    assert not Remark.objects.filter(case=case).exists()


@pytest.mark.parametrize("text", ["", "   ", "x" * 10_001])
def test_a_note_that_cannot_be_kept_is_shown_again(at_desk, sct, text):
    case = journeys.accepted(sct).case
    response = at_desk(sct).post(reverse("backoffice:note", args=[case.number]), {"text": text, "audience": "agency"})
    assert response.status_code == 400
    assert 'class="field-error"' in response.content.decode()
    assert text.strip() in response.content.decode()


def test_what_the_sender_added_by_telephone_is_recorded_as_such(at_desk, sct, police):
    case = journeys.offered(sct, police.agency).case
    url = reverse("backoffice:supplement", args=[case.number])
    assert at_desk(sct).post(url, {"text": "Bà gọi lúc 9 giờ, báo thêm số lô 7."}).status_code == 302
    page = page_of(at_desk(sct), case)
    assert "báo thêm số lô 7" in page
    assert f"recorded by {sct.person}" in page
    assert url not in page_of(at_desk(police), case)
    assert at_desk(police).post(url, {"text": "Chữ đã gõ."}).status_code == 403
    response = at_desk(sct).post(url, {"text": " "})
    assert response.status_code == 400
    assert 'class="field-error"' in response.content.decode()


def test_nothing_is_added_to_a_closed_case(at_desk, sct):
    case = journeys.closed(sct).case
    response = at_desk(sct).post(reverse("backoffice:supplement", args=[case.number]), {"text": "Chữ đã gõ rất lâu."})
    assert response.status_code == 403
    assert "Chữ đã gõ rất lâu." in response.content.decode()


def test_a_wish_to_withdraw_is_told_to_the_supervisor(at_desk, sct):
    case = journeys.wished_away(sct).case
    page = page_of(at_desk(sct), case)
    assert "wishes to withdraw" in page
    assert reverse("backoffice:move", args=[case.number, "withdraw"]) in page


def test_who_has_nothing_to_do_is_told_who_has(at_desk, sct):
    case = journeys.investigating(sct).case
    page = page_of(at_desk(factories.member("sct", "handler")), case)
    assert f"{sct.person} handles this case" in page


def test_the_cost_of_a_page_does_not_grow_with_its_timeline(at_desk, sct, django_assert_max_num_queries):
    case = journeys.investigating(sct).case
    for i in range(30):
        correspondence.add_note(case_id=case.pk, by=sct, text=f"Ghi chú {i}")
    client = at_desk(sct)
    with django_assert_max_num_queries(31):
        page_of(client, case)


def test_no_page_of_a_case_is_kept_by_a_shared_cache(at_desk, sct):
    case = journeys.lodged(sct).case
    response = at_desk(sct).get(reverse("backoffice:case", args=[case.number]))
    assert "private" in response["Cache-Control"]


def test_where_the_sender_lives_is_part_of_who_the_sender_is(at_desk, sct):
    home = factories.commune()
    case = journeys.accepted(sct, person=WHO, commune=home.pk).case
    client = at_desk(sct)
    page = page_of(client, case)
    assert str(home) not in page
    shown = client.post(reverse("backoffice:identity", args=[case.number])).content.decode()
    assert str(home) in shown
    assert "Lives in (ward, commune)" in shown


def test_an_anonymous_senders_commune_is_called_what_it_is(at_desk, sct):
    home = factories.commune()
    case = journeys.lodged(
        sct, kind="violation", is_anonymous=True, anonymity_reason="private", person=Person(), commune=home.pk
    ).case
    page = page_of(at_desk(sct), case)
    assert str(home) in page
    assert "Ward or commune where the sender lives" in page
    assert ">Where<" not in page


def test_the_handlers_name_is_in_the_timeline_of_their_own_agency_only(at_desk, sct, police):
    chosen = factories.member("sct", "handler", who=factories.person("Lê Thị Xử Lý"))
    case = journeys.accepted(sct).then(acceptance.assign_case, handler=chosen.person).case
    assert "assigned a handler: Lê Thị Xử Lý" in page_of(at_desk(sct), case)
    case = referral.refer_case(
        case_id=case.pk, by=chosen, version=case.version, to=police.agency, reason="Có dấu hiệu tội phạm."
    )
    page = page_of(at_desk(police), case)
    assert "assigned a handler" in page
    assert "assigned a handler: " not in page


def test_a_limit_of_hours_shows_its_hour(at_desk, sct):
    case = journeys.accepted(sct).case
    now = clock.now()
    Case.objects.filter(pk=case.pk).update(due_at=now + timedelta(hours=1, minutes=57, seconds=30))
    page = page_of(at_desk(sct), case)
    assert "1 hour 57 minutes left" in " ".join(page.split())
    assert localtime(now + timedelta(hours=1, minutes=57, seconds=30)).strftime("%H:%M %d/%m/%Y") in page
    Case.objects.filter(pk=case.pk).update(due_at=now + timedelta(days=12, hours=1))
    page = page_of(at_desk(sct), case)
    assert "12 days left" in " ".join(page.split())
    assert f'">{localtime(now + timedelta(days=12, hours=1)):%d/%m/%Y}</time>' in page


def test_only_outcomes_of_the_track_are_offered(at_desk, sct):
    case = journeys.investigating(sct, kind="crime").case
    page = at_desk(sct).get(reverse("backoffice:move", args=[case.number, "resolve"])).content.decode()
    assert 'value="prosecution_opened"' in page
    assert 'value="repaired"' not in page
