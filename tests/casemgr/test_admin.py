"""The administration site: who enters, what they reach, and that nothing changes without its event."""

import re
from datetime import date

import pytest
from django.contrib import admin
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agencies.administration import administered_agencies
from agencies.models import Agency, Commune, Membership, Role, User
from agencies.services.accounts import settle
from complaints.models import Bank, Category, Channel, Complaint, ProductGroup
from documents.models import NumberRegister, RegisteredNumber
from events.models import Delivery, Event, JobRun, Lease
from events.recorded_admin import Guarded
from events.services.delivering import deliver_batch
from events.registry import HANDLERS
from tests import factories
from workflows.models import CalendarOverride, Case, ClockRule, RoutingRule

SHUT = {"complaints.complaint", "workflows.case", "workflows.remark", "complaints.evidence", "complaints.complainant"}


def signed_in(person: User) -> Client:
    client = Client(headers={"accept-language": "vi"})
    client.force_login(person)
    return client


def administrator(agency_code="sct"):
    found = factories.member(agency_code, Role.ADMIN)
    settle(found.person)
    return found


@pytest.fixture
def boss(db):
    """An administrator of the lead agency."""
    factories.rules()
    return administrator()


@pytest.fixture
def office(boss) -> Client:
    return signed_in(boss.person)


@pytest.fixture
def everything(boss):
    """One row at least of everything registered."""
    factories.commune()
    factories.agency("congan")
    factories.member("sct", Role.HANDLER)
    Category.objects.create(code="FRAUD", label_vi="Lừa đảo", label_en="Fraud", default_track="crime")
    ProductGroup.objects.create(code="FOOD", label_vi="Thực phẩm", label_en="Food")
    Channel.objects.create(code="SHOP", label_vi="Cửa hàng", label_en="Shop", family="shop")
    Bank.objects.create(bin="970436", code="VCB", short_name="Vietcombank", name="Ngân hàng Ngoại thương")
    CalendarOverride.objects.create(province=factories.province(), day=date(2026, 9, 1), is_working_day=False, reason="Nghỉ bù")
    register = NumberRegister.objects.create(agency=boss.agency, year=2026, document_type="TB", last_number=1)
    RegisteredNumber.objects.create(register=register, number=1, purpose="Thông báo tháng 10")
    JobRun.objects.create(name="sweep", due_at=timezone.now())
    Lease.objects.create(name="index", holder="relay", until=timezone.now())
    factories.lodge()
    assert Delivery.objects.exclude(state="done").exists()


def pages_of(model) -> list[str]:
    """Changelist, add page and the change page of one row that the administrator sees."""
    opts = model._meta
    return [reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}") for name in ("changelist", "add")]


def rows_seen(client, model):
    html = client.get(pages_of(model)[0]).content.decode()
    base = re.escape(pages_of(model)[0])
    return sorted(set(re.findall(rf'href="({base}[^"?]+/change/)', html)))


def every_page(client) -> list[str]:
    """The index, and of each model the list, the first row and its history."""
    urls = [reverse("admin:index")]
    for model in admin.site._registry:
        rows = rows_seen(client, model)
        assert rows, f"no row of {model} is shown"
        urls += [pages_of(model)[0], rows[0]]
    return urls


def posted(client, url, **typed) -> dict[str, str]:
    """The form of the page as a browser would send it, with some fields typed over."""
    form = client.get(url).context["adminform"].form
    formsets = [f.formset for f in client.get(url).context["inline_admin_formsets"]]
    data = {}
    for one in [form, *(f for formset in formsets for f in [formset.management_form, *formset.forms])]:
        for name in one.fields:
            bound = one[name]
            value = bound.value()
            if isinstance(value, bool):
                value = "on" if value else None
            if isinstance(value, list):
                data[bound.html_name] = [getattr(v, "pk", v) for v in value]
            elif value is not None:
                data[bound.html_name] = value.strftime("%d/%m/%Y") if isinstance(value, date) else value
    return {key: value for key, value in (data | typed).items() if value is not None}


def added_since(before: int) -> list[Event]:
    return list(Event.objects.filter(pk__gt=before).order_by("pk"))


def last_event() -> int:
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


class TestWhoEnters:
    def test_every_page_opens_for_an_administrator(self, everything, office):
        for url in every_page(office):
            assert office.get(url).status_code == 200, url

    @pytest.mark.parametrize("model", [Agency, User, Membership, RoutingRule, ClockRule, CalendarOverride, Category])
    def test_add_pages_open(self, everything, office, model):
        assert office.get(pages_of(model)[1]).status_code == 200

    def test_nobody_else_enters_any_page(self, everything, office):
        superuser = User.objects.create_superuser("root@casemgr.example", "demo-casemgr", name="Root")
        handler = factories.member("sct", Role.HANDLER, Role.SUPERVISOR, Role.AUDITOR).person
        handler.is_staff = True
        handler.save()
        for person in (superuser, handler):
            client = signed_in(person)
            for url in every_page(office):
                assert client.get(url, follow=True).status_code == 403, url

    def test_without_signing_in_it_leads_to_the_one_sign_in(self, everything, office):
        for url in [*every_page(office), reverse("admin:login")]:
            assert Client().get(url, follow=True).request["PATH_INFO"] == "/accounts/login/", url

    def test_cases_are_not_registered(self):
        registered = {model._meta.label_lower for model in admin.site._registry}
        assert not registered & SHUT
        assert {model._meta.app_label for model in admin.site._registry} == {
            "agencies", "workflows", "complaints", "documents", "events"
        }  # fmt: skip

    def test_everything_registered_is_recorded_or_read_only(self):
        assert all(isinstance(found, Guarded) for found in admin.site._registry.values())

    def test_no_page_runs_an_inline_script_or_style(self, everything, office):
        for url in every_page(office):
            html = office.get(url).content.decode()
            assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", html), url
            assert not re.search(r'\sstyle="|\son[a-z]+="', html), url


class TestRecorded:
    def test_a_changed_rule_leaves_one_event_with_its_new_values(self, office, boss):
        rule = RoutingRule.objects.get(position=20)
        url = reverse("admin:workflows_routingrule_change", args=[rule.pk])
        before = last_event()
        answer = office.post(url, posted(office, url, urgent="on", explanation="Bà Nguyễn Thị Bí Mật yêu cầu"))
        assert answer.status_code == 302
        (event,) = added_since(before)
        assert (event.kind, event.stream, event.actor) == ("rules.changed", "rules:82", boss.reference())
        assert event.data["values"] == {"urgent": True}
        assert set(event.data["fields"]) == {"urgent", "explanation"}
        assert "Bí Mật" not in str(event.data)

    def test_saving_without_a_change_leaves_none(self, office):
        url = reverse("admin:workflows_routingrule_change", args=[RoutingRule.objects.get(position=20).pk])
        before = last_event()
        assert office.post(url, posted(office, url)).status_code == 302
        assert added_since(before) == []

    def test_a_new_person_leaves_one_event_without_name_or_address(self, office, boss):
        url = reverse("admin:agencies_user_add")
        before = last_event()
        office.post(url, new_person(office))
        person = User.objects.get(email="moi@casemgr.example")
        (event,) = added_since(before)
        assert (event.kind, event.stream, event.data["pk"]) == ("people.added", "people:82", person.pk)
        assert event.data["rows"][0]["values"]["role"] == "handler"
        assert "moi@" not in str(event.data)
        assert "Người Mới" not in str(event.data)

    def test_a_removed_day_leaves_one_event(self, everything, office):
        day = CalendarOverride.objects.get()
        before = last_event()
        office.post(reverse("admin:workflows_calendaroverride_delete", args=[day.pk]), {"post": "yes"})
        (event,) = added_since(before)
        assert (event.kind, event.data["values"]["day"]) == ("calendar.removed", "2026-09-01")
        assert not CalendarOverride.objects.exists()

    def test_nothing_else_can_be_deleted(self, everything, office):
        for model in set(admin.site._registry) - {CalendarOverride}:
            row = rows_seen(office, model)[0]
            assert office.post(row.replace("/change/", "/delete/"), {"post": "yes"}).status_code == 403, model

    def test_the_history_page_tells_it(self, office, boss):
        rule = RoutingRule.objects.get(position=20)
        url = reverse("admin:workflows_routingrule_change", args=[rule.pk])
        office.post(url, posted(office, url, urgent="on"))
        page = office.get(reverse("admin:workflows_routingrule_history", args=[rule.pk])).content.decode()
        assert str(boss.person) in page

    def test_a_refused_event_undoes_the_change(self, office, monkeypatch):
        from events.registry import KINDS

        monkeypatch.delitem(KINDS, "rules.changed")
        rule = RoutingRule.objects.get(position=20)
        url = reverse("admin:workflows_routingrule_change", args=[rule.pk])
        office.raise_request_exception = False
        assert office.post(url, posted(office, url, urgent="on")).status_code == 500
        rule.refresh_from_db()
        assert rule.urgent is False


def new_person(office, **typed):
    url = reverse("admin:agencies_user_add")
    given = {
        "email": "Moi@casemgr.example",
        "name": "Người Mới",
        "language": "vi",
        "memberships-0-agency": str(Agency.objects.get(code="sct").pk),
        "memberships-0-role": "handler",
    }
    return posted(office, url, **(given | typed))


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
        answer = office.post(reverse("admin:agencies_user_add"), new_person(office, **{"memberships-0-role": "", "memberships-0-agency": ""}))
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
        office.post(reverse("admin:agencies_membership_changelist"), {"action": "revoke_roles", "_selected_action": [row.pk]})
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
        office.post(reverse("admin:agencies_user_changelist"), {"action": "send_links", "_selected_action": [person.pk]})
        assert [event.kind for event in added_since(before)] == ["people.invited"]
        deliver_batch(HANDLERS["agencies.invite"])
        assert mail.outbox[0].to == [person.email]


class TestSight:
    """What an administrator does not administer is not there."""

    def test_another_agencys_people_are_not_there(self, office):
        officer = factories.member("congan", Role.HANDLER).person
        assert officer.email not in office.get(reverse("admin:agencies_user_changelist")).content.decode()
        assert office.get(reverse("admin:agencies_user_change", args=[officer.pk]), follow=True).request["PATH_INFO"] == "/admin/"

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


class TestRules:
    def clock_rule(self, **fields):
        return {
            "province": "82", "track": "consumer", "state": "investigating", "amount": "20", "unit": "WD",
            "legal_basis": "Quyết định của tỉnh", "effective_from": "01/01/2027",
        } | fields  # fmt: skip

    def test_two_limits_for_the_same_days_are_refused_with_the_other_named(self, office):
        url = reverse("admin:workflows_clockrule_add")
        assert office.post(url, self.clock_rule(effective_to="31/12/2027")).status_code == 302
        refused = office.post(url, self.clock_rule(effective_from="01/06/2027"))
        assert refused.status_code == 200
        assert "31/12/2027" in refused.content.decode()
        assert ClockRule.objects.filter(province="82").count() == 1
        assert office.post(url, self.clock_rule(effective_from="01/01/2028")).status_code == 302

    def test_a_rule_that_ends_before_it_begins_is_refused(self, office):
        answer = office.post(reverse("admin:workflows_clockrule_add"), self.clock_rule(effective_to="31/12/2026"))
        assert "effective_to" in answer.context["adminform"].form.errors
        assert not ClockRule.objects.filter(province="82").exists()

    def test_a_calendar_day_needs_its_reason(self, office):
        url = reverse("admin:workflows_calendaroverride_add")
        day = {"province": "82", "day": "01/09/2026"}
        assert office.post(url, day | {"reason": "   "}).status_code == 200
        assert office.post(url, day | {"reason": "Hoán đổi ngày làm việc"}).status_code == 302

    def test_a_route_to_an_agency_that_does_not_serve_the_province_is_refused(self, office):
        elsewhere = factories.agency("sct-hn")
        elsewhere.provinces.clear()
        rule = RoutingRule(
            province=factories.province(), position=1, agency=elsewhere, track="consumer", explanation="x",
            effective_from=date(2026, 1, 1),
        )  # fmt: skip
        from workflows.errors import InvalidInput
        from workflows.rulebook import check_routing_rule

        with pytest.raises(InvalidInput) as refused:
            check_routing_rule(rule, date(2026, 6, 1))
        assert refused.value.field == "agency"

    def test_the_last_rule_that_catches_everything_cannot_be_ended(self, office):
        rule = RoutingRule.objects.get(kind="")
        url = reverse("admin:workflows_routingrule_change", args=[rule.pk])
        answer = office.post(url, posted(office, url, effective_to="31/12/2026"))
        assert answer.status_code == 200
        assert "01/01/2027" in answer.content.decode()
        rule.refresh_from_db()
        assert rule.effective_to is None


class TestWork:
    def test_parked_work_is_run_again_and_recorded(self, everything, office, boss):
        parked = Delivery.objects.exclude(state="done").first()
        Delivery.objects.filter(pk=parked.pk).update(state="parked", attempts=12, last_error="builtins.ValueError")
        page = office.get(reverse("admin:events_delivery_changelist")).content.decode()
        assert "builtins.ValueError" in page
        before = last_event()
        office.post(reverse("admin:events_delivery_changelist"), {"action": "run_again", "_selected_action": [parked.pk]})
        parked.refresh_from_db()
        assert (parked.state, parked.attempts) == ("due", 0)
        (event,) = added_since(before)
        assert (event.kind, event.actor) == ("deliveries.retried", boss.reference())

    def test_no_case_is_named_among_the_work(self, everything, office):
        case = Case.objects.get()
        page = office.get(reverse("admin:events_delivery_changelist")).content.decode()
        assert case.number not in page
        assert case.stream not in page


class TestCreateAdmin:
    def test_a_province_starts_with_one_command(self, db, capsys):
        factories.province()
        from agencies.models import AgencyKind

        AgencyKind.objects.create(code="industry_trade", label_vi="Công Thương", label_en="Trade")
        Category.objects.bulk_create(
            Category(code=code, label_vi=code, label_en=code, default_track="consumer") for code in _seeded_categories()
        )
        call_command(
            "create_admin", email="Chi@sct.example", name="Lê Thị Chi", agency="sct",
            agency_name="Sở Công Thương", kind="industry_trade", province="82",
        )  # fmt: skip
        person = User.objects.get(email="chi@sct.example")
        link = re.search(r"https?://[^/\s]+(/\S+)", capsys.readouterr().out)[1]
        assert Client().get(link, follow=True).status_code == 200
        assert signed_in(person).get("/admin/").status_code == 200
        assert RoutingRule.objects.filter(province="82").exists()
        assert [e.kind for e in Event.objects.order_by("pk")] == ["agencies.added", "people.added"]

    def test_an_unknown_agency_says_what_is_missing(self, db):
        with pytest.raises(CommandError, match="--agency-name, --kind, --province"):
            call_command("create_admin", email="a@b.example", name="A", agency="xyz")

    def test_twice_makes_one_membership(self, boss):
        for _ in range(2):
            call_command("create_admin", email="hai@sct.example", name="Hai", agency="sct")
        assert Membership.objects.filter(person__email="hai@sct.example").count() == 1


def _seeded_categories() -> set[str]:
    from agencies.services.seeding import read_seed
    from workflows.services.reference import SEEDS

    return {row["category"] for row in read_seed(SEEDS / "routing_rules.csv") if row["category"]}


class TestAudit:
    def test_an_auditor_reads_who_did_what_and_no_story(self, boss):
        factories.lodge(narrative="Chuyện kín của bà Mẫu.")
        case = Case.objects.get()
        handler = factories.member("sct")
        from workflows.services.acceptance import accept_case

        accept_case(case_id=case.pk, by=handler, version=case.version, track=case.track)
        client = signed_in(factories.member("sct", Role.AUDITOR).person)
        page = client.get("/backoffice/audit/").content.decode()
        assert case.number in page
        assert str(handler.person) in page
        assert "Chuyện kín" not in page
        assert "Trần Thị Mẫu" not in page

    def test_other_agencies_and_other_roles_read_nothing(self, boss):
        factories.lodge()
        police = signed_in(factories.member("congan", Role.AUDITOR).person)
        assert Case.objects.get().number not in police.get("/backoffice/audit/").content.decode()
        assert signed_in(factories.member("sct").person).get("/backoffice/audit/").status_code == 403

    def test_another_agencys_note_leaves_no_trace(self, boss):
        from events.services.recording import record_event
        from django.db import transaction
        from workflows.selectors.audit import audited

        factories.lodge()
        case = Case.objects.get()
        with transaction.atomic():
            record_event(case.stream, "case.noted", by=factories.member("congan"), case=case.pk)
        auditor = factories.member("sct", Role.AUDITOR)
        assert "case.noted" not in audited(auditor).values_list("kind", flat=True)

    def test_pages_follow_one_another_without_gap(self, boss):
        from workflows.selectors.audit import PAGE_SIZE, audit_page

        for _ in range(PAGE_SIZE + 1):
            factories.lodge()
        auditor = factories.member("sct", Role.AUDITOR)
        first, page = audit_page(auditor, "")
        second, _end = audit_page(auditor, page.next)
        assert (len(first), len(second)) == (PAGE_SIZE, 1)
        assert {d.case for d in [*first, *second]} == set(Case.objects.values_list("number", flat=True))


def test_the_complaint_model_is_the_one_kept_out():
    assert Complaint._meta.label_lower in SHUT
    assert Commune in admin.site._registry
