"""A case offered by one agency to another. Kept after it ends: it is the sender's receipt."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from workflows.states import Track

from .case import Case


class Referral(models.Model):
    class State(models.TextChoices):
        OFFERED = "offered", _("offered")
        TAKEN = "taken", _("taken")
        RETURNED = "returned", _("returned")
        RECALLED = "recalled", _("recalled")
        ENDED = "ended", _("ended with the case")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals", verbose_name=_("case"))
    sender = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="referrals_sent", verbose_name=_("from"))
    target = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="referrals_received", verbose_name=_("to")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OFFERED)
    shares_identity = models.BooleanField(_("the sender's identity is shared"), default=False)
    # What the case goes back to when the offer is not taken; empty: its track stays.
    track_before = models.CharField(_("track before the transfer"), max_length=12, choices=Track, blank=True)
    offered_at = models.DateTimeField(_("offered at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        # One open offer per case: the constraint behind the row lock on the case.
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="offered"), name="referral_one_open"),
        ]
        indexes = [models.Index(fields=["sender", "-offered_at"], name="referral_receipts")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.sender_id} → {self.target_id}"
