"""Lists of cases that people take along as a file."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.actors import Actor, Member
from agencies.models import Agency, User


class SearchExportQuerySet(models.QuerySet["SearchExport"]):
    def visible_to(self, actor: Actor) -> SearchExportQuerySet:
        """One's own, asked for while acting for this agency."""
        if not isinstance(actor, Member) or not actor.handles_cases:
            return self.none()
        return self.filter(owner=actor.person, agency=actor.agency)


class SearchExport(models.Model):
    """``text``, ``filters`` and ``is_watchlist`` as of `SavedSearch`. The file is gone, and its name with it, once ``expires_at`` passed."""

    class Format(models.TextChoices):
        XLSX = "xlsx", _("spreadsheet (XLSX)")
        CSV = "csv", _("table (CSV)")

    class State(models.TextChoices):
        ASKED = "asked", _("waiting")
        BUILDING = "building", _("being written")
        READY = "ready", _("ready")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("could not be made")
        EXPIRED = "expired", _("deleted after its time")

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("owner"))
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", verbose_name=_("agency"))
    text = models.TextField(_("text"), blank=True)
    filters = models.JSONField(_("filters"), default=dict, blank=True)
    is_watchlist = models.BooleanField(_("watchlist"), default=False)
    format = models.CharField(_("format"), max_length=4, choices=Format)
    language = models.CharField(_("language"), max_length=2)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ASKED)
    total = models.PositiveIntegerField(_("cases found"), default=0)
    done = models.PositiveIntegerField(_("cases written"), default=0)
    # The cases in it: whoever may no longer see one of them downloads it no more.
    cases = models.JSONField(_("cases"), default=list, blank=True)
    file = models.FileField(_("file"), max_length=200, blank=True)
    asked_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True)

    objects = SearchExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export of a search")
        verbose_name_plural = _("exports of searches")
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["owner", "agency", "-asked_at"], name="search_export_latest")]

    def __str__(self) -> str:
        return f"export {self.pk}"

    @property
    def is_running(self) -> bool:
        return self.state in (self.State.ASKED, self.State.BUILDING)

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0
