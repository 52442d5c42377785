"""The inbox. A row is the truth; sockets and mail only point to it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from events import clock
from workflows.models import Case


class Reason(models.TextChoices):
    """Why this person is told."""

    HANDLER = "handler", _("you are the handler")
    DUTY = "duty", _("you are on duty")
    INTAKE = "intake", _("you receive cases for your agency")
    SUPERVISOR = "supervisor", _("you supervise your agency's cases")
    SEARCH = "search", _("a saved search of yours")
    FOLLOWER = "follower", _("you follow this case")
    REPORTER = "reporter", _("you answer for your agency's reports")
    REVIEWER = "reviewer", _("you review your agency's bulletins")
    APPROVER = "approver", _("you approve your agency's bulletins")
    WRITER = "writer", _("you wrote in this bulletin")


class Inbox(models.Model):
    """Where a person's inbox stands: ``cursor`` counts its changes, a row told as well as rows read.

    Ids would not do: two relays may take them in one order and commit in the other, and whoever asked in between for
    what came after the greater would never be told the smaller. The counter's row stays locked until the commit
    (`services.cursors`), so that whoever sees cursor 7 sees everything up to 7.
    """

    person = models.OneToOneField(
        User, primary_key=True, on_delete=models.CASCADE, related_name="inbox", verbose_name=_("person")
    )
    cursor = models.BigIntegerField(_("cursor"), default=0)

    class Meta:
        verbose_name = _("inbox")
        verbose_name_plural = _("inboxes")

    def __str__(self) -> str:
        return f"{self.person_id} at {self.cursor}"


class Notification(models.Model):
    """One event told to one person, once: unique(recipient, event) makes a repeated delivery harmless.

    ``cursor`` is its place among the changes of the person's inbox. ``surfaces_at`` is where it stands in the list: when it
    was told, or until when it was put off. What lies ahead is neither shown nor counted, and surfaces without anybody doing
    anything. ``live``: open pages are told of it, by the person's choice; else it only stands in the list.
    """

    recipient = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="notifications", verbose_name=_("recipient")
    )
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", verbose_name=_("agency"))
    # None: it is about no case; its event says what.
    case = models.ForeignKey(
        Case, on_delete=models.CASCADE, null=True, blank=True, related_name="notifications", verbose_name=_("case")
    )
    event_id = models.BigIntegerField(_("event"))
    cursor = models.BigIntegerField(_("cursor"))
    kind = models.CharField(_("kind"), max_length=60)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    urgent = models.BooleanField(_("urgent"), default=False)
    live = models.BooleanField(_("told to open pages"), default=True)
    created_at = models.DateTimeField(_("at"))
    surfaces_at = models.DateTimeField(_("surfaces at"), default=clock.now)
    put_off = models.BooleanField(_("put off"), default=False)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(fields=["recipient", "event_id"], name="notification_once"),
            # Also what "everything after this cursor" is read by.
            models.UniqueConstraint(fields=["recipient", "cursor"], name="notification_cursor"),
        ]
        indexes = [
            models.Index(fields=["recipient", "surfaces_at", "id"], name="notification_inbox"),
            models.Index(fields=["recipient", "surfaces_at"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["recipient", "case", "kind", "surfaces_at"], name="notification_group"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient_id}"
