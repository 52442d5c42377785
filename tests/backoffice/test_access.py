"""Who sits at the desk: roles, acting for an agency, the second factor."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from agencies.actors import Member
from agencies.models import Membership, Role
from casemgr.backoffice.middleware import SESSION_KEY
from tests import factories
from tests.factories import journeys

pytestmark = pytest.mark.django_db
QUEUE = "/backoffice/"


def test_nobody_enters_without_signing_in(client):
    response = client.get(QUEUE)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize("role", [Role.EDITOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN])
def test_people_who_handle_no_cases_are_told_what_they_may_open(at_desk, sct, role):
    case = journeys.lodged(sct, narrative="Chuyện không dành cho kiểm toán.").case
    client = at_desk(factories.member("sct", role))
    page = client.get(QUEUE)
    assert page.status_code == 200
    assert "does not handle cases" in page.content.decode()
    for url in (reverse("backoffice:case", args=[case.number]), f"{QUEUE}?tab=agency"):
        assert "kiểm toán" not in client.get(url).content.decode()
    assert client.get(reverse("backoffice:case", args=[case.number])).status_code == 403


def test_an_overseer_sees_figures_only(at_desk, sct):
    case = journeys.lodged(sct).case
    who = factories.person()
    Membership.objects.create(person=who, province=factories.province(), role=Role.OVERSEER)
    client = Client(headers={"accept-language": "en"})
    client.force_login(who)
    page = client.get(QUEUE).content.decode()
    assert "figures and no case" in page
    assert reverse("backoffice:figures") in page
    assert "give you a role" not in page
    assert client.get(reverse("backoffice:case", args=[case.number])).status_code == 403


def test_an_account_without_any_role_gets_a_clear_page(client):
    client.force_login(factories.person())
    response = client.get(QUEUE, headers={"accept-language": "en"})
    assert response.status_code == 200
    assert "no role in any agency" in response.content.decode()


@pytest.mark.parametrize("path", ["moves/accept/", "notes/", "identity/", "print/", "evidence/1/original/"])
def test_no_action_is_open_without_a_case_role(at_desk, sct, path):
    case = journeys.lodged(sct).case
    client = at_desk(factories.member("sct", Role.AUDITOR))
    assert client.post(f"/backoffice/cases/{case.number}/{path}", {"version": case.version}).status_code == 403
    case.refresh_from_db()
    assert case.state == "lodged"


def two_hats() -> tuple[Member, Member]:
    who = factories.person()
    return factories.member("hoi", "handler", who=who), factories.member("sct", "intake", "handler", who=who)


def test_acting_for_another_agency_changes_what_is_seen(sct):
    hoi, at_sct = two_hats()
    case = journeys.lodged(sct).case
    client = Client()
    client.force_login(hoi.person)
    session = client.session
    session[SESSION_KEY] = hoi.agency.code
    session.save()
    url = reverse("backoffice:case", args=[case.number])
    assert client.get(url).status_code == 404
    membership = Membership.objects.filter(person=hoi.person, agency=at_sct.agency).first()
    response = client.post(reverse("backoffice:act-as"), {"membership": membership.pk, "next": "https://evil.example/"})
    assert (response.status_code, response["Location"]) == (302, QUEUE)
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("chosen", ["foreign", "revoked", "", "abc", "999999999999999999999"])
def test_acting_for_a_foreign_agency_changes_nothing(sct, chosen):
    hoi, at_sct = two_hats()
    if chosen == "foreign":
        chosen = str(Membership.objects.filter(person=sct.person).first().pk)
    elif chosen == "revoked":
        row = Membership.objects.filter(person=hoi.person, agency=at_sct.agency).first()
        Membership.objects.filter(agency=at_sct.agency, person=hoi.person).update(revoked_at=row.since)
        chosen = str(row.pk)
    client = Client()
    client.force_login(hoi.person)
    session = client.session
    session[SESSION_KEY] = "hoi"
    session.save()
    client.post(reverse("backoffice:act-as"), {"membership": chosen})
    assert client.session[SESSION_KEY] == "hoi"
    assert client.get(reverse("backoffice:act-as")).status_code == 405


def test_a_revoked_membership_ends_at_the_next_request(at_desk, sct):
    case = journeys.lodged(sct).case
    client = at_desk(sct)
    url = reverse("backoffice:case", args=[case.number])
    assert client.get(url).status_code == 200
    row = Membership.objects.filter(person=sct.person).first()
    Membership.objects.filter(person=sct.person).update(revoked_at=row.since)
    assert client.get(url).status_code == 403


def test_the_menu_lists_each_agency_once_with_its_roles(at_desk):
    _hoi, at_sct = two_hats()
    page = at_desk(at_sct).get(QUEUE).content.decode()
    assert page.count('name="membership"') == 2
    assert "handler, intake officer" in page or "intake officer, handler" in page


def test_a_required_second_factor_shuts_every_page_until_it_is_set_up(at_desk, sct, settings):
    settings.MFA_REQUIRED_ROLES = frozenset({"supervisor"})
    case = journeys.lodged(sct).case
    client = at_desk(sct)
    for url in (QUEUE, reverse("backoffice:case", args=[case.number]), reverse("admin:index")):
        response = client.get(url)
        assert response.status_code == 302
        assert response["Location"] == reverse("mfa_activate_totp")
    response = client.post(
        reverse("backoffice:move", args=[case.number, "accept"]), {"version": 1, "track": "consumer"}
    )
    assert response["Location"] == reverse("mfa_activate_totp")
    Authenticator.objects.create(user=sct.person, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert client.get(QUEUE).status_code == 200


def test_the_page_that_sets_up_the_second_factor_can_be_used(sct, settings):
    """Accounts come from an administrator, so that no address was ever confirmed by mail."""
    settings.MFA_REQUIRED_ROLES = frozenset({"supervisor"})
    client = Client(headers={"accept-language": "en"})
    client.post(reverse("account_login"), {"login": sct.person.email, "password": "demo-casemgr"})
    response = client.get(QUEUE, follow=True)
    assert reverse("mfa_activate_totp") in [place for place, _ in response.redirect_chain]
    assert "two-step sign-in" in response.content.decode()
    # allauth asks for the password once more before it shows the secret.
    response = client.post(response.redirect_chain[-1][0], {"password": "demo-casemgr"}, follow=True)
    assert response.status_code == 200
    assert response.redirect_chain[-1][0] == reverse("mfa_activate_totp")
    assert 'name="code"' in response.content.decode()


def test_other_roles_need_no_second_factor(at_desk, settings):
    settings.MFA_REQUIRED_ROLES = frozenset({"supervisor"})
    assert at_desk(factories.member("sct", "handler")).get(QUEUE).status_code == 200
