"""Searches that people keep, and the cases that came to fit them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.actors import Actor, Member
from agencies.models import Agency, User
from workflows.models import Case

from .models_export import SearchExport
from .text import LONGEST_WORD

__all__ = ["Abbreviation", "Alert", "IndexExchange", "SavedSearch", "SearchExport", "SearchMatch"]

LONGEST_NAME = 100


class Alert(models.TextChoices):
    """How its owner is told of a case that fits."""

    NONE = "none", _("not told")
    NOW = "now", _("at once")
    DAILY = "daily", _("by e-mail, once a day")
    WEEKLY = "weekly", _("by e-mail, once a week")


DIGESTS = (Alert.DAILY, Alert.WEEKLY)


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    def of(self, actor: Actor) -> SavedSearchQuerySet:
        """The actor's own for the agency they act for: theirs to change."""
        if not isinstance(actor, Member) or not actor.handles_cases:
            return self.none()
        return self.filter(owner=actor.person, agency=actor.agency)

    def visible_to(self, actor: Actor) -> SavedSearchQuerySet:
        """The actor's own, and what colleagues of that agency share."""
        if not isinstance(actor, Member) or not actor.handles_cases:
            return self.none()
        return self.filter(Q(owner=actor.person) | Q(shared_with_unit=True), agency=actor.agency)


class SavedSearch(models.Model):
    """``text`` and ``filters`` as the search page takes them; of a watchlist, ``text`` is identifiers, one a line, any
    of which will do. It searches what its owner may see for ``agency``, and nothing beyond."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_searches", verbose_name=_("owner"))
    agency = models.ForeignKey(Agency, on_delete=models.CASCADE, related_name="+", verbose_name=_("agency"))
    name = models.CharField(_("name"), max_length=LONGEST_NAME)
    text = models.TextField(_("text"), blank=True)
    filters = models.JSONField(_("filters"), default=dict, blank=True)
    is_watchlist = models.BooleanField(_("watchlist"), default=False)
    shared_with_unit = models.BooleanField(_("shared with the agency"), default=False)
    alert = models.CharField(_("told"), max_length=8, choices=Alert, default=Alert.NONE)
    created_at = models.DateTimeField(_("created at"))
    opened_at = models.DateTimeField(_("last opened at"))
    digested_at = models.DateTimeField(_("last digest at"))

    objects = SavedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        constraints = [models.UniqueConstraint(fields=["owner", "agency", "name"], name="saved_search_name")]
        indexes = [
            models.Index(fields=["agency"], condition=Q(shared_with_unit=True), name="saved_search_shared"),
            models.Index(fields=["alert", "digested_at"], condition=~Q(alert="none"), name="saved_search_alerting"),
        ]

    def __str__(self) -> str:
        return f"saved search {self.pk}"


class IndexExchange(models.Model):
    """A rebuilt index is put in place: what was written to the one before from ``since`` on is still to be written to it.
    The row is there before the exchange and goes when that is done, so that a rebuild that dies between owes it still."""

    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("exchange of the search index")
        verbose_name_plural = _("exchanges of the search index")

    def __str__(self) -> str:
        return f"since {self.since:%Y-%m-%d %H:%M:%S}"


class Abbreviation(models.Model):
    """What people shorten when they type. Retired, never deleted: else loading the reference data would bring it back."""

    written = models.CharField(
        _("abbreviation"), max_length=LONGEST_WORD, primary_key=True, help_text=_("One word, as people type it: ko, sp, k0."),
        error_messages={"unique": _("This one is in the table already: change its meaning there.")},
    )  # fmt: skip
    meaning = models.CharField(
        _("meaning"), max_length=200,
        help_text=_("Up to five words. Several meanings with commas between them: biết, bình thường."),
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Where many mean the same, the first ones are tried first.")
    )
    retired = models.BooleanField(_("no longer in use"), default=False)

    class Meta:
        verbose_name = _("abbreviation")
        verbose_name_plural = _("abbreviations in searches")
        ordering = ["position", "written"]

    def __str__(self) -> str:
        return self.written


class SearchMatch(models.Model):
    """A case came to fit a saved search: once, whatever happens to the case after."""

    saved_search = models.ForeignKey(
        SavedSearch, on_delete=models.CASCADE, related_name="matches", verbose_name=_("saved search")
    )
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+", verbose_name=_("case"))
    event_id = models.BigIntegerField(_("event"))
    found_at = models.DateTimeField(_("found at"))
    told_at = models.DateTimeField(_("told at"), null=True, blank=True)

    class Meta:
        verbose_name = _("match of a saved search")
        verbose_name_plural = _("matches of saved searches")
        constraints = [models.UniqueConstraint(fields=["saved_search", "case"], name="search_match_once")]
        indexes = [
            models.Index(fields=["saved_search", "found_at"], name="search_match_found"),
            models.Index(fields=["saved_search"], condition=Q(told_at=None), name="search_match_untold"),
        ]

    def __str__(self) -> str:
        return f"{self.saved_search_id} ← {self.case_id}"
