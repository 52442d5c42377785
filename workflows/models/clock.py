"""The running obligations of a case, and what was done about them: a row each, kept after it ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Province, User
from workflows.deadlines import Spell
from workflows.obligations import CHOICES, OTHERS_TIME, label_of
from workflows.states import Track

from .case import Case
from .correspondence import Remark
from .ladder import EscalationStep, ExtensionRule
from .rules import ClockRule


class ClockQuerySet(models.QuerySet["Clock"]):
    def open(self) -> ClockQuerySet:
        return self.filter(ended_at=None)

    def duties(self) -> ClockQuerySet:
        """The agencies' own obligations, without the time that is the citizen's or the business's."""
        return self.exclude(obligation__in=OTHERS_TIME)


class Clock(models.Model):
    """One obligation of one case. It counts from ``started_at``, without the time it ``stood``.

    ``stood``: [from, until] each (ISO 8601), what ``workflows.deadlines.days_stood`` reads; ``paused_for`` is their sum.

    ``next_at`` is the instant of the next thing to do about it (warn, miss, escalate), None when nothing is left or
    the clock stands: the one column the scheduler reads. All of a clock is written under its case's row lock.
    """

    class Ending(models.TextChoices):
        MET = "met", _("met")
        CANCELLED = "cancelled", _("cancelled")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks", verbose_name=_("case"))
    rule = models.ForeignKey(ClockRule, on_delete=models.PROTECT, related_name="clocks", verbose_name=_("rule"))
    obligation = models.CharField(_("obligation"), max_length=24, choices=CHOICES)
    track = models.CharField(_("track"), max_length=12, choices=Track)
    started_at = models.DateTimeField(_("started at"))
    due_at = models.DateTimeField(_("due at"))
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True)
    paused_for = models.DurationField(_("paused for"), default=timedelta(0))
    stood = models.JSONField(_("stood"), default=list, blank=True)
    extended = models.PositiveSmallIntegerField(_("times extended"), default=0)
    warn_at = models.DateTimeField(_("to be warned at"), null=True, blank=True)
    warned_at = models.DateTimeField(_("warned at"), null=True, blank=True)
    missed_at = models.DateTimeField(_("missed at"), null=True, blank=True)
    escalated = models.PositiveSmallIntegerField(_("last step of the ladder"), default=0)
    next_at = models.DateTimeField(_("next thing to do"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    ending = models.CharField(_("ending"), max_length=10, choices=Ending, blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        ordering = ["started_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["case", "obligation"], condition=Q(ended_at=None), name="clock_one_open"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="clock_ended_somehow",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], condition=Q(next_at__isnull=False), name="clock_next"),
            models.Index(fields=["due_at"], condition=Q(ended_at=None), name="clock_open_due"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.obligation}"

    def spells(self) -> list[Spell]:
        return [(datetime.fromisoformat(began), datetime.fromisoformat(until)) for began, until in self.stood]

    def stand(self, began: datetime, until: datetime) -> None:
        """It stood from then until then."""
        self.stood = [*self.stood, [began.isoformat(), until.isoformat()]]

    @property
    def label(self) -> str:
        return label_of(self.obligation)


class ClockExtension(models.Model):
    """A step of the law's extensions, granted: unique(clock, step) is what keeps each single."""

    clock = models.ForeignKey(Clock, on_delete=models.PROTECT, related_name="extensions", verbose_name=_("clock"))
    rule = models.ForeignKey(ExtensionRule, on_delete=models.PROTECT, verbose_name=_("extension rule"))
    step = models.PositiveSmallIntegerField(_("step"))
    reason = models.OneToOneField(Remark, on_delete=models.PROTECT, related_name="+", verbose_name=_("reason"))
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("granted by"))
    granted_at = models.DateTimeField(_("granted at"))

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["step"]
        constraints = [models.UniqueConstraint(fields=["clock", "step"], name="clock_extension_once")]

    def __str__(self) -> str:
        return f"{self.clock_id} +{self.step}"


class ClockEscalation(models.Model):
    """A step of the ladder, taken: unique(clock, position) is what keeps each single."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="escalations", verbose_name=_("clock"))
    step = models.ForeignKey(EscalationStep, on_delete=models.PROTECT, related_name="+", verbose_name=_("step"))
    position = models.PositiveSmallIntegerField(_("order"))
    taken_at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        constraints = [models.UniqueConstraint(fields=["clock", "position"], name="clock_escalation_once")]

    def __str__(self) -> str:
        return f"{self.clock_id} #{self.position}"


class Recomputation(models.Model):
    """Open clocks counted anew after a rule or the calendar changed. ``last_clock`` is where it goes on when killed."""

    province = models.ForeignKey(Province, on_delete=models.PROTECT, null=True, verbose_name=_("province"))
    # The recorded change that asked for it; none when the command did.
    event_id = models.BigIntegerField(_("event"), null=True, unique=True)
    total = models.PositiveIntegerField(_("clocks"), default=0)
    done = models.PositiveIntegerField(_("looked at"), default=0)
    moved = models.PositiveIntegerField(_("moved"), default=0)
    last_clock = models.BigIntegerField(_("last clock"), default=0)
    started_at = models.DateTimeField(_("started at"))
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        verbose_name = _("recount of the clocks")
        verbose_name_plural = _("recounts of the clocks")
        ordering = ["-started_at", "-id"]

    def __str__(self) -> str:
        return f"{self.done}/{self.total}"

    @property
    def percent(self) -> int:
        return 100 if self.finished_at or not self.total else self.done * 100 // self.total
