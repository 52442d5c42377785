"""What units say, and what is said back to them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import User

from .models_questionnaires import Questionnaire, Report, ReportQuestion


class Answer(models.Model):
    """``computed`` is what the cases gave at ``computed_at`` and stays beside what the unit says; where the two differ,
    ``reason`` says why."""

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.CASCADE, related_name="answers", verbose_name=_("questionnaire")
    )
    question = models.ForeignKey(
        ReportQuestion, on_delete=models.CASCADE, related_name="answers", verbose_name=_("question")
    )
    value = models.DecimalField(_("figure"), max_digits=20, decimal_places=2, null=True, blank=True)
    computed = models.DecimalField(_("computed"), max_digits=20, decimal_places=2, null=True, blank=True)
    computed_at = models.DateTimeField(_("computed at"), null=True, blank=True)
    reason = models.TextField(_("reason for the correction"), blank=True)
    words = models.TextField(_("words"), blank=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["questionnaire", "question__position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "question"], name="answer_once"),
            models.CheckConstraint(
                condition=Q(computed=None) | Q(computed_at__isnull=False), name="answer_computed_when"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire_id}/{self.question_id}"

    @property
    def is_corrected(self) -> bool:
        return self.computed is not None and self.value is not None and self.value != self.computed


class QuestionnaireReturn(models.Model):
    """The lead agency sent a questionnaire back. The reason is a row, so that the log holds no text."""

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.CASCADE, related_name="returns", verbose_name=_("questionnaire")
    )
    reason = models.TextField(_("reason"))
    returned_at = models.DateTimeField(_("sent back at"))
    returned_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("sent back by"))

    class Meta:
        verbose_name = _("questionnaire sent back")
        verbose_name_plural = _("questionnaires sent back")
        ordering = ["-returned_at", "-id"]

    def __str__(self) -> str:
        return f"{self.questionnaire_id} {self.returned_at:%d/%m/%Y}"


class ReportReminder(models.Model):
    """That a unit was reminded so many working days before (negative) or after its due day: the constraint is what makes
    it once, whichever relay comes to it."""

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.CASCADE, related_name="reminders", verbose_name=_("questionnaire")
    )
    day = models.SmallIntegerField(_("working days from the due day"))
    sent_at = models.DateTimeField(_("sent at"))

    class Meta:
        verbose_name = _("reminder of a report")
        verbose_name_plural = _("reminders of reports")
        constraints = [models.UniqueConstraint(fields=["questionnaire", "day"], name="report_reminder_once")]

    def __str__(self) -> str:
        return f"{self.questionnaire_id} {self.day:+}"


class ReportNarrative(models.Model):
    """What the lead agency writes itself under a question that asks for words."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="narratives", verbose_name=_("report"))
    question = models.ForeignKey(ReportQuestion, on_delete=models.CASCADE, related_name="+", verbose_name=_("question"))
    words = models.TextField(_("words"), blank=True)

    class Meta:
        verbose_name = _("narrative of a report")
        verbose_name_plural = _("narratives of reports")
        constraints = [models.UniqueConstraint(fields=["report", "question"], name="report_narrative_once")]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.question_id}"
