"""What left for an address outside: mail and short messages. No address, no name, no text: ids, codes and digests."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OutgoingMessage(models.Model):
    """One message to one address. ``message_id`` is the same for each try, so that a repeat is recognised here and by
    whoever receives it; ``about`` names the recipient's row (`person:12`, `complaint:7`, `contact:3`)."""

    class Channel(models.TextChoices):
        MAIL = "mail", _("e-mail")
        TEXT = "text", _("short message")
        PUSH = "push", _("push message")

    class Status(models.TextChoices):
        QUEUED = "queued", _("being sent")
        SENT = "sent", _("sent")
        REFUSED = "refused", _("refused")
        BOUNCED = "bounced", _("came back")

    class Why(models.TextChoices):
        MALFORMED = "malformed", _("it is no address")
        UNCONFIRMED = "unconfirmed", _("earlier messages to this address came back")
        SERVER = "server", _("the server refused it")

    message_id = models.CharField(_("message id"), max_length=200, unique=True)
    channel = models.CharField(_("channel"), max_length=4, choices=Channel)
    purpose = models.CharField(_("purpose"), max_length=30)
    about = models.CharField(_("recipient"), max_length=60)
    address_digest = models.CharField(_("digest of the address"), max_length=64, db_index=True)
    status = models.CharField(_("status"), max_length=8, choices=Status, default=Status.QUEUED)
    why = models.CharField(_("reason"), max_length=12, choices=Why, blank=True)
    code = models.CharField(_("status code"), max_length=20, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created at"))
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    bounced_at = models.DateTimeField(_("came back at"), null=True, blank=True)

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        indexes = [
            models.Index(fields=["-created_at"], condition=~Q(status="sent"), name="message_not_sent"),
            models.Index(fields=["about"], name="message_about"),
            models.Index(fields=["created_at"], name="message_created"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} → {self.about}"


class UnconfirmedAddress(models.Model):
    """An address that messages came back from: nothing more is sent to it until somebody says it is right."""

    digest = models.CharField(_("digest of the address"), max_length=64, unique=True)
    message = models.ForeignKey(OutgoingMessage, on_delete=models.CASCADE, related_name="+", verbose_name=_("message"))
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("address messages came back from")
        verbose_name_plural = _("addresses messages came back from")

    def __str__(self) -> str:
        return f"address {self.pk}"
