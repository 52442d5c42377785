"""The business's side of a case: the links sent to it, and what it answered."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from complaints.models import Evidence, Respondent, RespondentContact
from workflows.states import Stance, State

from .case import Case
from .correspondence import Remark


class Purpose(models.TextChoices):
    ANSWER = "answer", _("answer the complaint")
    NEGOTIATION = "negotiation", _("negotiate")
    MEDIATION = "mediation", _("take part in mediation")
    CONFIRMATION = "confirmation", _("confirm the minutes")
    RESULT = "result", _("read the result")


class RespondentLink(models.Model):
    """A link sent to a business, for one case and one purpose.

    The secret is derived from ``nonce`` and the server's key (see `workflows.link_codes`) so that a mail sent twice holds
    the same link; stored is its keyed hash. ``shown`` is exactly what the business reads there, frozen at sending.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="respondent_links", verbose_name=_("case"))
    respondent = models.ForeignKey(
        Respondent, on_delete=models.PROTECT, related_name="links", verbose_name=_("business")
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    contact = models.ForeignKey(
        RespondentContact, on_delete=models.PROTECT, related_name="+", verbose_name=_("sent to")
    )
    code_contact = models.ForeignKey(
        RespondentContact, on_delete=models.PROTECT, related_name="+", verbose_name=_("one-time codes go to")
    )
    nonce = models.CharField(max_length=32)
    code_hash = models.CharField(_("hash of the secret"), max_length=64, unique=True)
    shown = models.JSONField(_("what the business sees"), default=dict)
    sent_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("sent by")
    )
    created_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("valid until"))
    answer_by = models.DateTimeField(_("answer expected by"), null=True, blank=True)
    # Of the businesses of a case, the one asked last: its answer moves the case, another's is only added to it.
    awaited = models.BooleanField(_("asked last"), default=False)
    # Kept, not recomputed: by the time the business's record is read, the case's clock shows another step.
    silent_at = models.DateTimeField(_("silence recorded at"), null=True, blank=True)
    reminded_at = models.DateTimeField(_("reminded at"), null=True, blank=True)
    used_at = models.DateTimeField(_("first opened at"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    # Sessions begun before this moment are over, on every device.
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    failures = models.PositiveSmallIntegerField(_("wrong one-time codes"), default=0)

    class Meta:
        verbose_name = _("link for a business")
        verbose_name_plural = _("links for businesses")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["respondent", "-created_at"], name="respondent_link_by_business")]
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(awaited=True), name="respondent_link_awaited_once")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.case_id} → {self.respondent_id}"

    @property
    def answer_until(self) -> datetime | None:
        """By when the answer is awaited: what the business was told, or later where the case's limit was counted anew
        since and ends later; never sooner than it was told."""
        waits = self.awaited and self.case.state == State.AWAITING_RESPONDENT and self.case.due_at
        return (
            max(self.answer_by, self.case.due_at) if self.answer_by and waits and self.case.due_at else self.answer_by
        )

    def holds_at(self, instant: datetime) -> bool:
        return self.revoked_at is None and instant < self.expires_at


class OneTimeCode(models.Model):
    """Six digits sent to a verified contact: the second factor of ``link``, or (no link) the sign-in of the account.

    The digits are derived from ``nonce`` and the server's key; nothing of them is stored.
    """

    contact = models.ForeignKey(
        RespondentContact, on_delete=models.PROTECT, related_name="+", verbose_name=_("sent to")
    )
    link = models.ForeignKey(
        RespondentLink, on_delete=models.PROTECT, null=True, blank=True, related_name="codes", verbose_name=_("link")
    )
    nonce = models.CharField(max_length=32)
    issued_at = models.DateTimeField(_("sent at"))
    expires_at = models.DateTimeField(_("valid until"))
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        indexes = [models.Index(fields=["contact", "-issued_at"], name="one_time_code_latest")]

    def __str__(self) -> str:
        return f"one-time code {self.pk}"


class RespondentAnswer(models.Model):
    """What the business answered, once for each time it did. ``answer`` is for the sender too, ``note`` for the
    agencies alone. A refusal waits for the handler's judgement: ``has_good_reason`` is then no longer empty."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="respondent_answers", verbose_name=_("case"))
    respondent = models.ForeignKey(
        Respondent, on_delete=models.PROTECT, null=True, blank=True, related_name="answers", verbose_name=_("business")
    )
    link = models.ForeignKey(
        RespondentLink, on_delete=models.PROTECT, null=True, blank=True, related_name="answers", verbose_name=_("link")
    )
    stance = models.CharField(_("what the business says"), max_length=10, choices=Stance)
    answer = models.OneToOneField(Remark, on_delete=models.PROTECT, related_name="+", verbose_name=_("answer"))
    note = models.OneToOneField(
        Remark, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for the agency only")
    )
    offer_amount = models.BigIntegerField(_("amount offered (VND)"), null=True, blank=True)
    offer_by = models.DateField(_("to be done by"), null=True, blank=True)
    files = models.ManyToManyField(Evidence, related_name="+", verbose_name=_("files"))
    is_supplement = models.BooleanField(_("added later"), default=False)
    is_late = models.BooleanField(_("late"), default=False)
    recorded_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    has_good_reason = models.BooleanField(_("refused with a good reason"), null=True, blank=True)
    judged_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("judged by")
    )
    judged_at = models.DateTimeField(_("judged at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"))

    class Meta:
        verbose_name = _("answer of a business")
        verbose_name_plural = _("answers of businesses")
        ordering = ["answered_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(offer_amount=None) | Q(offer_amount__gte=0), name="respondent_answer_amount"
            ),
            models.CheckConstraint(
                condition=Q(has_good_reason=None) | Q(stance=Stance.REFUSES), name="respondent_answer_judged"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stance} {self.case_id}"

    @property
    def waits_for_judgement(self) -> bool:
        return self.stance == Stance.REFUSES and self.has_good_reason is None
