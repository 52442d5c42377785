"""What goes with a limit: how far the law lets it be extended, and who is told when it is not kept. Rows."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Province
from workflows.obligations import CHOICES, label_of
from workflows.states import Track

from .rules import Unit


class ExtensionRule(models.Model):
    """One step by which a limit may be extended. ``in_all``: the amount counts from the start and replaces the
    limit; otherwise it is added to the end that held before."""

    province = models.ForeignKey(Province, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("province"))
    track = models.CharField(_("track"), max_length=12, choices=Track, blank=True)
    obligation = models.CharField(_("obligation"), max_length=24, choices=CHOICES)
    step = models.PositiveSmallIntegerField(_("step"))
    amount = models.PositiveSmallIntegerField(_("amount"))
    unit = models.CharField(_("unit"), max_length=5, choices=Unit)
    in_all = models.BooleanField(_("counted from the start"), default=False)
    ask_before_amount = models.PositiveSmallIntegerField(_("asked at least before the end: amount"), default=0)
    ask_before_unit = models.CharField(
        _("asked at least before the end: unit"), max_length=5, choices=Unit, default=Unit.DAY
    )
    legal_basis = models.CharField(_("legal basis"), max_length=200)
    effective_from = models.DateField(_("in force from"))
    effective_to = models.DateField(_("in force until"), null=True, blank=True)

    class Meta:
        verbose_name = _("extension rule")
        verbose_name_plural = _("extension rules")
        ordering = ["obligation", "track", "step"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0) & Q(step__gt=0),
                name="extension_amount_positive",
                violation_error_message=_("The amount and the step are at least 1."),
            ),
            models.UniqueConstraint(
                fields=["province", "track", "obligation", "step", "effective_from"], name="extension_rule_once"
            ),
            models.UniqueConstraint(
                fields=["track", "obligation", "step", "effective_from"],
                condition=Q(province=None),
                name="extension_rule_default_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{label_of(self.obligation)} ({self.step}): +{self.amount} {Unit(self.unit).label}"


class EscalationStep(models.Model):
    """Whom a limit that runs out is told to, rung by rung. Empty track or obligation: for all; of several rows with
    one order the most particular holds."""

    class To(models.TextChoices):
        HANDLER = "handler", _("handler")
        SUPERVISOR = "supervisor", _("supervisor")
        LEAD = "lead", _("lead agency")
        OVERSEER = "overseer", _("overseer")

    class Side(models.TextChoices):
        BEFORE = "before", _("before the end")
        AFTER = "after", _("after the end")

    province = models.ForeignKey(Province, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("province"))
    track = models.CharField(_("track"), max_length=12, choices=Track, blank=True)
    obligation = models.CharField(_("obligation"), max_length=24, choices=CHOICES, blank=True)
    position = models.PositiveSmallIntegerField(_("order"))
    to = models.CharField(_("who is told"), max_length=12, choices=To)
    amount = models.PositiveSmallIntegerField(_("amount"), help_text=_("0: at the end itself."))
    unit = models.CharField(_("unit"), max_length=5, choices=Unit)
    side = models.CharField(_("before or after"), max_length=6, choices=Side, default=Side.AFTER)

    class Meta:
        verbose_name = _("escalation step")
        verbose_name_plural = _("escalation steps")
        ordering = ["position", "track", "obligation"]
        constraints = [
            models.CheckConstraint(
                condition=Q(position__gt=0),
                name="escalation_position_positive",
                violation_error_message=_("The order counts from 1."),
            ),
            models.UniqueConstraint(
                fields=["province", "track", "obligation", "position"], name="escalation_step_once"
            ),
            models.UniqueConstraint(
                fields=["track", "obligation", "position"],
                condition=Q(province=None),
                name="escalation_step_default_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.get_to_display()}"
