"""Who of the agency is told of a bulletin: who can act on it, and who wrote in it; never whoever did it."""

from datetime import date

import pytest
from django.urls import reverse

from agencies.models import Role
from bulletins.services import issuing, signing
from bulletins.spans import Span
from notifications.models import Notification
from tests import factories
from tests.backoffice.conftest import sign_in
from tests.bulletins.conftest import in_november, numbered, relay, written

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, int, str]]:
    """What was told, to whom and why, in order."""
    rows = Notification.objects.filter(kind__startswith="bulletin.").order_by("pk")
    return list(rows.values_list("kind", "recipient", "reason"))


def test_from_review_to_signature(october, editor, approver, signing_key):
    second = factories.member("sct", Role.EDITOR)
    factories.member("sct", Role.SUPERVISOR)
    factories.member("qltt", Role.APPROVER)
    with in_november():
        version = numbered(written(october, editor), editor)
        review, freeze = told()[:2], told()[2:]
        assert sorted(review) == sorted(
            [
                ("bulletin.submitted", approver.person.pk, "reviewer"),
                ("bulletin.submitted", second.person.pk, "reviewer"),
            ]
        )
        assert freeze == [("bulletin.frozen", approver.person.pk, "approver")]
        version = issuing.approve(version_id=version.pk, revision=version.revision, sha256=version.sha256, by=approver)
        signing.ask_signature(version_id=version.pk, revision=version.revision, by=approver)
        relay()
    assert told()[3:] == [
        ("bulletin.approved", editor.person.pk, "writer"),
        ("bulletin.signed", editor.person.pk, "writer"),
    ]


def test_who_wrote_in_it_is_not_asked_to_approve_it_and_is_told_of_a_rejection(october, approver):
    both = factories.member("sct", Role.EDITOR, Role.APPROVER)
    with in_november():
        version = numbered(written(october, both), both)
        assert ("bulletin.frozen", both.person.pk, "approver") not in told()
        issuing.reject(version_id=version.pk, revision=version.revision, reason="Thiếu ảnh", by=approver)
        relay()
    assert told()[-1] == ("bulletin.rejected", both.person.pk, "writer")


def test_one_of_an_urgent_bulletin_is_urgent_and_leads_to_it(october, editor, approver):
    client = sign_in(approver)
    with in_november():
        urgent = Span("urgent", date(2026, 11, 3), date(2026, 11, 3))
        version = written(october, editor, span=urgent, kinds=("advice",))
        issuing.submit(version_id=version.pk, revision=version.revision, by=editor)
        relay()
        row = Notification.objects.get(recipient=approver.person)
        assert row.urgent
        page = client.get(reverse("backoffice:inbox")).content.decode()
        assert "A bulletin waits for review" in page
        answer = client.post(reverse("backoffice:inbox-open", args=[row.pk]))
    assert answer["Location"] == reverse("backoffice:bulletin", args=[version.pk])
