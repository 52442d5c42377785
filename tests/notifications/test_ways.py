"""Through what a person is told: their choice, the agency's least, and the page where both are set."""

import pytest
from django.urls import reverse

from agencies.actors import Citizen
from agencies.models import Role
from events.models import Event
from notifications.audience import CONCERNS
from notifications.groups import CODES, GROUPS, SUMMARY
from notifications.models import CompulsoryWay, Notification, Preference, Way
from notifications.selectors import unread_count
from notifications.services.inbox import tell
from notifications.services.preferences import choose_ways, make_compulsory
from notifications.services.watching import mute_case
from notifications.ways import chosen_by
from tests import factories
from tests.backoffice.conftest import sign_in
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.services.correspondence import supplement_case

pytestmark = pytest.mark.django_db
PAGE = "/backoffice/inbox/settings/"


@pytest.fixture
def officer(desk):
    return desk["sct", Role.INTAKE]


def supplemented(**update):
    """Rows that wake pages once the sender added something."""
    case = factories.case()
    if update:
        type(case).objects.filter(pk=case.pk).update(**update)
    supplement_case(case_id=case.pk, by=Citizen(case.complaint_id), text="Thêm.")
    return case, tell(list(Event.objects.filter(kind="case.supplemented")))


def rows_of(officer):
    return Notification.objects.filter(recipient=officer.person, kind="case.supplemented")


def test_each_told_kind_is_in_exactly_one_group():
    kinds = [kind for group in GROUPS for kind in group.kinds]
    assert sorted(kinds) == sorted(CONCERNS)


def test_who_chose_nothing_is_told_live(officer):
    _case, woken = supplemented()
    assert officer.person.pk in {row.recipient_id for row in woken}
    assert not Event.objects.filter(kind="notices.mail_owed").exists()


@pytest.mark.parametrize(
    ("way", "rows", "woken"), [("off", 0, False), ("digest", 1, False), ("live", 1, True), ("mail", 1, True)]
)
def test_a_choice_is_kept_to(officer, way, rows, woken):
    choose_ways(by=officer, chosen={"sender": way})
    _case, told = supplemented()
    assert rows_of(officer).count() == rows
    assert (officer.person.pk in {row.recipient_id for row in told}) == woken
    assert Event.objects.filter(kind="notices.mail_owed").exists() == (way == "mail")


def test_what_is_urgent_comes_at_once_whatever_was_chosen(officer):
    choose_ways(by=officer, chosen={"sender": "off"})
    _case, told = supplemented(urgent=True)
    assert officer.person.pk in {row.recipient_id for row in told}


def test_the_mail_owed_is_recorded_once(officer):
    choose_ways(by=officer, chosen={"sender": "mail"})
    supplemented()
    again = list(Event.objects.filter(kind="case.supplemented"))
    tell(again)
    tell(again + again)
    owed = Event.objects.get(kind="notices.mail_owed")
    assert owed.data["people"] == [[officer.person.pk, officer.agency.pk]]


# The agency's least


def test_compulsory_is_the_least(desk, officer):
    choose_ways(by=officer, chosen={"sender": "off"})
    make_compulsory(by=desk["sct", Role.SUPERVISOR], chosen={"sender": "live"})
    _case, told = supplemented()
    assert officer.person.pk in {row.recipient_id for row in told}


def test_more_than_compulsory_stays(desk, officer):
    choose_ways(by=officer, chosen={"sender": "mail"})
    make_compulsory(by=desk["sct", Role.SUPERVISOR], chosen={"sender": "digest"})
    supplemented()
    assert Event.objects.filter(kind="notices.mail_owed").exists()


def test_compulsory_in_one_agency_is_not_in_another(desk, officer):
    choose_ways(by=officer, chosen={"sender": "off"})
    make_compulsory(by=desk["congan", Role.SUPERVISOR], chosen={"sender": "mail"})
    supplemented()
    assert not rows_of(officer).exists()


def test_muting_does_not_end_what_is_compulsory(desk, officer):
    make_compulsory(by=desk["sct", Role.SUPERVISOR], chosen={"sender": "live"})
    case = factories.case()
    mute_case(case_id=case.pk, by=officer)
    supplement_case(case_id=case.pk, by=Citizen(case.complaint_id), text="Thêm.")
    tell(list(Event.objects.filter(kind="case.supplemented")))
    assert unread_count(officer.person) == 1


@pytest.mark.parametrize("role", [Role.INTAKE, Role.HANDLER, Role.AUDITOR])
def test_only_a_supervisor_makes_anything_compulsory(desk, role):
    with pytest.raises(MoveNotAllowed):
        make_compulsory(by=desk["sct", role], chosen={"sender": "mail"})
    assert sign_in(desk["sct", role]).post(reverse("backoffice:notice-compulsory"), {}).status_code == 403


@pytest.mark.parametrize("chosen", [{"nothing": "live"}, {"sender": "loudly"}, {SUMMARY: "live"}])
def test_what_there_is_none_of_is_refused(officer, chosen):
    with pytest.raises(InvalidInput):
        choose_ways(by=officer, chosen=chosen)


# The page


def choices(**other):
    return dict.fromkeys(CODES, "live") | {SUMMARY: "digest"} | other


def test_choosing_on_the_page(officer):
    client = sign_in(officer)
    html = client.get(PAGE).content.decode()
    for group in GROUPS:
        assert str(group.label) in html.replace("&#x27;", "'").replace("&quot;", '"') or group.code in html
    assert "Compulsory in" not in html
    assert client.post(PAGE, choices(sender="mail", talks="off"))["Location"] == PAGE
    assert dict(Preference.objects.values_list("group", "way")) == {"sender": "mail", "talks": "off"}
    event = Event.objects.get(kind="notices.chosen")
    assert (event.stream, event.data["values"]) == (f"notices:{officer.person.pk}", {"sender": "mail", "talks": "off"})
    client.post(PAGE, choices(sender="mail", talks="off"))
    assert Event.objects.filter(kind="notices.chosen").count() == 1, "what changes nothing is no event"
    assert chosen_by(officer.person)["sender"] == Way.MAIL


def test_a_choice_that_is_none_keeps_the_others(officer):
    answer = sign_in(officer).post(PAGE, choices(sender="x", talks="off"))
    assert answer.status_code == 400
    html = answer.content.decode()
    talks = html[html.index('name="talks"') :]
    assert '<option value="off" selected>' in talks[: talks.index("</select>")]
    assert not Preference.objects.exists()


def test_a_supervisor_sets_the_agencys_least(desk, officer):
    client = sign_in(desk["sct", Role.SUPERVISOR])
    assert "Compulsory in" in client.get(PAGE).content.decode()
    sent = {f"agency-{code}": "" for code in CODES} | {"agency-limits": "mail"}
    client.post(reverse("backoffice:notice-compulsory"), sent)
    assert [(row.agency.code, row.group, row.way) for row in CompulsoryWay.objects.all()] == [("sct", "limits", "mail")]
    assert Event.objects.get(kind="notices.made_compulsory").stream == "notices:sct"
    assert "Compulsory in your agency" in sign_in(officer).get(PAGE).content.decode()
    client.post(reverse("backoffice:notice-compulsory"), sent | {"agency-limits": ""})
    assert not CompulsoryWay.objects.exists()


def test_the_auditor_reads_who_changed_what(desk):
    choose_ways(by=desk["sct", Role.INTAKE], chosen={"sender": "off"})
    html = sign_in(desk["sct", Role.AUDITOR]).get(reverse("backoffice:audit")).content.decode()
    assert "changed how they are told of events" in html
