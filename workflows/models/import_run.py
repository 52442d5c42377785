"""A register that an agency brings along: a spreadsheet on its way to becoming cases."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.actors import Actor, Member
from agencies.models import Agency, Province, Role, User


def may_import(actor: Actor) -> bool:
    """Supervisors and administrators of an agency that handles cases."""
    return (
        isinstance(actor, Member) and actor.has(Role.SUPERVISOR, Role.ADMIN) and not actor.agency.assisted_intake_only
    )


class ImportRunQuerySet(models.QuerySet["ImportRun"]):
    def visible_to(self, actor: Actor) -> ImportRunQuerySet:
        """One's own, sent while acting for this agency: a register names people."""
        if not isinstance(actor, Member) or not may_import(actor):
            return self.none()
        return self.filter(owner=actor.person, agency=actor.agency)


class ImportRun(models.Model):
    """``file`` is what was sent until it is read, then its rows (a JSON array a line), none where the chosen sheet cannot
    be read; ``workbook``: what was sent, where another of its sheets may be chosen. Both are gone when the import has
    ended, the report with what it quotes a day later. ``sheets``: those that hold something, as (name, is hidden);
    ``sheet``: the one that is read. ``targets``: what each column says (`import_columns`). ``problems``: the first of
    them, as (row number, reason)."""

    class State(models.TextChoices):
        READING = "reading", _("waiting to be read")
        MAPPING = "mapping", _("columns to be looked at")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        IMPORTING = "importing", _("being imported")
        DONE = "done", _("imported to the end")
        CANCELLED = "cancelled", _("cancelled")
        FAILED = "failed", _("could not be imported")
        EXPIRED = "expired", _("deleted after its time")

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("owner"))
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", verbose_name=_("agency"))
    province = models.ForeignKey(Province, on_delete=models.CASCADE, related_name="+", verbose_name=_("province"))
    name = models.CharField(_("name of the file"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=2)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.READING)
    file = models.FileField(_("file"), max_length=200, blank=True)
    report = models.FileField(_("report"), max_length=200, blank=True)
    workbook = models.FileField(_("workbook"), max_length=200, blank=True)
    sheet = models.CharField(_("sheet"), max_length=200, blank=True)
    sheets = models.JSONField(_("sheets"), default=list, blank=True)
    headings = models.JSONField(_("headings"), default=list, blank=True)
    targets = models.JSONField(_("targets"), default=list, blank=True)
    total = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    lodged = models.PositiveIntegerField(_("cases lodged"), default=0)
    repeated = models.PositiveIntegerField(_("there before"), default=0)
    bad = models.PositiveIntegerField(_("bad rows"), default=0)
    problems = models.JSONField(_("problems"), default=list, blank=True)
    error = models.CharField(_("what is wrong"), max_length=300, blank=True)
    asked_at = models.DateTimeField(_("asked at"))
    expires_at = models.DateTimeField(_("kept until"))

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of a register")
        verbose_name_plural = _("imports of registers")
        ordering = ["-asked_at", "-id"]
        indexes = [models.Index(fields=["owner", "agency", "-asked_at"], name="import_run_latest")]

    def __str__(self) -> str:
        return f"import {self.pk}"

    @property
    def stream(self) -> str:
        return f"import:{self.pk}"

    @property
    def is_running(self) -> bool:
        return self.state in (self.State.READING, self.State.CHECKING, self.State.IMPORTING)

    @property
    def check_shown(self) -> str:
        """Tells one check from the next, and with it the sheet and columns that a page shows; too little of the report's
        name to find it by."""
        return (self.report.name or "")[-12:]

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0
