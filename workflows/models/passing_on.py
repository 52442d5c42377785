"""A case handed to an agency that works with another installation: as a signed-for file, not as an offer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from complaints.models import Evidence

from .case import Case
from .paper import Paper


class PassingOn(models.Model):
    """``to_name`` is the agency elsewhere, as written on the sheet. The file is made from these rows each time it is
    fetched. ``confirmed_at`` and ``confirmation`` (its number or letter over there) are recorded by hand."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="passings_on", verbose_name=_("case"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("from"))
    to_name = models.CharField(_("to (agency elsewhere)"), max_length=200)
    shares_identity = models.BooleanField(_("the sender's identity is shared"), default=False)
    files = models.ManyToManyField(Evidence, related_name="+", blank=True, verbose_name=_("files"))
    paper = models.OneToOneField(Paper, on_delete=models.PROTECT, related_name="+", verbose_name=_("referral sheet"))
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmation = models.CharField(_("their confirmation"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("case passed on by file")
        verbose_name_plural = _("cases passed on by file")
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_at=None, confirmation="") | (Q(confirmed_at__isnull=False) & ~Q(confirmation="")),
                name="passing_on_confirmed_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} → {self.to_name}"
