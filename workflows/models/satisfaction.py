"""How content the two sides are with an answer, and what a province has to reach."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from complaints.models import Respondent

from .case import Case
from .correspondence import Remark
from .milestone import Milestone

SCORES = range(1, 6)
# From here on a person counts as satisfied. The plans give the share to reach and leave the scale open.
SATISFIED_FROM = 4


class Party(models.TextChoices):
    CITIZEN = "citizen", _("the sender")
    BUSINESS = "business", _("the business")


class Satisfaction(models.Model):
    """One score of one party for one answer. ``reason`` is a row of its own, so that it can be erased."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="satisfaction", verbose_name=_("case"))
    answer = models.ForeignKey(
        Milestone, on_delete=models.PROTECT, related_name="satisfaction", verbose_name=_("answer")
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("agency"))
    party = models.CharField(_("who"), max_length=10, choices=Party)
    # Whose score it is, of the businesses of a case; none for the sender's.
    respondent = models.ForeignKey(
        Respondent, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("business")
    )
    score = models.PositiveSmallIntegerField(_("score"))
    reason = models.ForeignKey(
        Remark, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("reason")
    )
    given_at = models.DateTimeField(_("given at"))

    class Meta:
        verbose_name = _("satisfaction")
        verbose_name_plural = _("satisfaction")
        constraints = [
            # Behind the row lock on the case: a second tap changes the score and never adds one.
            models.UniqueConstraint(fields=["answer", "party"], condition=Q(respondent=None), name="satisfaction_once"),
            models.UniqueConstraint(fields=["answer", "respondent"], name="satisfaction_once_per_business"),
            models.CheckConstraint(
                condition=Q(respondent=None) | Q(party=Party.BUSINESS), name="satisfaction_business_named"
            ),
            models.CheckConstraint(condition=Q(score__range=(SCORES[0], SCORES[-1])), name="satisfaction_score"),
        ]
        indexes = [models.Index(fields=["agency", "given_at"], name="satisfaction_of_agency")]

    def __str__(self) -> str:
        return f"{self.party} {self.case_id}: {self.score}"


class SatisfactionTarget(models.Model):
    """The share of satisfied people to reach from ``year`` on, and who asks for it. No province: for all."""

    province = models.ForeignKey(
        "agencies.Province", on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("province")
    )
    year = models.PositiveSmallIntegerField(_("from the year"))
    percent = models.PositiveSmallIntegerField(_("satisfied, per cent"))
    source = models.CharField(_("who asks for it"), max_length=200)

    class Meta:
        verbose_name = _("satisfaction target")
        verbose_name_plural = _("satisfaction targets")
        ordering = ["year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__range=(1, 100)),
                name="target_percent",
                violation_error_message=_("A target is between 1 and 100 per cent."),
            ),
            models.UniqueConstraint(fields=["province", "year"], name="target_once"),
            models.UniqueConstraint(fields=["year"], condition=Q(province=None), name="target_default_once"),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.percent} %"
