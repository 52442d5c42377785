"""Who did what, for auditors."""

from django.db import transaction

from agencies.models import Role
from events.services.recording import record_event
from tests import factories
from tests.casemgr.offices import signed_in
from workflows.models import Case
from workflows.selectors.audit import PAGE_SIZE, audit_page, audited
from workflows.services.acceptance import accept_case


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
