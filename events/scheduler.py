"""Scheduled work. One relay at a time runs it, under a lease."""

import structlog

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
    if not _claimed(job):
        return False
    error = ""
    try:
        # In no transaction of ours: a job walks folders or waits for the scanner, and SQLite would let nobody write.
        job.run()
    except Exception as failure:
        error = f"{type(failure).__module__}.{type(failure).__name__}"[:200]
        log.error("job failed", job=job.name, exc_info=failure)
    JobRun.objects.filter(pk=job.name).update(last_error=error)
    return True


def _claimed(job: Job) -> bool:
    """One conditional UPDATE decides: a job that outlasts the lease is not begun again beside itself."""
    now = clock.now()
    run, _ = JobRun.objects.get_or_create(name=job.name, defaults={"due_at": now})
    if run.due_at > now:
        return False
    return bool(JobRun.objects.filter(pk=job.name, due_at__lte=now).update(due_at=now + job.every))
