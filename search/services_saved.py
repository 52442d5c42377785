"""Keeping searches, changing and dropping them."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.models import User
from events import clock
from workflows.errors import CaseNotFound, InvalidInput, MoveNotAllowed

from . import watchlists
from .models import DIGESTS, LONGEST_NAME, Alert, SavedSearch, SearchMatch
from .query import LONGEST_QUERY
from .saved import kept, narrowing_of, query_of
from .selectors import Narrowing
from .text import normalise

MOST_SEARCHES = 100


@dataclass(frozen=True)
class Keeping:
    """How a search is kept. The name is for those who see the list, and goes nowhere else."""

    name: str
    alert: str = Alert.NONE
    shared_with_unit: bool = False


@dataclass(frozen=True)
class Asked:
    """What is searched for: ``text`` and ``narrowing`` as the search page takes them; of a watchlist, lines of
    identifiers."""

    text: str
    narrowing: Narrowing = field(default_factory=Narrowing)
    is_watchlist: bool = False


@transaction.atomic
def save_search(*, by: Member, keeping: Keeping, asked: Asked) -> SavedSearch:
    """Keep a search. Raises MoveNotAllowed for who handles no cases or has a hundred, InvalidInput."""
    if not by.handles_cases:
        raise MoveNotAllowed(_("Only people who handle cases save searches."))
    # Two who save at once take turns: the hundredth is counted once.
    User.objects.select_for_update(of=("self",)).get(pk=by.person.pk)
    if SavedSearch.objects.filter(owner=by.person).count() >= MOST_SEARCHES:
        raise MoveNotAllowed(
            _("You have %(most)s saved searches, and no more can be kept. Delete one first.") % {"most": MOST_SEARCHES}
        )
    now = clock.now()
    saved = SavedSearch(owner=by.person, agency=by.agency, created_at=now, opened_at=now, digested_at=now)
    _keep_as(saved, keeping)
    _ask(saved, asked, by)
    saved.save(force_insert=True)
    return saved


@transaction.atomic
def change_search(*, search_id: int, by: Member, keeping: Keeping, words: str | None = None) -> SavedSearch:
    """Rename, share, be told otherwise; ``words`` replace what is searched for, of a watchlist its lines of identifiers.
    What it is narrowed down to stays. Raises CaseNotFound, InvalidInput."""
    saved = _locked(search_id, by)
    if saved.alert != keeping.alert:
        _begin_telling(saved, keeping.alert)
    _keep_as(saved, keeping)
    if words is not None:
        before = saved.text
        _ask(saved, Asked(words, narrowing_of(saved), saved.is_watchlist), by)
        if saved.text != before:
            # What fitted other words is no match of these.
            saved.matches.all().delete()
    saved.save()
    return saved


@transaction.atomic
def delete_search(*, search_id: int, by: Member) -> None:
    """Raises CaseNotFound."""
    _locked(search_id, by).delete()


def mark_opened(saved: SavedSearch, *, by: Member) -> None:
    """What was found until now is new no more, for its owner."""
    SavedSearch.objects.of(by).filter(pk=saved.pk).update(opened_at=clock.now())


def _locked(search_id: int, by: Member) -> SavedSearch:
    saved = SavedSearch.objects.of(by).select_for_update(of=("self",)).filter(pk=search_id).first()
    if saved is None:
        raise CaseNotFound(_("There is no such saved search, or it is not yours to change."))
    return saved


def _keep_as(saved: SavedSearch, keeping: Keeping) -> None:
    name = " ".join(normalise(keeping.name).split())
    if not name:
        raise InvalidInput("name", _("Give it a name."))
    if len(name) > LONGEST_NAME:
        raise InvalidInput("name", _("At most %(most)s characters.") % {"most": LONGEST_NAME})
    others = SavedSearch.objects.filter(owner=saved.owner_id, agency=saved.agency_id, name=name).exclude(pk=saved.pk)
    if others.exists():
        raise InvalidInput("name", _("You have a saved search of this name already."))
    if keeping.alert not in Alert.values:
        raise InvalidInput("alert", _("Choose one of the list."))
    saved.name, saved.alert, saved.shared_with_unit = name, keeping.alert, keeping.shared_with_unit


def _ask(saved: SavedSearch, asked: Asked, by: Member) -> None:
    saved.text, saved.is_watchlist = normalise(asked.text).strip(), asked.is_watchlist
    saved.filters = {} if asked.is_watchlist else kept(asked.narrowing)
    if asked.is_watchlist:
        _require_identifiers(saved)
    elif len(saved.text) > LONGEST_QUERY:
        raise InvalidInput("text", _("At most %(most)s characters.") % {"most": LONGEST_QUERY})
    elif query_of(saved, by).is_empty and not asked.narrowing.any:
        raise InvalidInput("text", _("There is nothing to search for in that"))


def _require_identifiers(saved: SavedSearch) -> None:
    reading = watchlists.read(saved.text)
    if reading.too_many:
        raise InvalidInput("lines", _("At most %(most)s lines.") % {"most": watchlists.MOST_LINES})
    if reading.unknown:
        raise InvalidInput("lines", _("Some lines hold no number, link or address that can be looked for."))
    if not reading.understood:
        raise InvalidInput("lines", _("Write at least one number, link or address."))
    saved.text = reading.text


def _begin_telling(saved: SavedSearch, alert: str) -> None:
    """A digest begins with what comes from now on; what a digest was still to tell is on the page."""
    now = clock.now()
    if saved.alert not in DIGESTS:
        saved.digested_at = now
    if alert not in DIGESTS:
        SearchMatch.objects.filter(saved_search=saved, told_at=None).update(told_at=now)
