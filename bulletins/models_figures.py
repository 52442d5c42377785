"""Sums by the day, so that a period's figures cost the same however many cases there are."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Province


class FigureDay(models.Model):
    """A Hanoi day of a province that has been, or has to be, added up. ``stale``: something of that day has changed."""

    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+", verbose_name=_("province"))
    day = models.DateField(_("day"))
    stale = models.BooleanField(_("to be added up anew"), default=True)
    computed_at = models.DateTimeField(_("added up at"), null=True, blank=True)

    class Meta:
        verbose_name = _("day of figures")
        verbose_name_plural = _("days of figures")
        ordering = ["day"]
        constraints = [models.UniqueConstraint(fields=["province", "day"], name="figure_day_once")]
        indexes = [models.Index(fields=["province", "day"], condition=models.Q(stale=True), name="figure_day_stale")]

    def __str__(self) -> str:
        return f"{self.province_id} {self.day}"


class DailyFigure(models.Model):
    """One sum of one day: ``measure`` (see `daily.MEASURES`) split by ``key``; ``amount`` where money is added up."""

    day = models.ForeignKey(FigureDay, on_delete=models.CASCADE, related_name="figures", verbose_name=_("day"))
    measure = models.CharField(_("measure"), max_length=12)
    key = models.CharField(_("of"), max_length=40, blank=True)
    count = models.PositiveIntegerField(_("count"))
    amount = models.BigIntegerField(_("amount"), default=0)

    class Meta:
        verbose_name = _("daily figure")
        verbose_name_plural = _("daily figures")
        constraints = [models.UniqueConstraint(fields=["day", "measure", "key"], name="daily_figure_once")]

    def __str__(self) -> str:
        return f"{self.measure} {self.key} {self.count}"
