"""Effects of events on the index: cases are read again, so late and repeated deliveries are harmless."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

import structlog
from django.db.models import Q, QuerySet

from agencies.models import Agency
from events import clock
from events.models import Delivery, Event
from events.registry import Postponed, handles
from workflows.models import Case

from .backends.base import Backend, SearchUnavailable
from .documents import LETTER, REGISTER, Prepared, prepare
from .engine import engine

log = structlog.get_logger(__name__)

INDEX, BUSINESSES, AGENCIES = "search.index", "search.businesses", "search.agencies"
# A business, or an agency, may be named on tens of thousands of cases, which take minutes.
OF_MANY = timedelta(minutes=30)
# So long after its return at most is a search engine behind.
AWAY = timedelta(seconds=15)
# So many cases are read at once; so many are written at once where so much is due: to end a write, and to merge what many
# left, takes the engine longer than the writing. Not more, however many cases name a business that was changed.
BATCH, TOGETHER = 500, 5_000
# So many changes of the register: who tidies it up changes one business several times.
CHANGES = 100


@handles("case.*", LETTER, name=INDEX, lane="index", batch=TOGETHER)
def index_cases(events: Sequence[Event]) -> None:
    """Write what each audience of these events' cases may read. Raises SearchUnavailable, and Postponed while the engine is
    away: the relay tries again."""
    _write(cases_of(event.stream for event in events))


@handles(*REGISTER, name=BUSINESSES, lane="index", batch=CHANGES, lease=OF_MANY)
def index_businesses(events: Sequence[Event]) -> None:
    """The same of the cases that a business is named on whose entry in the register changed."""
    _write(cases_of(event.stream for event in events))


@handles("agencies.changed", name=AGENCIES, lane="index", lease=OF_MANY)
def index_agencies(events: Sequence[Event]) -> None:
    """An agency that became of another sort is another audience of all its cases, and no longer the one it was. Raises as
    `index_cases` does."""
    for agency in Agency.objects.filter(pk__in={event.data["pk"] for event in events}):
        theirs, after = cases_of_agency(agency.pk), 0
        while batch := list(theirs.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
            _write(batch, [agency])
            after = batch[-1]


def _write(case_ids: Iterable[int], resorted: Collection[Agency] = ()) -> None:
    """An engine that is away, for however long, is waited for; one that answers and refuses a document is a failure."""
    backend, wanted = engine(), sorted(case_ids)
    try:
        for start in range(0, len(wanted), TOGETHER):
            backend.write(*_prepared(wanted[start : start + TOGETHER], resorted), may_begin=nothing_delivered)
    except SearchUnavailable as error:
        if _answers(backend):
            raise
        log.warning("the search index waits to be written", reason=str(error))
        raise Postponed(clock.now() + AWAY, all_of_them=True) from None


def _prepared(case_ids: Sequence[int], resorted: Collection[Agency]) -> Prepared:
    read = [prepare(case_ids[start : start + BATCH], resorted) for start in range(0, len(case_ids), BATCH)]
    return Prepared([one for some in read for one in some.documents], [one for some in read for one in some.withdrawn])


def nothing_delivered() -> bool:
    """Is this a new installation? Else an index begun with a single case would look whole, and lack all the others."""
    return not Delivery.objects.filter(handler=INDEX, state=Delivery.State.DONE).exists()


def _answers(backend: Backend) -> bool:
    try:
        backend.count()
    except SearchUnavailable:
        return False
    return True


def cases_of_agency(agency_id: int) -> QuerySet[Case]:
    theirs = Q(complaint__received_at_agency=agency_id)
    for role in ("owner", "offered_to", "escalated_to"):
        theirs |= Q(**{role: agency_id})
    return Case.objects.filter(theirs)


def cases_of(streams: Iterable[str]) -> set[int]:
    """The case ids in the names of event streams; of a business's, the cases it was named on (one query)."""
    ids: dict[str, set[int]] = {"case": set(), "respondent": set()}
    for stream in streams:
        noun, _, number = stream.partition(":")
        if noun in ids:
            ids[noun].add(int(number))
    if not ids["respondent"]:
        return ids["case"]
    named = Case.objects.filter(complaint__respondents__respondent__in=ids["respondent"])
    return ids["case"] | set(named.values_list("pk", flat=True))
