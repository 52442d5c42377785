"""What an agency owed and did: an answer given, a transfer taken, with the limit that ran. Figures are sums of these."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency

from .case import Case
from .correspondence import Remark


class Milestone(models.Model):
    """``due_at`` is the limit of the step that ended (none where no limit ran); ``words`` what the citizen was told.

    It stays as it was: a case that is opened again and answered anew has two.
    """

    class Kind(models.TextChoices):
        ANSWERED = "answered", _("answered")
        REFUSED = "refused", _("not accepted")
        TAKEN = "taken", _("transfer taken")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="milestones", verbose_name=_("case"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("agency"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    words = models.ForeignKey(
        Remark, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("answer")
    )
    reached_at = models.DateTimeField(_("reached at"))
    due_at = models.DateTimeField(_("due at"), null=True, blank=True)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["reached_at", "id"]
        indexes = [models.Index(fields=["agency", "reached_at"], name="milestone_of_agency")]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id}"
