"""A resolution that waits for a second person, with everything it would record. Kept after it was decided."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from complaints.models import Category

from .case import Case
from .correspondence import Remark
from .facts import Concluded, complete
from .resolution import Resolution


class ResolutionProposal(Concluded):
    class State(models.TextChoices):
        PENDING = "pending", _("waiting for confirmation")
        CONFIRMED = "confirmed", _("confirmed")
        RETURNED = "returned", _("sent back")
        OVERTAKEN = "overtaken", _("overtaken by another move")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("case"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, verbose_name=_("agency"))
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("category, as the handler sees it")
    )
    answer = models.OneToOneField(Remark, on_delete=models.PROTECT, related_name="+", verbose_name=_("answer"))
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PENDING)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.OneToOneField(
        Remark, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reason")
    )
    resolution = models.OneToOneField(
        Resolution,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="proposal",
        verbose_name=_("resolution"),
    )

    class Meta:
        verbose_name = _("proposed resolution")
        verbose_name_plural = _("proposed resolutions")
        ordering = ["proposed_at", "id"]
        constraints = [
            # One that waits per case: the constraint behind the row lock on the case.
            models.UniqueConstraint(fields=["case"], condition=Q(state="pending"), name="proposal_one_pending"),
            models.CheckConstraint(
                condition=Q(state="pending", decided_at=None) | (~Q(state="pending") & Q(decided_at__isnull=False)),
                name="proposal_decided_once_over",
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", resolution__isnull=False) | (~Q(state="confirmed") & Q(resolution=None)),
                name="proposal_confirmed_resolves",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | Q(reason__isnull=False), name="proposal_returned_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="proposal_two_persons"
            ),
            models.CheckConstraint(
                condition=Q(sanction_amount=None) | Q(sanction_amount__gte=0), name="proposal_sanction_amount"
            ),
            models.CheckConstraint(condition=complete(), name="proposal_has_its_facts"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.case_id} {self.state}"
