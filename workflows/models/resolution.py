"""How a case was resolved. One row per resolution: a reopened case may have several."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from workflows.states import Outcome

from .case import Case
from .correspondence import Remark


class Resolution(models.Model):
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="resolutions", verbose_name=_("case"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, verbose_name=_("agency"))
    outcome = models.CharField(_("outcome"), max_length=32, choices=Outcome)
    answer = models.OneToOneField(Remark, on_delete=models.PROTECT, related_name="+", verbose_name=_("answer"))
    decision_number = models.CharField(_("decision number"), max_length=60, blank=True)
    decision_date = models.DateField(_("decision date"), null=True, blank=True)
    sanction_amount = models.BigIntegerField(_("sanction (VND)"), null=True, blank=True)
    resolved_at = models.DateTimeField(_("resolved at"))

    class Meta:
        verbose_name = _("resolution")
        verbose_name_plural = _("resolutions")
        ordering = ["resolved_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.SANCTIONED) | (~Q(decision_number="") & Q(decision_date__isnull=False)),
                name="resolution_sanction_has_decision",
            ),
            models.CheckConstraint(
                condition=Q(sanction_amount=None) | Q(sanction_amount__gte=0), name="resolution_sanction_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.case_id}"
