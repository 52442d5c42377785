"""Free text about a case: reasons, notes, questions, answers. Rows of their own, so that they can be erased."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from agencies.actors import Actor, Citizen, Member, System
from agencies.models import Agency, User

from .case import Case
from .referral import Referral


class Audience(models.TextChoices):
    AGENCY = "agency", _("only my agency")
    SHARED = "shared", _("every agency that handles the case")
    POLICE = "police", _("police only")
    CITIZEN = "citizen", _("the sender and every agency that handles the case")


class RemarkKind(models.TextChoices):
    NOTE = "note", _("note")
    REASON = "reason", _("reason")
    QUESTION = "question", _("question to the sender")
    ANSWER = "answer", _("answer of the sender")
    OUTCOME = "outcome", _("answer to the sender")
    BUSINESS = "business", _("answer of the business")
    LETTER = "letter", _("letter to the sender")
    PROPOSAL = "proposal", _("proposed answer")


def withheld_from(agency: Agency) -> Exists:
    """Of a remark for every agency: kept back from ``agency``, to which the case is merely offered without them."""
    offers = Referral.objects.read_by(agency).filter(case=OuterRef("case"), shares_notes=False)
    return Exists(offers.exclude(reason=OuterRef("pk")).exclude(explanation=OuterRef("pk")))


class RemarkQuerySet(models.QuerySet["Remark"]):
    def visible_to(self, actor: Actor) -> RemarkQuerySet:
        """Of the cases the actor may see, the remarks meant for them; police-only ones stay with the police."""
        if isinstance(actor, System):
            return self
        if isinstance(actor, Citizen):
            return self.filter(case__complaint_id=actor.complaint_id, audience=Audience.CITIZEN)
        if not isinstance(actor, Member):
            return self.none()
        readable = Q(audience=Audience.CITIZEN) | Q(audience=Audience.AGENCY, agency=actor.agency)
        # Who only helped to lodge follows the case and does not handle it.
        if not actor.agency.assisted_intake_only:
            readable |= Q(audience=Audience.SHARED) & (Q(agency=actor.agency) | Q(~withheld_from(actor.agency)))
        if actor.is_police:
            readable |= Q(audience=Audience.POLICE)
        return self.filter(readable, case__in=Case.objects.visible_to(actor))


class Remark(models.Model):
    """``salt`` goes with the text: without it the digest in the event log proves nothing."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="remarks", verbose_name=_("case"))
    kind = models.CharField(_("kind"), max_length=10, choices=RemarkKind)
    audience = models.CharField(_("who may read it"), max_length=10, choices=Audience)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("agency"))
    author = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="remarks", verbose_name=_("author")
    )
    text = models.TextField(_("text"))
    salt = models.CharField(max_length=32)
    written_at = models.DateTimeField(_("written at"))

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("remark")
        verbose_name_plural = _("remarks")
        ordering = ["written_at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
