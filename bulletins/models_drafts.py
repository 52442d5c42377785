"""A month's bulletin as a draft, as the first version of this program made it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, Province, User


class Draft(models.Model):
    """A month's warning bulletin as a draft PDF, rendered by the relay."""

    class State(models.TextChoices):
        WAITING = "waiting", _("being prepared")
        READY = "ready", _("ready")
        FAILED = "failed", _("could not be prepared")

    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+", verbose_name=_("province"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("issuing agency"))
    month = models.DateField(_("month (its first day)"))
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked for by"))
    requested_at = models.DateTimeField(_("asked for at"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    pdf = models.FileField(_("file"), max_length=200, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)

    class Meta:
        verbose_name = _("bulletin draft")
        verbose_name_plural = _("bulletin drafts")
        ordering = ["-id"]
        indexes = [models.Index(fields=["agency", "-id"], name="bulletin_draft_newest")]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.month:%m/%Y}"
