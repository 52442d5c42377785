"""New and changed cases against saved searches: what fits is kept once, and its owner told.

Documents are matched in a small index of their own, as each owner's audience reads them; then the database decides
once more what the owner may see. Late and repeated deliveries find what was kept already.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from operator import attrgetter

import structlog
from django.db import transaction

from agencies.actors import Member, System
from events import clock
from events.models import Event
from events.services.recording import Happening, record_events
from workflows.models import Case

from . import abbreviation_rows
from .backends.base import SearchUnavailable
from .backends.batch import Batch
from .documents import prepare
from .engine import engine
from .handlers import cases_of
from .models import Alert, SavedSearch, SearchMatch
from .owners import acting_owners, owner_of
from .saved import Question, question_of, shown

log = structlog.get_logger(__name__)

ALERTS = "search.alerts"

# Saved search → the cases that fit it.
Matches = dict[int, set[int]]


def look_for_matches(events: Sequence[Event]) -> None:
    """Keep and tell what fits, of the cases of these events."""
    if not SavedSearch.objects.exclude(alert=Alert.NONE).exists():
        return
    last = {case: event.pk for event in sorted(events, key=attrgetter("pk")) for case in cases_of([event.stream])}
    documents = prepare(last).documents
    agencies = {document["audience"].rpartition(":")[0] for document in documents}
    searches = list(SavedSearch.objects.exclude(alert=Alert.NONE).filter(agency__code__in=agencies))
    owners = acting_owners(searches)
    asked = {saved: owner for saved in searches if (owner := owners.get(owner_of(saved)))}
    if not documents or not asked:
        return
    abbreviation_rows.refresh()
    batch, questions = Batch(documents), {saved.pk: question_of(saved, owner) for saved, owner in asked.items()}
    seen = _visible(_unkept(matches(batch, questions)), {saved.pk: owner for saved, owner in asked.items()})
    if told := _as_shown(batch, seen, questions):
        _keep(told, last)


def matches(batch: Batch, questions: Mapping[int, Question]) -> Matches:
    """The cases of the batch that each question may be told of, within its scope; questions that find none left out."""
    heard = {key: asked for key, asked in questions.items() if asked.scope.audience in batch.audiences}
    return {key: cases for key, asked in heard.items() if (cases := _found(batch, key, asked))}


def _found(batch: Batch, key: int, asked: Question) -> set[int]:
    """A question that the engine does not take must not hold back all others."""
    try:
        return batch.cases(asked.tree, asked.scope)
    except ValueError as error:
        log.warning("a saved search cannot be asked", search=key, error=type(error).__name__)
        return set()


def _as_shown(batch: Batch, found: Matches, questions: Mapping[int, Question]) -> Matches:
    """Without the cases that a search's own page does not show. The engine is asked only where slips or keystrokes are
    all that fits; while it is away, one case too many is told rather than one too few."""
    sure = {key: cases & batch.cases(questions[key].surely, questions[key].scope) for key, cases in found.items()}
    try:
        unsure = {key: questions[key] for key, cases in found.items() if cases != sure[key]}
        for key, tree in shown(engine(), unsure).items():
            sure[key] |= found[key] & batch.cases(tree, questions[key].scope)
    except SearchUnavailable as error:
        log.warning("slips are told unasked", exc_info=error)
        return found
    return {key: cases for key, cases in sure.items() if cases}


def _unkept(found: Matches) -> Matches:
    """Without the cases that fitted before."""
    cases = set().union(*found.values()) if found else set()
    kept: Matches = defaultdict(set)
    rows = SearchMatch.objects.filter(saved_search__in=found, case__in=cases)
    for saved_id, case_id in rows.values_list("saved_search_id", "case_id"):
        kept[saved_id].add(case_id)
    return {saved_id: left for saved_id, cases in found.items() if (left := cases - kept[saved_id])}


def _visible(found: Matches, owners: Mapping[int, Member]) -> Matches:
    """What the owner may see now. One query for each owner of whom something fits."""
    wanted: dict[Member, set[int]] = defaultdict(set)
    for saved_id, cases in found.items():
        wanted[owners[saved_id]] |= cases
    seen = {
        owner: set(Case.objects.visible_to(owner).filter(pk__in=cases).values_list("pk", flat=True))
        for owner, cases in wanted.items()
    }
    return {saved_id: left for saved_id, cases in found.items() if (left := cases & seen[owners[saved_id]])}


@transaction.atomic
def _keep(found: Matches, last: Mapping[int, int]) -> None:
    """The row lock makes two relays take turns: the second finds kept what the first kept, and tells nobody again."""
    locked = SavedSearch.objects.select_for_update(of=("self",)).filter(pk__in=found).exclude(alert=Alert.NONE)
    searches = {saved.pk: saved for saved in locked.select_related("agency").order_by("pk")}
    fresh = _unkept({saved_id: cases for saved_id, cases in found.items() if saved_id in searches})
    pairs = [(searches[saved_id], case_id) for saved_id, cases in sorted(fresh.items()) for case_id in sorted(cases)]
    now = clock.now()
    SearchMatch.objects.bulk_create(
        SearchMatch(
            saved_search=saved,
            case_id=case_id,
            event_id=last[case_id],
            found_at=now,
            told_at=now if saved.alert == Alert.NOW else None,
        )
        for saved, case_id in pairs
    )
    record_events([_told(saved, case_id) for saved, case_id in pairs if saved.alert == Alert.NOW])


def _told(saved: SavedSearch, case_id: int) -> Happening:
    about = {"search": saved.pk, "case": case_id, "people": [saved.owner_id], "agency": saved.agency.code}
    return Happening(f"search:{saved.pk}", "search.matched", System(ALERTS), about)
