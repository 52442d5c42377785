"""What a person wants to hear of one case: more than their role brings, or less."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency, User
from workflows.models import Case


class CaseFollow(models.Model):
    """A person follows a case for an agency. It gives no right to see it: that is asked at each telling."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", verbose_name=_("agency"))
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="follows", verbose_name=_("case"))
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("followed case")
        verbose_name_plural = _("followed cases")
        constraints = [models.UniqueConstraint(fields=["person", "case"], name="case_follow_once")]

    def __str__(self) -> str:
        return f"{self.person_id} → {self.case_id}"


class CaseMute(models.Model):
    """A person wants no notifications of a case. What is urgent, or compulsory in their agency, comes all the same."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"))
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="mutes", verbose_name=_("case"))
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("muted case")
        verbose_name_plural = _("muted cases")
        constraints = [models.UniqueConstraint(fields=["person", "case"], name="case_mute_once")]

    def __str__(self) -> str:
        return f"{self.person_id} ∅ {self.case_id}"
