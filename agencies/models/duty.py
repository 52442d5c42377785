"""Who is on duty, and when."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .organisations import Agency
from .people import User


class DutyShift(models.Model):
    """A person is on duty for an agency, or a unit of one, from one moment until another. Several may be at once."""

    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="duty_shifts", verbose_name=_("agency or unit")
    )
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="duty_shifts", verbose_name=_("person"))
    starts_at = models.DateTimeField(_("on duty from"))
    ends_at = models.DateTimeField(_("on duty until"))

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duty roster")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="duty_shift_ends_later"),
            # A form that was sent twice.
            models.UniqueConstraint(fields=["agency", "person", "starts_at"], name="duty_shift_once"),
        ]
        indexes = [
            models.Index(fields=["agency", "ends_at"], name="duty_shift_agency"),
            models.Index(fields=["ends_at"], name="duty_shift_running"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.agency}"
