"""Which periodic reports a province makes, and what they ask: rows that its administrators change."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import AgencyKind, Province

from .models_answers import Answer, QuestionnaireReturn, ReportNarrative, ReportReminder
from .models_questionnaires import AnswerForm, Consolidation, Questionnaire, Report, ReportQuestion

__all__ = [
    "Answer",
    "AnswerForm",
    "Consolidation",
    "Questionnaire",
    "QuestionnaireReturn",
    "Report",
    "ReportIndicator",
    "ReportKind",
    "ReportNarrative",
    "ReportQuestion",
    "ReportReminder",
]

_MONTH = [MinValueValidator(1), MaxValueValidator(12)]
_DAY = [MinValueValidator(1), MaxValueValidator(31)]
_DAYS = RegexValidator(r"^\d{1,3}( *, *\d{1,3})*$", _("Numbers of days, separated by commas: 10, 3, 1."))
_CALENDAR_FIELDS = ("from_month", "from_day", "to_month", "to_day", "due_month", "due_day")


class ReportKind(models.Model):
    """A report the province makes again and again: what days it covers and before which day it is due, every year.
    Without these days it is made when asked for, and whoever opens it says them.

    ``agency_kinds`` report; ``every_commune``: also the communes that have no account here, whose figures the lead
    agency enters from paper.
    """

    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+", verbose_name=_("province"))
    code = models.SlugField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=200, help_text=_("As it goes on after “report on”: the results of …"))
    from_month = models.PositiveSmallIntegerField(_("covers from: month"), null=True, blank=True, validators=_MONTH)
    from_day = models.PositiveSmallIntegerField(_("covers from: day"), null=True, blank=True, validators=_DAY)
    from_year_before = models.BooleanField(_("it begins in the year before"), default=False)
    to_month = models.PositiveSmallIntegerField(_("covers until: month"), null=True, blank=True, validators=_MONTH)
    to_day = models.PositiveSmallIntegerField(_("covers until: day"), null=True, blank=True, validators=_DAY)
    due_month = models.PositiveSmallIntegerField(_("due before: month"), null=True, blank=True, validators=_MONTH)
    due_day = models.PositiveSmallIntegerField(_("due before: day"), null=True, blank=True, validators=_DAY)
    units_days_before = models.PositiveSmallIntegerField(
        _("units report so many working days earlier"), default=5, validators=[MaxValueValidator(60)]
    )
    remind_before = models.CharField(
        _("remind so many working days before"), max_length=40, blank=True, default="5, 1", validators=[_DAYS]
    )
    remind_after = models.CharField(
        _("remind so many working days after"), max_length=40, blank=True, default="1, 3", validators=[_DAYS]
    )
    agency_kinds = models.ManyToManyField(AgencyKind, related_name="+", verbose_name=_("who reports"))
    every_commune = models.BooleanField(_("also communes without an account"), default=False)
    addressee = models.CharField(_("reported to"), max_length=200, help_text=_("For example: Ủy ban nhân dân tỉnh"))
    recipients = models.TextField(_("recipients (one a line)"), max_length=2000, blank=True)
    legal_basis = models.TextField(_("legal basis (one a line)"), max_length=4000)
    retired = models.BooleanField(_("no longer in use"), default=False)

    class Meta:
        verbose_name = _("kind of report")
        verbose_name_plural = _("kinds of report")
        ordering = ["province", "code"]
        constraints = [
            models.UniqueConstraint(fields=["province", "code"], name="report_kind_once"),
            models.CheckConstraint(
                condition=Q(**dict.fromkeys((f"{name}__isnull" for name in _CALENDAR_FIELDS), True))
                | Q(**dict.fromkeys((f"{name}__isnull" for name in _CALENDAR_FIELDS), False)),
                name="report_kind_days_whole",
                violation_error_message=_("Give all days of the calendar, or none for a report made when asked for."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_ad_hoc(self) -> bool:
        return self.due_month is None

    @property
    def reminder_days(self) -> list[int]:
        """Working days from the units' due day: negative before it, positive after it; in their order."""
        before, after = (
            {int(day) for day in text.split(",") if day.strip()} for text in (self.remind_before, self.remind_after)
        )
        return sorted({-day for day in before} | after)


class ReportIndicator(models.Model):
    """What a kind of report asks: a figure or words. A figure may come from the cases by a named ``computation``.

    An opened report keeps its own copy (`ReportQuestion`): what is changed here holds from the next one on.
    """

    kind = models.ForeignKey(
        ReportKind, on_delete=models.PROTECT, related_name="indicators", verbose_name=_("kind of report")
    )
    code = models.SlugField(_("code"), max_length=30)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    wording = models.CharField(_("wording"), max_length=300)
    hint = models.CharField(_("how to answer"), max_length=400, blank=True)
    form = models.CharField(_("answered with"), max_length=8, choices=AnswerForm, default=AnswerForm.FIGURE)
    measure = models.CharField(_("unit of measure"), max_length=30, blank=True)
    decimals = models.PositiveSmallIntegerField(
        _("decimals"), default=0, validators=[MaxValueValidator(2)], help_text=_("0: whole numbers only.")
    )
    least = models.DecimalField(_("at least"), max_digits=20, decimal_places=2, null=True, blank=True, default=0)
    most = models.DecimalField(_("at most"), max_digits=20, decimal_places=2, null=True, blank=True)
    computation = models.CharField(_("computed from the cases"), max_length=40, blank=True)
    consolidation = models.CharField(
        _("put together as"), max_length=8, choices=Consolidation, default=Consolidation.SUM
    )
    required = models.BooleanField(_("must be answered"), default=True)
    answered_by = models.ManyToManyField(
        AgencyKind, blank=True, related_name="+", verbose_name=_("who answers (nobody chosen: all who report)")
    )
    source = models.CharField(_("source in the plan"), max_length=200, blank=True)
    retired = models.BooleanField(_("no longer in use"), default=False)

    class Meta:
        verbose_name = _("report indicator")
        verbose_name_plural = _("report indicators")
        ordering = ["kind", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code"], name="report_indicator_once"),
            models.CheckConstraint(
                condition=Q(form="figure") | Q(computation=""),
                name="report_indicator_words_not_computed",
                violation_error_message=_("Only a figure can be computed from the cases."),
            ),
            models.CheckConstraint(
                condition=Q(least=None) | Q(most=None) | Q(least__lte=F("most")),
                name="report_indicator_bounds",
                violation_error_message=_("The least is greater than the most."),
            ),
        ]

    def __str__(self) -> str:
        return self.wording
