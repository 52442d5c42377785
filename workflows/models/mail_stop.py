"""That a sender wants no messages about a report."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint


class MailStop(models.Model):
    """While it stands nothing is sent about the report but what its sender just asked for."""

    complaint = models.OneToOneField(
        Complaint, on_delete=models.CASCADE, related_name="mail_stop", verbose_name=_("complaint")
    )
    stopped_at = models.DateTimeField(_("stopped at"))

    class Meta:
        verbose_name = _("stopped messages")
        verbose_name_plural = _("stopped messages")

    def __str__(self) -> str:
        return f"complaint {self.complaint_id}"
