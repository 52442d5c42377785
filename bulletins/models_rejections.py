"""Why a version was given back to its writers, and which number is void with it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import User
from documents.models import RegisteredNumber

from .models_bulletins import BulletinVersion


class Rejection(models.Model):
    """One number that was given back. ``answered_at``: when the version went to review again.

    The reason is read by the agency alone and told by no event; the register has its beginning. Emptied, it is gone.
    """

    version = models.ForeignKey(
        BulletinVersion, on_delete=models.PROTECT, related_name="rejections", verbose_name=_("version")
    )
    registered = models.OneToOneField(
        RegisteredNumber, on_delete=models.PROTECT, related_name="+", verbose_name=_("document number")
    )
    reason = models.TextField(_("why it was rejected"), max_length=2_000, blank=True)
    rejected_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("rejected by"))
    rejected_at = models.DateTimeField(_("rejected at"))
    answered_at = models.DateTimeField(_("sent to review again at"), null=True, blank=True)

    class Meta:
        verbose_name = _("rejection of a bulletin")
        verbose_name_plural = _("rejections of bulletins")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=models.Q(answered_at=None), name="bulletin_one_open_rejection"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} at {self.rejected_at:%d/%m/%Y}"

    @property
    def symbol(self) -> str:
        return str(self.registered).removeprefix("Số: ")
