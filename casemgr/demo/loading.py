"""Loading the demo: once, repeatably, and as large as a benchmark wants it."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache

from casemgr.demo import PROVINCE, SOURCE, content, playing, province, reporting, variation
from complaints.models import Complaint
from events import clock
from workflows.services.intake import lodge_batch

BATCH = 500
_YEAR = timedelta(days=365)

Progress = Callable[[int], object]


def present() -> int:
    """How many of the demo's cases are there."""
    return Complaint.objects.filter(province=PROVINCE, source=SOURCE).count()


def load_stories(*, with_password: bool, progress: Progress) -> int:
    """Install the province and play the stories that are not there yet; how many were.

    `progress` is told the number of cases just loaded. Raises Province.DoesNotExist before the
    reference data is loaded.
    """
    province.install(with_password=with_password)
    known = set(Complaint.objects.filter(province=PROVINCE, source=SOURCE).values_list("source_id", flat=True))
    missing = [story for story in content.stories() if story.key not in known]
    now, cast = clock.now(), cache(playing.cast_member)
    for story in missing:
        playing.play(story, now, cast)
        progress(1)
    reporting.open_yearly_report(now)
    return len(missing)


def load_variations(total: int, *, progress: Progress) -> int:
    """Lodge variations of the stories until the demo has `total` cases; how many were added.

    They are spread over the last year in the order of their numbers, a batch at one instant.
    """
    stories, now = content.stories(), clock.now()
    wanted = max(total - len(stories), 0)
    first = max(present() - len(stories), 0)
    for start, end in _batches(first, wanted):
        with clock.frozen(now - _YEAR * (1 - end / wanted)):
            lodge_batch([variation.vary(stories, number, clock.now()) for number in range(start, end)])
        progress(end - start)
    return max(wanted - first, 0)


def _batches(first: int, wanted: int) -> Iterator[tuple[int, int]]:
    for start in range(first, wanted, BATCH):
        yield start, min(start + BATCH, wanted)
