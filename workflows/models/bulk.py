"""One move asked for many cases at once: what was asked, and what became of each case."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User

from .case import Case


class BulkMove(models.Model):
    """``token`` comes with the confirmation page: sent twice, it names the same row.

    ``arguments`` holds codes and ids. ``reason`` is erased when the last case is done: each case has its own copy.
    """

    class Move(models.TextChoices):
        ASSIGN = "assign", _("Assign a handler")
        REFER = "refer", _("Transfer to another agency")
        CLOSE = "close", _("Close")

    token = models.UUIDField(unique=True)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("agency"))
    move = models.CharField(_("move"), max_length=10, choices=Move)
    arguments = models.JSONField(default=dict)
    reason = models.TextField(_("reason"), blank=True)
    asked_at = models.DateTimeField(_("asked at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    class Meta:
        verbose_name = _("move of many cases")
        verbose_name_plural = _("moves of many cases")

    def __str__(self) -> str:
        return f"{self.move} {self.pk}"


class BulkItem(models.Model):
    """``version`` is that of the case when it was previewed; ``said`` is the rule's sentence where it was not done."""

    class Result(models.TextChoices):
        WAITING = "waiting", _("still to be done")
        DONE = "done", _("done")
        CHANGED = "changed", _("changed meanwhile")
        NOT_ALLOWED = "not_allowed", _("not allowed")
        INVALID = "invalid", _("not possible as asked")
        FAILED = "failed", _("failed")

    bulk = models.ForeignKey(BulkMove, on_delete=models.CASCADE, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField()
    result = models.CharField(max_length=12, choices=Result, default=Result.WAITING)
    said = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["bulk", "case"], name="bulk_case_once")]
        indexes = [models.Index(fields=["bulk"], condition=Q(result="waiting"), name="bulk_waiting")]

    def __str__(self) -> str:
        return f"{self.bulk_id}: {self.case_id} {self.result}"
