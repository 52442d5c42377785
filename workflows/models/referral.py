"""A case offered by one agency to another, with what goes along. Kept after it ends: it is the sender's receipt."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Province, User
from complaints.models import Evidence
from workflows.states import Track

from .case import Case


class FilesShared(models.TextChoices):
    ALL = "all", _("all files")
    CHOSEN = "chosen", _("the files chosen")
    NONE = "none", _("no file")


class ReferralQuerySet(models.QuerySet["Referral"]):
    def read_by(self, agency: Agency) -> ReferralQuerySet:
        """Open offers because of which ``agency`` reads a case it does not own: made to it, or escalated to it."""
        readers = Q(target=agency) | Q(case__escalated_to=agency)
        return self.filter(readers, state=Referral.State.OFFERED).exclude(sender=agency)


class Referral(models.Model):
    """``files`` are those chosen, where not all or none go along. ``reason`` and ``explanation`` (why an agency that
    is not competent, or serves another province) are read by the target whatever else is shared."""

    class State(models.TextChoices):
        OFFERED = "offered", _("offered")
        TAKEN = "taken", _("taken")
        RETURNED = "returned", _("returned")
        RECALLED = "recalled", _("recalled")
        REASSIGNED = "reassigned", _("given to another agency")
        ENDED = "ended", _("ended with the case")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals", verbose_name=_("case"))
    sender = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="referrals_sent", verbose_name=_("from"))
    target = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="referrals_received", verbose_name=_("to")
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OFFERED)
    shares_identity = models.BooleanField(_("the sender's identity is shared"), default=False)
    shares_notes = models.BooleanField(_("notes for every agency are shared"), default=True)
    shares_files = models.CharField(_("files shared"), max_length=6, choices=FilesShared, default=FilesShared.ALL)
    files = models.ManyToManyField(Evidence, related_name="+", blank=True, verbose_name=_("files chosen"))
    reason = models.ForeignKey(
        "workflows.Remark", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reason")
    )
    explanation = models.ForeignKey(
        "workflows.Remark",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("why this agency"),
    )
    ended_reason = models.ForeignKey(
        "workflows.Remark",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("why it ended"),
    )
    paper = models.ForeignKey(
        "workflows.Paper",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("referral sheet"),
    )
    # What the case goes back to when the offer is not taken; empty: its track stays.
    track_before = models.CharField(_("track before the transfer"), max_length=12, choices=Track, blank=True)
    # Where the case belongs once it is taken; empty: its province stays.
    to_province = models.ForeignKey(
        Province, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("to province")
    )
    offered_at = models.DateTimeField(_("offered at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    # Nobody answered in time: first both agencies' supervisors are told, then the lead agency decides.
    overdue_at = models.DateTimeField(_("supervisors told at"), null=True, blank=True)
    lead_asked_at = models.DateTimeField(_("lead agency asked at"), null=True, blank=True)
    lead = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("lead agency asked")
    )

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        # One open offer per case: the constraint behind the row lock on the case.
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="offered"), name="referral_one_open"),
            models.CheckConstraint(
                condition=Q(lead_asked_at=None) | Q(overdue_at__isnull=False), name="referral_escalates_in_order"
            ),
        ]
        indexes = [models.Index(fields=["sender", "-offered_at"], name="referral_receipts")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.sender_id} → {self.target_id}"


class PhoneCall(models.Model):
    """What was said by telephone about an urgent offer, before or after the paper went. ``spoken_to`` and ``agreed``
    are free text: ``salt`` goes with them, the log holds a digest."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="calls", verbose_name=_("referral"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("agency"))
    caller = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("who telephoned"))
    spoken_to = models.CharField(_("who was spoken to"), max_length=200)
    called_at = models.DateTimeField(_("telephoned at"))
    agreed = models.TextField(_("what was agreed"))
    salt = models.CharField(max_length=32)
    written_at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("telephone call")
        verbose_name_plural = _("telephone calls")
        ordering = ["called_at", "id"]

    def __str__(self) -> str:
        return f"call {self.pk}"
