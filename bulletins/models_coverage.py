"""Where press, broadcasters and loudspeakers carried a bulletin, as they record it themselves."""

from __future__ import annotations

from django.core.validators import URLValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.actors import Actor, Member
from agencies.models import Agency, Role, User

from .models_bulletins import Bulletin, BulletinVersion


class Medium(models.TextChoices):
    PRINT = "print", _("printed newspaper")
    ONLINE = "online", _("online newspaper or portal")
    RADIO = "radio", _("radio")
    TELEVISION = "television", _("television")
    LOUDSPEAKER = "speaker", _("commune loudspeakers")
    SOCIAL = "social", _("social network page")


class CoverageQuerySet(models.QuerySet["Coverage"]):
    def visible_to(self, actor: Actor | None) -> CoverageQuerySet:
        """Of an agency's own bulletins all, to those who issue them; else what one's own agency recorded."""
        if not isinstance(actor, Member):
            return self.none()
        issued = Q(version__bulletin__in=Bulletin.objects.visible_to(actor))
        return self.filter(issued | Q(agency=actor.agency)) if actor.has(Role.PRESS) else self.filter(issued)

    def standing(self) -> CoverageQuerySet:
        return self.filter(struck_at=None)


class Coverage(models.Model):
    """One time it was carried. A wrong record is struck and stays; the words are the recorder's, seen by both sides."""

    version = models.ForeignKey(
        BulletinVersion, on_delete=models.PROTECT, related_name="coverage", verbose_name=_("version")
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("carried by"))
    medium = models.CharField(_("medium"), max_length=10, choices=Medium)
    place = models.CharField(_("programme, page or channel"), max_length=160)
    carried_at = models.DateTimeField(_("carried at"))
    link = models.URLField(_("link"), max_length=500, blank=True, validators=[URLValidator(schemes=["http", "https"])])
    note = models.TextField(_("note"), max_length=1_000, blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    recorded_at = models.DateTimeField(_("recorded at"))
    struck_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("struck by")
    )
    struck_at = models.DateTimeField(_("struck at"), null=True, blank=True)

    objects = CoverageQuerySet.as_manager()

    class Meta:
        verbose_name = _("record of what was carried")
        verbose_name_plural = _("records of what was carried")
        ordering = ["-carried_at", "-id"]
        constraints = [
            # A double tap, or a form sent again, finds the first record.
            models.UniqueConstraint(
                fields=["version", "agency", "medium", "place", "carried_at"], condition=Q(struck_at=None),
                name="coverage_once",
            ),
            models.CheckConstraint(
                condition=Q(struck_at=None, struck_by=None) | Q(struck_at__isnull=False, struck_by__isnull=False),
                name="coverage_struck_by_somebody",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.medium} of {self.version_id} by {self.agency_id}"
