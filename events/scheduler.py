"""Scheduled work. One relay at a time runs it, under a lease."""

import structlog
from django.db import transaction

from events import clock, leases
from events.models import JobRun
from events.registry import JOBS, Job
from events.timing import LEASE

log = structlog.get_logger(__name__)


def run_due_jobs(holder: str) -> int:
    """Run the jobs that are due if this holder may; how many ran."""
    if not leases.acquire("scheduler", holder, LEASE):
        return 0
    return sum(_run_if_due(job) for job in JOBS.values())


def _run_if_due(job: Job) -> bool:
    now = clock.now()
    run, _ = JobRun.objects.get_or_create(name=job.name, defaults={"due_at": now})
    if run.due_at > now:
        return False
    error = ""
    try:
        with transaction.atomic():
            job.run()
    except Exception as failure:
        error = f"{type(failure).__module__}.{type(failure).__name__}"[:200]
        log.error("job failed", job=job.name, exc_info=failure)
    JobRun.objects.filter(pk=job.name).update(due_at=clock.now() + job.every, last_error=error)
    return True
