"""How a case was resolved. One row per resolution: a reopened case may have several."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from workflows.states import Outcome

from .case import Case
from .correspondence import Remark
from .facts import Concluded, complete


class Resolution(Concluded):
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="resolutions", verbose_name=_("case"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, verbose_name=_("agency"))
    answer = models.OneToOneField(Remark, on_delete=models.PROTECT, related_name="+", verbose_name=_("answer"))
    resolved_at = models.DateTimeField(_("resolved at"))
    # Rows from before the facts were asked for keep what they have.
    facts_asked = models.BooleanField(_("the outcome's facts were asked for"), default=True)

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
            models.CheckConstraint(condition=Q(facts_asked=False) | complete(), name="resolution_has_its_facts"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.case_id}"
