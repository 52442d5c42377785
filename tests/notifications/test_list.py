"""The list behind the bell: grouped, put off, muted, followed, marked; and what it costs."""

from datetime import timedelta

import pytest
from django.urls import reverse

from agencies.actors import Citizen
from agencies.models import Membership, Role
from events import clock
from events.models import Event
from notifications.audience import CONCERNS
from notifications.jobs import wake_for_surfaced
from notifications.models import CaseFollow, CaseMute, Notification
from notifications.selectors import COUNT_CAP, cursor_of, inbox_groups, put_off, unread_count
from notifications.services.inbox import tell
from notifications.services.watching import follow_case, mute_case
from tests import factories
from tests.backoffice.conftest import sign_in
from workflows.errors import CaseNotFound
from workflows.services.acceptance import accept_case, assign_case
from workflows.services.correspondence import supplement_case
from workflows.services.referral import refer_case, take_referral

pytestmark = pytest.mark.django_db
LIST = "/backoffice/inbox/"


def deliver() -> None:
    tell(list(Event.objects.filter(kind__in=CONCERNS).order_by("pk")))


def added(case, times: int = 1) -> None:
    for n in range(times):
        supplement_case(case_id=case.pk, by=Citizen(case.complaint_id), text=f"Thêm {n}.")
    deliver()


@pytest.fixture
def officer(desk):
    return desk["sct", Role.INTAKE]


# Groups


def test_what_is_alike_about_a_case_is_one_line(officer):
    case, other = factories.case(), factories.case()
    added(case, 3)
    added(other)
    found = [(one.case_id, one.kind, one.in_group, one.unread_in_group) for one in inbox_groups(officer.person)]
    assert found[:2] == [(other.pk, "case.supplemented", 1, 1), (case.pk, "case.supplemented", 3, 3)]
    assert sorted(found[2:]) == sorted([(case.pk, "case.lodged", 1, 1), (other.pk, "case.lodged", 1, 1)])


def test_opening_marks_the_group_and_leaves_what_came_meanwhile(officer):
    case = factories.case()
    added(case, 2)
    shown = inbox_groups(officer.person).first()
    added(case)
    opened = sign_in(officer).post(reverse("backoffice:inbox-open", args=[shown.pk]))
    assert opened["Location"] == reverse("backoffice:case", args=[case.number])
    first = inbox_groups(officer.person)[0]
    assert (first.in_group, first.unread_in_group) == (3, 1)


def test_the_page_says_how_many_and_why(officer):
    case = factories.case()
    added(case, 2)
    html = sign_in(officer).get(LIST).content.decode()
    assert html.count(f'<span class="nowrap">{case.number}</span>') == 2
    assert "2 unread" in html
    assert "you receive cases for your agency" in html


def test_marking_all_leaves_what_came_after_the_page(officer):
    client = sign_in(officer)
    case = factories.case()
    deliver()
    html = client.get(LIST).content.decode()
    newest = Notification.objects.get(recipient=officer.person).pk
    assert f'name="newest" value="{newest}"' in html
    added(case)
    client.post(reverse("backoffice:inbox-read-all"), {"newest": newest})
    assert [one.kind for one in Notification.objects.filter(recipient=officer.person, read_at=None)] == [
        "case.supplemented"
    ]


@pytest.mark.parametrize("newest", ["", "x", "9" * 30, "99999"])
def test_marking_all_without_the_list_marks_nothing(officer, newest):
    factories.case()
    deliver()
    assert sign_in(officer).post(reverse("backoffice:inbox-read-all"), {"newest": newest}).status_code == 302
    assert unread_count(officer.person) == 1


# Put off


def test_what_is_put_off_is_neither_shown_nor_counted_until_its_time(officer):
    factories.case()
    deliver()
    client = sign_in(officer)
    one = Notification.objects.get(recipient=officer.person)
    answer = client.post(reverse("backoffice:inbox-put-off", args=[one.pk]), {"until": "hours"})
    assert answer["Location"] == LIST
    assert unread_count(officer.person) == 0
    assert not inbox_groups(officer.person).exists()
    assert [row.pk for row in put_off(officer.person)] == [one.pk]
    assert one.case.number in client.get(reverse("backoffice:inbox-later")).content.decode()
    with clock.frozen(clock.now() + timedelta(hours=3, minutes=1)):
        assert unread_count(officer.person) == 1
        assert [row.pk for row in inbox_groups(officer.person)] == [one.pk]


def test_what_was_put_off_surfaces_on_top(officer):
    first, second = factories.case(), factories.case()
    deliver()
    one = Notification.objects.get(recipient=officer.person, case=first)
    sign_in(officer).post(reverse("backoffice:inbox-put-off", args=[one.pk]), {"until": "hours"})
    with clock.frozen(clock.now() + timedelta(hours=4)):
        assert [row.case_id for row in inbox_groups(officer.person)] == [first.pk, second.pk]


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"until": "other", "day": "", "at": "8:00"}, "Write the day and the time."),
        ({"until": "other", "day": "01/01/2020", "at": "8:00"}, "over already"),
        ({"until": "other", "day": "31/12/2099", "at": "8:00"}, "At most 90 days ahead."),
        ({"until": "other", "day": "hôm kia", "at": "8:00"}, "day/month/year"),
        ({"until": "never"}, ""),
        ({}, ""),
    ],
)
def test_a_time_that_will_not_do_keeps_what_was_typed(officer, typed, wrong):
    factories.case()
    deliver()
    one = Notification.objects.get(recipient=officer.person)
    answer = sign_in(officer).post(reverse("backoffice:inbox-put-off", args=[one.pk]), typed)
    assert answer.status_code == 400 or not typed
    html = answer.content.decode()
    assert wrong in html
    assert f'value="{typed["day"]}"' in html if typed.get("day") else True
    assert unread_count(officer.person) == 1


def test_nobody_puts_off_or_opens_anothers(desk, officer):
    factories.case()
    deliver()
    one = Notification.objects.get(recipient=officer.person)
    other = sign_in(desk["sct", Role.HANDLER])
    for name in ("inbox-put-off", "inbox-open", "inbox-take-up"):
        assert other.post(reverse(f"backoffice:{name}", args=[one.pk]), {"until": "hours"}).status_code == 404
    assert unread_count(officer.person) == 1


def test_taken_up_again_it_is_there_at_once(officer):
    factories.case()
    deliver()
    client = sign_in(officer)
    one = Notification.objects.get(recipient=officer.person)
    client.post(reverse("backoffice:inbox-put-off", args=[one.pk]), {"until": "monday"})
    client.post(reverse("backoffice:inbox-take-up", args=[one.pk]))
    assert unread_count(officer.person) == 1


def test_open_pages_are_woken_when_it_surfaces(officer, monkeypatch, django_capture_on_commit_callbacks):
    factories.case()
    deliver()
    one = Notification.objects.get(recipient=officer.person)
    sign_in(officer).post(reverse("backoffice:inbox-put-off", args=[one.pk]), {"until": "hours"})
    woken: list = []
    monkeypatch.setattr(
        "notifications.services.marking.wake_read", lambda person, cursor: woken.append((person, cursor))
    )
    with django_capture_on_commit_callbacks(execute=True):
        wake_for_surfaced()
    assert woken == []
    with clock.frozen(clock.now() + timedelta(hours=3, seconds=30)), django_capture_on_commit_callbacks(execute=True):
        wake_for_surfaced()
    assert woken == [(officer.person.pk, cursor_of(officer.person.pk))]


# Muted


def test_a_muted_case_is_in_the_list_and_counted_no_more(officer):
    case = factories.case()
    deliver()
    client = sign_in(officer)
    client.post(reverse("backoffice:mute", args=[case.number]), {"inbox": "1"})
    assert unread_count(officer.person) == 0
    added(case)
    assert unread_count(officer.person) == 0
    assert Notification.objects.filter(recipient=officer.person, kind="case.supplemented").count() == 1
    mute = CaseMute.objects.get()
    client.post(reverse("backoffice:mute-end", args=[mute.pk]))
    added(case)
    assert unread_count(officer.person) == 1


def test_of_a_muted_case_what_is_urgent_comes(officer):
    case = factories.case()
    mute_case(case_id=case.pk, by=officer)
    type(case).objects.filter(pk=case.pk).update(urgent=True)
    added(case)
    assert unread_count(officer.person) == 2


def test_a_muted_case_wakes_no_page(officer):
    case = factories.case()
    deliver()
    mute_case(case_id=case.pk, by=officer)
    supplement_case(case_id=case.pk, by=Citizen(case.complaint_id), text="Thêm.")
    rows = tell(list(Event.objects.filter(kind="case.supplemented")))
    assert officer.person.pk not in {row.recipient_id for row in rows}


# Followed


def test_a_follower_is_told_what_concerns_the_agency(desk, officer):
    case = factories.case()
    follower = desk["sct", Role.HANDLER]
    sign_in(follower).post(reverse("backoffice:follow", args=[case.number]))
    added(case)
    one = Notification.objects.get(recipient=follower.person, kind="case.supplemented")
    assert one.reason == "follower"
    assert "you follow this case" in sign_in(follower).get(LIST).content.decode()


def test_who_is_told_anyway_is_told_once_and_by_role(officer):
    case = factories.case()
    follow_case(case_id=case.pk, by=officer)
    added(case)
    assert [n.reason for n in Notification.objects.filter(recipient=officer.person, kind="case.supplemented")] == [
        "intake"
    ]


def test_what_may_be_seen_no_more_is_not_told(desk, officer):
    case, follower = factories.case(), desk["sct", Role.HANDLER]
    follow_case(case_id=case.pk, by=follower)
    case = accept_case(case_id=case.pk, by=officer, version=case.version)
    police = desk["congan", Role.INTAKE]
    case = refer_case(case_id=case.pk, to=police.agency, by=officer, reason="Chuyển.", version=case.version)
    take_referral(case_id=case.pk, by=police, version=case.version)
    added(case)
    assert not Notification.objects.filter(recipient=follower.person, kind="case.supplemented").exists()


def test_a_revoked_follower_is_told_nothing(desk):
    case, follower = factories.case(), desk["sct", Role.HANDLER]
    follow_case(case_id=case.pk, by=follower)
    Membership.objects.filter(person=follower.person).update(revoked_at=clock.now())
    added(case)
    assert not Notification.objects.filter(recipient=follower.person).exists()


def test_a_follower_where_it_is_offered_hears_nothing_of_the_owners_talks(desk, officer):
    """Told is what colleagues of the same agency would be told of, no more."""
    case = accept_case(case_id=factories.case().pk, by=officer, version=1)
    police = desk["congan", Role.HANDLER]
    refer_case(case_id=case.pk, to=police.agency, by=officer, reason="Chuyển.", version=case.version)
    follow_case(case_id=case.pk, by=police)
    added(case)
    assert not Notification.objects.filter(recipient=police.person, kind="case.supplemented").exists()


def test_what_may_not_be_seen_is_not_followed_nor_muted(desk):
    case, police = factories.case(), desk["congan", Role.HANDLER]
    for verb in (follow_case, mute_case):
        with pytest.raises(CaseNotFound):
            verb(case_id=case.pk, by=police)
    client = sign_in(police)
    assert client.post(reverse("backoffice:follow", args=[case.number])).status_code == 404
    assert client.post(reverse("backoffice:mute", args=[case.number])).status_code == 404


def test_only_ones_own_following_is_ended(desk):
    case, follower = factories.case(), desk["sct", Role.HANDLER]
    follow_case(case_id=case.pk, by=follower)
    row = CaseFollow.objects.get()
    sign_in(desk["sct", Role.SUPERVISOR]).post(reverse("backoffice:follow-end", args=[row.pk]))
    assert CaseFollow.objects.exists()
    sign_in(follower).post(reverse("backoffice:follow-end", args=[row.pk]), {"case": case.number})
    assert not CaseFollow.objects.exists()


def test_the_case_page_offers_both(officer):
    case = factories.case()
    client = sign_in(officer)
    html = client.get(reverse("backoffice:case", args=[case.number])).content.decode()
    assert "Follow this case" in html
    assert "No more notifications of it" in html
    follow_case(case_id=case.pk, by=officer)
    mute_case(case_id=case.pk, by=officer)
    html = client.get(reverse("backoffice:case", args=[case.number])).content.decode()
    assert "Stop following" in html
    assert "Hear of it again" in html


# What it costs


def filled(person, agency, rows: int) -> None:
    case = factories.case()
    kinds = ("case.supplemented", "search.matched", "clock.warned")
    Notification.objects.bulk_create(
        Notification(
            recipient=person, agency=agency, case=case, event_id=-n, kind=kinds[n % 3], reason="intake",
            created_at=clock.now(), cursor=n + 1,
        )
        for n in range(rows)
    )  # fmt: skip


@pytest.mark.parametrize("rows", [3, 300])
def test_list_and_count_are_at_most_three_queries(officer, rows, django_assert_max_num_queries):
    from casemgr.backoffice.inbox_rows import rows_of

    filled(officer.person, officer.agency, rows)
    with django_assert_max_num_queries(3):
        rows_of(officer.person, list(inbox_groups(officer.person)[:30]))
        assert unread_count(officer.person) == min(rows, COUNT_CAP)


def test_an_assignment_wakes_its_handler(desk, officer):
    case = accept_case(case_id=factories.case().pk, by=officer, version=1)
    handler = desk["sct", Role.HANDLER]
    assign_case(case_id=case.pk, by=desk["sct", Role.SUPERVISOR], version=case.version, handler=handler.person)
    rows = tell(list(Event.objects.filter(kind="case.assigned")))
    assert [row.recipient_id for row in rows] == [handler.person.pk]
