"""Official papers of a case: numbered, frozen when they are issued, laid out afterwards."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from agencies.actors import Actor, Business, Citizen, Member, System
from agencies.models import Agency, User
from documents.decree30 import DOCUMENT_TYPES, document_number
from documents.models import RegisteredNumber

from .case import Case
from .correspondence import Audience
from .referral import Referral


class PaperQuerySet(models.QuerySet["Paper"]):
    def visible_to(self, actor: Actor) -> PaperQuerySet:
        """Of the cases the actor may see, the papers meant for them; an agency keeps what it issued itself, also
        when the case is another's now."""
        if isinstance(actor, System):
            return self
        if isinstance(actor, Citizen):
            return self.filter(case__complaint_id=actor.complaint_id, audience=Audience.CITIZEN)
        if isinstance(actor, Business):
            return self.filter(case_id=actor.case_id, shown_to_respondent=True)
        if not isinstance(actor, Member) or not actor.handles_cases:
            return self.none()
        readable = Q(audience=Audience.CITIZEN)
        # Who only helped to lodge follows the case and does not handle it.
        if not actor.agency.assisted_intake_only:
            offers = Referral.objects.read_by(actor.agency).filter(case=OuterRef("case"), shares_notes=False)
            readable |= Q(audience=Audience.SHARED) & Q(~Exists(offers.exclude(paper=OuterRef("pk"))))
        if actor.is_police:
            readable |= Q(audience=Audience.POLICE)
        return self.filter(Q(agency=actor.agency) | readable & Q(case__in=Case.objects.visible_to(actor)))


class Paper(models.Model):
    """``content`` is all that is printed but the number and the date: JSON, as `workflows.paper_layout` reads it.

    ``salt`` goes with the content: without it the digest in the event log proves nothing. The file's three fields
    are empty until the relay has laid the paper out.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="papers", verbose_name=_("case"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("issuing agency"))
    document_type = models.CharField(
        _("type of document"), max_length=8, choices=[(key, f"{name} ({key})") for key, name in DOCUMENT_TYPES.items()]
    )
    template = models.CharField(_("template"), max_length=120)
    content = models.JSONField(_("content"))
    salt = models.CharField(max_length=32)
    number = models.OneToOneField(
        RegisteredNumber, on_delete=models.PROTECT, related_name="paper", verbose_name=_("number")
    )
    audience = models.CharField(_("who may read it"), max_length=10, choices=Audience)
    shown_to_respondent = models.BooleanField(_("shown to the business"), default=False)
    issued_at = models.DateTimeField(_("issued at"))
    issued_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("issued by")
    )
    pdf = models.FileField(_("file"), max_length=200, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    rendered_at = models.DateTimeField(_("laid out at"), null=True, blank=True)

    objects = PaperQuerySet.as_manager()

    class Meta:
        verbose_name = _("official paper")
        verbose_name_plural = _("official papers")
        ordering = ["issued_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(pdf="", sha256="", rendered_at=None)
                | (~Q(pdf="") & ~Q(sha256="") & Q(rendered_at__isnull=False)),
                name="paper_laid_out_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type_name} {self.symbol}"

    @property
    def type_name(self) -> str:
        return DOCUMENT_TYPES[self.document_type]

    @property
    def symbol(self) -> str:
        """``05/TB-SCT``, from what was frozen: an agency renamed since changes no paper."""
        abbreviation, field_abbr = self.content["letterhead"]["abbreviation"], self.content.get("field", "")
        line = document_number(self.number.number, self.document_type, abbreviation, field_abbr)
        return line.removeprefix("Số: ")

    @property
    def subject(self) -> str:
        return str(self.content.get("subject", ""))

    @property
    def is_laid_out(self) -> bool:
        return self.rendered_at is not None
