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
    INTAKE = "intake", _("you receive cases for your agency")
    SUPERVISOR = "supervisor", _("you supervise your agency's cases")
    SEARCH = "search", _("a saved search of yours")
    FOLLOWER = "follower", _("you follow this case")


class Notification(models.Model):
    """One event told to one person, once: unique(recipient, event) makes a repeated delivery harmless.

    ``surfaces_at`` is where it stands in the list: when it was told, or until when it was put off. What lies ahead is
    neither shown nor counted, and surfaces without anybody doing anything.
    """

    recipient = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="notifications", verbose_name=_("recipient")
    )
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", verbose_name=_("agency"))
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notifications", verbose_name=_("case"))
    event_id = models.BigIntegerField(_("event"))
    kind = models.CharField(_("kind"), max_length=60)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    urgent = models.BooleanField(_("urgent"), default=False)
    created_at = models.DateTimeField(_("at"))
    surfaces_at = models.DateTimeField(_("surfaces at"), default=clock.now)
    put_off = models.BooleanField(_("put off"), default=False)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [models.UniqueConstraint(fields=["recipient", "event_id"], name="notification_once")]
        indexes = [
            models.Index(fields=["recipient", "surfaces_at", "id"], name="notification_inbox"),
            models.Index(fields=["recipient", "surfaces_at"], condition=Q(read_at=None), name="notification_unread"),
            models.Index(fields=["recipient", "case", "kind", "surfaces_at"], name="notification_group"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient_id}"
