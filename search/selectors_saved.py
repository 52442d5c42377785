"""Reading saved searches: one's own and those one's agency shares."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.models import User
from workflows.errors import CaseNotFound
from workflows.models import Case

from .models import SavedSearch, SavedSearchQuerySet


def saved_searches(actor: Member) -> SavedSearchQuerySet:
    """By name, with ``fresh``: how many cases that ``actor`` may see came to fit since it was opened last."""
    new = Q(matches__found_at__gt=F("opened_at"), matches__case__in=Case.objects.visible_to(actor))
    found = SavedSearch.objects.visible_to(actor).select_related("owner").annotate(fresh=Count("matches", filter=new))
    return found.order_by("name", "pk")


def find_saved_search(search_id: int, actor: Member) -> SavedSearch:
    """Raises CaseNotFound."""
    saved = SavedSearch.objects.visible_to(actor).select_related("owner", "agency").filter(pk=search_id).first()
    if saved is None:
        raise CaseNotFound(_("There is no such saved search, or it is not yours to see."))
    return saved


def find_watchlist(search_id: int, actor: Member) -> SavedSearch:
    """Raises CaseNotFound, also for a saved search of another sort."""
    saved = find_saved_search(search_id, actor)
    if not saved.is_watchlist:
        raise CaseNotFound(_("There is no such saved search, or it is not yours to see."))
    return saved


def find_own_search(search_id: int, actor: Member) -> SavedSearch:
    """Raises CaseNotFound."""
    saved = SavedSearch.objects.of(actor).filter(pk=search_id).first()
    if saved is None:
        raise CaseNotFound(_("There is no such saved search, or it is not yours to change."))
    return saved


def names_of(search_ids: Iterable[int], person: User) -> dict[int, str]:
    """What the person calls these searches of theirs."""
    return dict(SavedSearch.objects.filter(owner=person, pk__in=search_ids).values_list("pk", "name"))
