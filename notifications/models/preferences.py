"""Through what a person is told of each group of events, and what an agency makes compulsory."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from notifications.groups import GROUPS, SUMMARY


class Way(models.TextChoices):
    """From the least to the most: what is compulsory is the least one may choose."""

    OFF = "off", _("not at all")
    DIGEST = "digest", _("in the list, and once a day by e-mail")
    LIVE = "live", _("at once on the open page")
    PUSH = "push", _("at once on the open page, and on my devices")
    MAIL = "mail", _("at once on the open page, and by e-mail")

    @property
    def strength(self) -> int:
        return list(Way).index(self)


_CHOICES = [*((group.code, group.label) for group in GROUPS), (SUMMARY, _("The morning's summary"))]


class Preference(models.Model):
    """A person's own choice. Without a row: `LIVE`, and the morning's summary is sent."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))
    group = models.CharField(_("group"), max_length=12, choices=_CHOICES)
    way = models.CharField(_("told"), max_length=8, choices=Way)

    class Meta:
        verbose_name = _("notification preference")
        verbose_name_plural = _("notification preferences")
        constraints = [models.UniqueConstraint(fields=["person", "group"], name="preference_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.group}: {self.way}"


class CompulsoryWay(models.Model):
    """The least an agency's people are told through; muting a case does not end it. Never by push: only a person can
    allow a device."""

    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", verbose_name=_("agency"))
    group = models.CharField(_("group"), max_length=12, choices=_CHOICES)
    way = models.CharField(_("told"), max_length=8, choices=Way)

    class Meta:
        verbose_name = _("compulsory notification")
        verbose_name_plural = _("compulsory notifications")
        constraints = [
            models.UniqueConstraint(fields=["agency", "group"], name="compulsory_way_once"),
            models.CheckConstraint(condition=~models.Q(way__in=("off", "push")), name="compulsory_way_is_one"),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.group}: {self.way}"


class DailyDigest(models.Model):
    """That a person's day was summed up: the constraint is what makes it once, whoever sums up beside whom."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))
    day = models.DateField(_("day"))
    event_id = models.BigIntegerField(_("event"), null=True)

    class Meta:
        verbose_name = _("daily digest")
        verbose_name_plural = _("daily digests")
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="daily_digest_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.day}"
