"""Who gets bulletins by e-mail, by their own wish, and which message of a version went to whom.

An address is personal data. It stands in these rows alone, is in no list of the administration, and goes with them; nothing
else than its keyed digest is compared. Tokens of links are not stored: `subscription_links` makes them from ``nonce`` and
the installation's key, and a row is found by the token's digest. A stolen table opens no link.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Province
from complaints.models import ProductGroup

from .models_bulletins import BulletinVersion

#: Links that may wait for confirmation for one address: no more messages can be had from us for a stranger's mailbox.
MOST_WAITING = 3


class Wish(models.TextChoices):
    ALL = "all", _("Every warning bulletin")
    URGENT = "urgent", _("Urgent warnings only")
    GROUPS = "groups", _("Urgent warnings, and bulletins about kinds of goods I choose")


class _Wished(models.Model):
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+", verbose_name=_("province"))
    address = models.EmailField(_("e-mail"))
    address_digest = models.CharField(_("keyed digest of the address"), max_length=64)
    wish = models.CharField(_("what they want"), max_length=6, choices=Wish)
    groups = models.ManyToManyField(ProductGroup, related_name="+", blank=True, verbose_name=_("kinds of goods"))
    nonce = models.CharField(max_length=32)

    class Meta:
        abstract = True


class SubscriptionRequest(_Wished):
    """Asked for by somebody, and not yet confirmed by whoever reads the mailbox. ``slot``: at most `MOST_WAITING` of one
    address wait, however many ask at once."""

    slot = models.PositiveSmallIntegerField()
    confirm_digest = models.CharField(max_length=64, unique=True)
    asked_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("link valid until"), db_index=True)

    class Meta:
        verbose_name = _("unconfirmed subscription")
        verbose_name_plural = _("unconfirmed subscriptions")
        constraints = [
            models.UniqueConstraint(fields=["province", "address_digest", "slot"], name="subscription_request_slot"),
            models.CheckConstraint(
                condition=Q(slot__gte=1, slot__lte=MOST_WAITING), name="subscription_request_few_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"request {self.pk}"


class Subscription(_Wished):
    """Confirmed. ``set_aside_at``: too many messages in a row did not arrive; nothing goes out until it is confirmed anew."""

    stop_digest = models.CharField(max_length=64, unique=True)
    confirmed_at = models.DateTimeField(_("confirmed at"))
    set_aside_at = models.DateTimeField(_("set aside at"), null=True, blank=True)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(fields=["province", "address_digest"], name="subscription_once"),
        ]

    def __str__(self) -> str:
        return f"subscription {self.pk}"


class Mailing(models.Model):
    """One message about a version owed to one subscriber, once: what makes a repeated delivery harmless. Which versions
    were sent, or may have been, tells whom a correction or withdrawal is owed to. ``begun_at``: set before a mail server
    is first asked to carry it; from then on nobody here can say that it did not arrive."""

    class News(models.TextChoices):
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Status(models.TextChoices):
        OWED = "owed", _("owed")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        UNSURE = "unsure", _("may have been sent")

    subscription = models.ForeignKey(
        Subscription, on_delete=models.CASCADE, related_name="mailings", verbose_name=_("subscription")
    )
    version = models.ForeignKey(
        BulletinVersion, on_delete=models.PROTECT, related_name="mailings", verbose_name=_("version")
    )
    news = models.CharField(_("news"), max_length=9, choices=News)
    status = models.CharField(_("status"), max_length=6, choices=Status, default=Status.OWED)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    begun_at = models.DateTimeField(_("begun at"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("message about a bulletin")
        verbose_name_plural = _("messages about bulletins")
        constraints = [
            models.UniqueConstraint(fields=["version", "news", "subscription"], name="mailing_once"),
            models.CheckConstraint(
                condition=Q(status="owed", settled_at=None) | Q(~Q(status="owed"), settled_at__isnull=False),
                name="mailing_settled_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(status="unsure") | Q(begun_at__isnull=False), name="mailing_unsure_was_begun"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.news} {self.version_id} to {self.subscription_id}"
