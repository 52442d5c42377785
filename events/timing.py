"""The relay's intervals."""

from datetime import timedelta

POLL_SECONDS = 0.5
JOBS_SECONDS = 5.0
LEASE = timedelta(seconds=30)
