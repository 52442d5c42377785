"""Accounts and roles on the administration site, and what an administrator does not get to see."""

import re

from django.core import mail
from django.test import Client
from django.urls import reverse

from agencies.administration import administered_agencies
from agencies.models import Agency, Membership, Role, User
from events.registry import HANDLERS
from events.services.delivering import deliver_batch
from tests import factories
from tests.casemgr.offices import (
    added_since,
    administrator,
    last_event,
    new_person,
    posted,
    signed_in,
)
from workflows.models import Case, ClockRule, RoutingRule


class TestPeople:
    def test_a_new_person_has_no_password_and_is_sent_a_link_that_sets_one(self, office):
        office.post(reverse("admin:agencies_user_add"), new_person(office))
        person = User.objects.get(email="moi@casemgr.example")
        assert not person.has_usable_password()
        deliver_batch(HANDLERS["agencies.invite"])
        (letter,) = mail.outbox
        link = re.search(r"https?://[^/]+(/\S+)", letter.body)[1]
        someone = Client()
        page = someone.get(link, follow=True)
        assert page.status_code == 200
        someone.post(page.request["PATH_INFO"], {"password1": "mot-mat-khau-dai", "password2": "mot-mat-khau-dai"})
        person.refresh_from_db()
        assert person.check_password("mot-mat-khau-dai")

    def test_somebody_new_needs_a_role(self, office):
        answer = office.post(
            reverse("admin:agencies_user_add"),
            new_person(office, **{"memberships-0-role": "", "memberships-0-agency": ""}),
        )
        assert answer.status_code == 200
        assert not User.objects.filter(email="moi@casemgr.example").exists()

    def test_an_address_in_use_is_refused_with_the_typed_text_kept(self, office, boss):
        answer = office.post(reverse("admin:agencies_user_add"), new_person(office, email=boss.person.email.upper()))
        assert "Người Mới" in answer.content.decode()
        assert User.objects.filter(email=boss.person.email).count() == 1

    def test_the_same_role_twice_is_refused(self, office):
        person = factories.member("sct", Role.HANDLER).person
        url = reverse("admin:agencies_user_change", args=[person.pk])
        sct = str(Agency.objects.get(code="sct").pk)
        answer = office.post(url, posted(office, url, **{"memberships-1-agency": sct, "memberships-1-role": "handler"}))
        assert answer.status_code == 200
        assert Membership.objects.filter(person=person).count() == 1

    def test_revoking_a_role_shuts_the_next_request_out(self, office):
        handler = factories.member("sct", Role.HANDLER).person
        desk = signed_in(handler)
        number = Case.objects.get(pk=factories.lodge().case_id).number
        assert desk.get(f"/backoffice/cases/{number}/").status_code == 200
        url = reverse("admin:agencies_user_change", args=[handler.pk])
        assert office.post(url, posted(office, url, **{"memberships-0-revoke": "on"})).status_code == 302
        assert Membership.objects.get(person=handler).revoked_at
        assert desk.get(f"/backoffice/cases/{number}/").status_code in (403, 404)

    def test_an_administrator_who_is_revoked_is_out_at_once(self, office, boss):
        other = administrator()
        client = signed_in(other.person)
        assert client.get(reverse("admin:index")).status_code == 200
        row = Membership.objects.get(person=other.person)
        before = last_event()
        office.post(
            reverse("admin:agencies_membership_changelist"), {"action": "revoke_roles", "_selected_action": [row.pk]}
        )
        assert client.get(reverse("admin:index"), follow=True).status_code == 403
        other.person.refresh_from_db()
        assert other.person.is_staff is False
        assert [event.kind for event in added_since(before)] == ["people.changed"]

    def test_a_closed_account_is_out_at_once(self, office):
        handler = factories.member("sct", Role.HANDLER).person
        desk = signed_in(handler)
        url = reverse("admin:agencies_user_change", args=[handler.pk])
        office.post(url, posted(office, url, is_active=None))
        assert "/accounts/login/" in desk.get("/backoffice/")["Location"]

    def test_nobody_gives_themselves_a_role(self, office, boss):
        url = reverse("admin:agencies_user_change", args=[boss.person.pk])
        assert office.post(url, {"email": boss.person.email, "name": "X"}).status_code == 403
        sct = boss.agency.pk
        new = {"person_email": boss.person.email, "agency": sct, "role": "supervisor"}
        assert office.post(reverse("admin:agencies_membership_add"), new).status_code == 200
        assert Membership.objects.filter(person=boss.person).count() == 1

    def test_a_role_for_someone_of_another_agency(self, office):
        officer = factories.member("congan", Role.HANDLER).person
        new = {"person_email": officer.email, "agency": Agency.objects.get(code="sct").pk, "role": "handler"}
        assert office.post(reverse("admin:agencies_membership_add"), new).status_code == 302
        assert Membership.objects.filter(person=officer, agency__code="sct").exists()

    def test_links_are_sent_again_on_request(self, office):
        person = factories.member("sct", Role.HANDLER).person
        before = last_event()
        office.post(
            reverse("admin:agencies_user_changelist"), {"action": "send_links", "_selected_action": [person.pk]}
        )
        assert [event.kind for event in added_since(before)] == ["people.invited"]
        deliver_batch(HANDLERS["agencies.invite"])
        assert mail.outbox[0].to == [person.email]


class TestSight:
    """What an administrator does not administer is not there."""

    def test_another_agencys_people_are_not_there(self, office):
        officer = factories.member("congan", Role.HANDLER).person
        assert officer.email not in office.get(reverse("admin:agencies_user_changelist")).content.decode()
        assert (
            office.get(reverse("admin:agencies_user_change", args=[officer.pk]), follow=True).request["PATH_INFO"]
            == "/admin/"
        )

    def test_a_role_in_another_agency_cannot_be_given(self, office):
        factories.agency("congan")
        answer = office.post(
            reverse("admin:agencies_user_add"),
            new_person(office, **{"memberships-0-agency": str(Agency.objects.get(code="congan").pk)}),
        )
        assert answer.status_code == 200
        assert not User.objects.filter(email="moi@casemgr.example").exists()

    def test_the_address_of_someone_who_works_elsewhere_too_stays(self, office):
        both = factories.member("congan", Role.HANDLER).person
        factories.member("sct", Role.HANDLER, who=both)
        url = reverse("admin:agencies_user_change", args=[both.pk])
        office.post(url, posted(office, url, email="bat@casemgr.example"))
        both.refresh_from_db()
        assert both.email != "bat@casemgr.example"

    def test_units_are_administered_with_their_agency(self, boss):
        unit = factories.agency("qltt", parent=boss.agency)
        below = factories.agency("doi1", parent=unit)
        assert set(administered_agencies(boss)) == {boss.agency, unit, below}

    def test_only_the_lead_changes_rules(self, everything):
        police = signed_in(administrator("congan").person)
        url = reverse("admin:workflows_routingrule_change", args=[RoutingRule.objects.get(position=20).pk])
        assert police.get(url).status_code == 200
        assert police.post(url, {}).status_code == 403
        assert police.get(reverse("admin:workflows_routingrule_add")).status_code == 403

    def test_limits_of_the_whole_country_are_read_only(self, everything, office):
        url = reverse("admin:workflows_clockrule_change", args=[ClockRule.objects.filter(province=None).first().pk])
        assert office.post(url, {}).status_code == 403

    def test_the_lead_cannot_make_a_police_unit_of_its_own(self, everything, office, boss):
        url = reverse("admin:agencies_agency_add")
        police = Agency.objects.get(code="congan").kind_id
        typed = {
            "code": "gia", "name": "Giả", "short_name": "Giả", "abbreviation": "G", "kind": police,
            "parent": boss.agency.pk, "provinces": ["82"], "is_active": "on",
        }  # fmt: skip
        assert office.post(url, typed).status_code == 200
        assert not Agency.objects.filter(code="gia").exists()
        assert office.post(url, typed | {"kind": boss.agency.kind_id}).status_code == 302
        assert Agency.objects.get(code="gia").parent == boss.agency

    def test_another_agency_changes_its_address_and_nothing_that_decides_who_reads(self, everything):
        police = signed_in(administrator("congan").person)
        agency = Agency.objects.get(code="congan")
        url = reverse("admin:agencies_agency_change", args=[agency.pk])
        police.post(url, posted(police, url, phone="0277 3851 113", tracks=["consumer"], is_active=None))
        agency.refresh_from_db()
        assert agency.phone == "0277 3851 113"
        assert agency.is_active
        assert agency.tracks != ["consumer"]
