"""Rules a province may set for itself: routing, clocks, calendar."""

from django.db import models
from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Commune, Province
from complaints.models import Category, Kind, ProductGroup
from workflows.obligations import Occasion, label_of
from workflows.states import State, Track


class RoutingRule(models.Model):
    """When every condition that is set holds, the complaint goes to ``agency`` on ``track``.

    Rules are tried by ``position``; the first that fits decides. ``refer_to`` offers the case at
    once to another agency (money moved an hour ago: the police, day or night).
    """

    province = models.ForeignKey(Province, on_delete=models.PROTECT, verbose_name=_("province"))
    position = models.PositiveSmallIntegerField(_("order"))
    kind = models.CharField(_("kind of submission"), max_length=12, choices=Kind, blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("category"))
    product_group = models.ForeignKey(
        ProductGroup, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("product group")
    )
    channel_family = models.CharField(_("channel family"), max_length=20, blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("commune"))
    keywords = models.TextField(
        _("any of these words"), blank=True, help_text=_("Separated by commas; diacritics and capitals do not matter.")
    )
    money_moved_within_hours = models.PositiveSmallIntegerField(_("money moved within (hours)"), null=True, blank=True)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("to agency"))
    refer_to = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("offer at once to")
    )
    track = models.CharField(_("track"), max_length=12, choices=Track)
    urgent = models.BooleanField(_("urgent"), default=False)
    explanation = models.CharField(_("explanation shown to the handler"), max_length=300)
    effective_from = models.DateField(_("in force from"))
    effective_to = models.DateField(_("in force until"), null=True, blank=True)

    class Meta:
        verbose_name = _("routing rule")
        verbose_name_plural = _("routing rules")
        ordering = ["province", "position"]
        constraints = [models.UniqueConstraint(fields=["province", "position", "effective_from"], name="routing_order")]

    def __str__(self) -> str:
        return f"{self.province_id}/{self.position}: {self.explanation}"


class Unit(models.TextChoices):
    WORKING_DAY = "WD", _("working days")
    DAY = "d", _("days")
    HOUR = "h", _("hours")
    MONTH = "month", _("months")


class ClockRule(models.Model):
    """How long a case may stay in a state, or how soon what an event asks for is done, per track. No province: the
    default for all. ``warn_before_…``: how long before the end whoever has the case is reminded; empty: not at all."""

    Unit = Unit

    province = models.ForeignKey(Province, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("province"))
    track = models.CharField(_("track"), max_length=12, choices=Track, blank=True)
    state = models.CharField(_("state"), max_length=24, choices=State, blank=True)
    event = models.CharField(_("what is owed"), max_length=24, choices=Occasion, blank=True)
    urgent = models.BooleanField(_("urgent cases only"), default=False)
    amount = models.PositiveSmallIntegerField(_("amount"))
    unit = models.CharField(_("unit"), max_length=5, choices=Unit)
    rolls_to_working_day = models.BooleanField(_("an end on a day off moves to the next working day"), default=True)
    warn_before_amount = models.PositiveSmallIntegerField(_("warn before the end: amount"), null=True, blank=True)
    warn_before_unit = models.CharField(_("warn before the end: unit"), max_length=5, choices=Unit, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=200)
    effective_from = models.DateField(_("in force from"))
    effective_to = models.DateField(_("in force until"), null=True, blank=True)

    class Meta:
        verbose_name = _("clock rule")
        verbose_name_plural = _("clock rules")
        ordering = ["state", "event", "track", "-effective_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0),
                name="clock_amount_positive",
                violation_error_message=_("A limit is at least 1."),
            ),
            models.CheckConstraint(
                condition=(~Q(state="") & Q(event="")) | (Q(state="") & ~Q(event="")), name="clock_rule_state_or_event"
            ),
            models.CheckConstraint(
                condition=Q(warn_before_amount=None, warn_before_unit="")
                | (Q(warn_before_amount__gt=0) & ~Q(warn_before_unit="")),
                name="clock_rule_warning_whole",
            ),
            models.UniqueConstraint(
                fields=["province", "track", "state", "event", "urgent", "effective_from"], name="clock_rule_once"
            ),
            models.UniqueConstraint(
                fields=["track", "state", "event", "urgent", "effective_from"],
                condition=Q(province=None),
                name="clock_rule_default_once",
            ),
        ]

    def __str__(self) -> str:
        where = ", ".join(
            str(part)
            for part in (
                label_of(self.obligation),
                Track(self.track).label if self.track else "",
                _t("urgent cases only") if self.urgent else "",
            )
            if part
        )
        return f"{where}: {self.amount} {self.Unit(self.unit).label}"

    @property
    def obligation(self) -> str:
        return self.state or self.event


IS_WORKED = [(False, _("Day off")), (True, _("Working day"))]


class CalendarOverride(models.Model):
    """A day off, or a worked Saturday, that the holiday tables do not know. Decides last."""

    province = models.ForeignKey(Province, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("province"))
    day = models.DateField(_("day"))
    is_working_day = models.BooleanField(_("that day"), choices=IS_WORKED)
    reason = models.CharField(_("reason"), max_length=200)

    class Meta:
        verbose_name = _("calendar override")
        verbose_name_plural = _("calendar overrides")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(fields=["province", "day"], name="calendar_override_once"),
            models.UniqueConstraint(fields=["day"], condition=Q(province=None), name="calendar_override_default_once"),
        ]

    def __str__(self) -> str:
        return f"{date_format(self.day, 'd/m/Y')}: {self.reason}"
