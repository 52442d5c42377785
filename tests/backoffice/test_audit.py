"""Who did what, for auditors."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import localtime

from agencies.models import Role
from events import clock
from events.models import Event
from events.services.recording import record_event
from tests import factories
from tests.casemgr.offices import signed_in
from workflows.models import Case, RoutingRule
from workflows.selectors.audit import PAGE_SIZE, audit_page, audited
from workflows.services.acceptance import accept_case

pytestmark = pytest.mark.both_profiles


class TestAudit:
    def test_an_auditor_reads_who_did_what_and_no_story(self, db):
        factories.lodge(narrative="Chuyện kín của bà Mẫu.")
        case = Case.objects.get()
        handler = factories.member("sct")

        accept_case(case_id=case.pk, by=handler, version=case.version, track=case.track)
        client = signed_in(factories.member("sct", Role.AUDITOR).person)
        page = client.get("/backoffice/audit/").content.decode()
        assert case.number in page
        assert str(handler.person) in page
        assert "Chuyện kín" not in page
        assert "Trần Thị Mẫu" not in page

    def test_other_agencies_and_other_roles_read_nothing(self, db):
        factories.lodge()
        police = signed_in(factories.member("congan", Role.AUDITOR).person)
        assert Case.objects.get().number not in police.get("/backoffice/audit/").content.decode()
        assert signed_in(factories.member("sct").person).get("/backoffice/audit/").status_code == 403

    def test_another_agencys_note_leaves_no_trace(self, db):

        factories.lodge()
        case = Case.objects.get()
        with transaction.atomic():
            record_event(case.stream, "case.noted", by=factories.member("congan"), case=case.pk)
        auditor = factories.member("sct", Role.AUDITOR)
        assert "case.noted" not in audited(auditor).values_list("kind", flat=True)

    def test_pages_follow_one_another_without_gap(self, db):

        for _ in range(PAGE_SIZE + 1):
            factories.lodge()
        auditor = factories.member("sct", Role.AUDITOR)
        first, page = audit_page(auditor, "")
        second, _end = audit_page(auditor, page.next)
        assert (len(first), len(second)) == (PAGE_SIZE, 1)
        assert {d.case for d in [*first, *second]} == set(Case.objects.values_list("number", flat=True))

    def test_it_names_the_person_and_the_rule(self, db):
        factories.rules()
        office = factories.member("sct", Role.ADMIN)
        rule = RoutingRule.objects.order_by("position").first()
        membership = factories.person("Lê Thị Mới").memberships.create(agency=office.agency, role=Role.HANDLER)
        with transaction.atomic():
            record_event("rules:82", "rules.changed", by=office, model="routingrule", pk=rule.pk, fields=["urgent"])
            record_event("people:82", "people.added", by=office, model="membership", pk=membership.pk)
            record_event("rules:82", "rules.changed", by=office, model="routingrule", pk=99_999)
        page = signed_in(factories.member("sct", Role.AUDITOR).person).get("/backoffice/audit/").content.decode()
        assert "Lê Thị Mới" in page
        assert rule.explanation in page

    def test_rows_stand_in_the_order_of_time_and_a_day_can_be_chosen(self, db):
        office, auditor, now = factories.member("sct"), factories.member("sct", Role.AUDITOR), clock.now()
        with transaction.atomic():
            for days in (1, 5, 3):
                event = record_event(f"test:{days}", "deliveries.retried", by=office)
                Event.objects.filter(pk=event.pk).update(at=now - timedelta(days=days))
        deeds, _page = audit_page(auditor, "")
        assert [(now - deed.at).days for deed in deeds] == [1, 3, 5]
        client = signed_in(auditor.person)
        day = localtime(now - timedelta(days=3)).date()
        asked = {"first": day.strftime("%d/%m/%Y"), "last": day.strftime("%d/%m/%Y")}
        assert [deed.at for deed in client.get("/backoffice/audit/", asked).context["deeds"]] == [deeds[1].at]
        assert client.get("/backoffice/audit/", {"first": "31/02/2026"}).status_code == 200
