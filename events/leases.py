"""Leases: one holder at a time, taken over when the holder falls silent."""

import os
import secrets
import socket
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q

from events import clock
from events.models import Lease


def holder_name() -> str:
    """A name no other process or thread has."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"


def acquire(name: str, holder: str, period: timedelta) -> bool:
    """Take or renew the lease. One conditional UPDATE decides, so two takers cannot both win."""
    now = clock.now()
    free = Q(holder=holder) | Q(until__lt=now)
    if Lease.objects.filter(free, name=name).update(holder=holder, until=now + period):
        return True
    try:
        with transaction.atomic():
            Lease.objects.create(name=name, holder=holder, until=now + period)
    except IntegrityError:
        return False
    return True


def release(name: str, holder: str) -> None:
    Lease.objects.filter(name=name, holder=holder).delete()
