"""What a negotiation or a mediation came to: the minutes, who confirmed them, the business's report."""

from __future__ import annotations

import json

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.actors import Actor, System
from agencies.models import User
from events.chain import salted_digest

from .paper import Paper
from .resolution import Resolution
from .rooms import PARTIES, Room, Side

# What the parties confirm, in the order of Luật 19/2023 Đ60.2 (negotiation) and Đ65.2 (mediation).
MINUTES = (
    "complainant_name",
    "complainant_contact",
    "respondent_name",
    "respondent_contact",
    "held_on",
    "place",
    "dispute",
    "complainant_opinion",
    "respondent_opinion",
    "result",
)


class SettlementQuerySet(models.QuerySet["Settlement"]):
    def visible_to(self, actor: Actor) -> SettlementQuerySet:
        """As the room it was reached in."""
        if isinstance(actor, System):
            return self
        return self.filter(room__in=Room.objects.visible_to(actor))


class Settlement(models.Model):
    """The minutes as both sides are asked to confirm them: never changed once written. ``digest`` is over the
    texts and the salt, so that an erased settlement leaves a digest that proves nothing."""

    room = models.OneToOneField(Room, on_delete=models.PROTECT, related_name="settlement", verbose_name=_("room"))
    resolution = models.OneToOneField(
        Resolution, on_delete=models.PROTECT, related_name="settlement", verbose_name=_("resolution")
    )
    paper = models.OneToOneField(
        Paper, on_delete=models.PROTECT, related_name="settlement", verbose_name=_("minutes on paper")
    )
    complainant_name = models.CharField(_("the consumer"), max_length=120)
    complainant_contact = models.CharField(_("address and telephone of the consumer"), max_length=350, blank=True)
    respondent_name = models.CharField(_("the business"), max_length=250)
    respondent_contact = models.CharField(_("address and telephone of the business"), max_length=350, blank=True)
    held_on = models.DateField(_("date"))
    place = models.CharField(_("place"), max_length=200)
    dispute = models.TextField(_("content of the dispute"))
    complainant_opinion = models.TextField(_("opinion of the consumer"))
    respondent_opinion = models.TextField(_("opinion of the business"))
    result = models.TextField(_("result: what was agreed"))
    salt = models.CharField(max_length=32)
    digest = models.CharField(_("digest of the text"), max_length=64)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"))
    reminded_at = models.DateTimeField(_("handler told that it is unconfirmed at"), null=True, blank=True)

    objects = SettlementQuerySet.as_manager()

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        ordering = ["recorded_at", "id"]

    def __str__(self) -> str:
        return f"settlement {self.pk}"

    def text(self) -> str:
        """Everything the parties confirm, as canonical JSON."""
        return json.dumps({name: str(getattr(self, name)) for name in MINUTES}, sort_keys=True, ensure_ascii=False)

    def computed_digest(self) -> str:
        return salted_digest(self.salt, self.text())


class SettlementConfirmation(models.Model):
    """One party read the minutes of this digest and agreed. ``link``: of the business."""

    settlement = models.ForeignKey(
        Settlement, on_delete=models.PROTECT, related_name="confirmations", verbose_name=_("settlement")
    )
    side = models.CharField(_("side"), max_length=12, choices=Side)
    digest = models.CharField(_("digest of the text"), max_length=64)
    link = models.BigIntegerField(_("link"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("confirmed at"))

    class Meta:
        verbose_name = _("confirmation of a settlement")
        verbose_name_plural = _("confirmations of settlements")
        ordering = ["id"]
        # Pressing twice, or from two telephones at once, confirms once.
        constraints = [
            models.UniqueConstraint(fields=["settlement", "side"], name="confirmation_once"),
            models.CheckConstraint(condition=Q(side__in=PARTIES), name="confirmation_of_a_party"),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.settlement_id}"


class NegotiationReport(models.Model):
    """What the business reports in writing after a negotiation (Luật 19/2023 Đ57.5)."""

    room = models.OneToOneField(Room, on_delete=models.PROTECT, related_name="report", verbose_name=_("room"))
    text = models.TextField(_("text"))
    salt = models.CharField(max_length=32)
    link = models.BigIntegerField(_("link"), null=True, blank=True)
    # Who wrote down what came by post; empty: the business itself, on its page.
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    reported_at = models.DateTimeField(_("reported at"))

    class Meta:
        verbose_name = _("report of a negotiation's result")
        verbose_name_plural = _("reports of negotiations' results")

    def __str__(self) -> str:
        return f"report {self.room_id}"
