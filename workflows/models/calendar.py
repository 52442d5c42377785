"""When an agency works, and which years' official days somebody has looked at."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Province


class AgencyHours(models.Model):
    """When an agency closes: limits in days and months end then. An agency without a row closes at 17:00."""

    agency = models.OneToOneField(Agency, on_delete=models.CASCADE, related_name="hours", verbose_name=_("agency"))
    closes_at = models.TimeField(_("closes at"))

    class Meta:
        verbose_name = _("agency hours")
        verbose_name_plural = _("agency hours")
        ordering = ["agency"]

    def __str__(self) -> str:
        return f"{self.agency}: {self.closes_at:%H:%M}"


class CalendarYear(models.Model):
    """An administrator has compared the year's days off and worked Saturdays with the official announcement.

    The tables of the library are a forecast: substitutions are announced late in the year before.
    """

    province = models.ForeignKey(Province, on_delete=models.PROTECT, verbose_name=_("province"))
    year = models.PositiveSmallIntegerField(_("year"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True, editable=False)
    # Set once by the job that warns: its row is what keeps the warning single.
    warned_at = models.DateTimeField(_("warned at"), null=True, blank=True, editable=False)
    source = models.CharField(_("official announcement"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("calendar year")
        verbose_name_plural = _("calendar years")
        ordering = ["-year"]
        constraints = [models.UniqueConstraint(fields=["province", "year"], name="calendar_year_once")]

    def __str__(self) -> str:
        return f"{self.year}"
