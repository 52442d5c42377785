"""The administration site: who enters, what they reach, and that nothing changes without its event."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Commune, Membership, Role, User
from complaints.models import Category, Complaint
from events.models import Delivery
from events.recorded_admin import Guarded
from events.registry import KINDS
from tests import factories
from tests.casemgr.offices import (
    added_since,
    every_page,
    last_event,
    new_person,
    pages_of,
    posted,
    rows_seen,
    signed_in,
)
from workflows.models import CalendarOverride, Case, ClockRule, RoutingRule

SHUT = {"complaints.complaint", "workflows.case", "workflows.remark", "complaints.evidence", "complaints.complainant"}


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
        pages = every_page(office)
        for person in (superuser, handler):
            client = signed_in(person)
            for url in pages:
                assert client.get(url, follow=True).status_code == 403, url

    def test_without_signing_in_it_leads_to_the_one_sign_in(self, everything, office):
        for url in [*every_page(office), reverse("admin:login")]:
            assert Client().get(url, follow=True).request["PATH_INFO"] == "/accounts/login/", url

    def test_cases_are_not_registered(self):
        registered = {model._meta.label_lower for model in admin.site._registry}
        assert not registered & SHUT
        assert {model._meta.app_label for model in admin.site._registry} == {
            "agencies", "workflows", "bulletins", "complaints", "search", "documents", "events"
        }  # fmt: skip
        assert {label for label in registered if label.startswith("search.")} == {"search.abbreviation"}

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

        monkeypatch.delitem(KINDS, "rules.changed")
        rule = RoutingRule.objects.get(position=20)
        url = reverse("admin:workflows_routingrule_change", args=[rule.pk])
        office.raise_request_exception = False
        assert office.post(url, posted(office, url, urgent="on")).status_code == 500
        rule.refresh_from_db()
        assert rule.urgent is False


class TestWork:
    def test_parked_work_is_run_again_and_recorded(self, everything, office, boss):
        parked = Delivery.objects.exclude(state="done").first()
        Delivery.objects.filter(pk=parked.pk).update(state="parked", attempts=12, last_error="builtins.ValueError")
        page = office.get(reverse("admin:events_delivery_changelist")).content.decode()
        assert "builtins.ValueError" in page
        before = last_event()
        office.post(
            reverse("admin:events_delivery_changelist"), {"action": "run_again", "_selected_action": [parked.pk]}
        )
        parked.refresh_from_db()
        assert (parked.state, parked.attempts) == ("due", 0)
        (event,) = added_since(before)
        assert (event.kind, event.actor) == ("deliveries.retried", boss.reference())

    def test_no_case_is_named_among_the_work(self, everything, office):
        case = Case.objects.get()
        page = office.get(reverse("admin:events_delivery_changelist")).content.decode()
        assert case.number not in page
        assert case.stream not in page


def test_the_complaint_model_is_the_one_kept_out():
    assert Complaint._meta.label_lower in SHUT
    assert Commune in admin.site._registry
