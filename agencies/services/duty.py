"""Writing the duty roster."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.duty import able_people, may_plan_duty, roster_agencies
from agencies.models import Agency, DutyShift, User
from events import clock
from events.services.recording import record_event

LONGEST = timedelta(days=14)
FURTHEST = timedelta(days=400)
MOST = 92

Period = tuple[datetime, datetime]


class DutyRefused(ValueError):
    """The message is for whoever asked; ``field`` names what is wrong, or is empty."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def plan_duty(*, by: Member, agency: Agency, person: User, periods: Sequence[Period]) -> list[DutyShift]:
    """Put the person on duty for each (from, until), all or none. Raises DutyRefused."""
    _require(by)
    agencies = roster_agencies(by).filter(pk=agency.pk)
    if not agencies.exists():
        raise DutyRefused("agency", _("Choose one of the list."))
    if not able_people(agencies).filter(pk=person.pk).exists():
        raise DutyRefused("person", _("This person handles no cases there."))
    if len(periods) > MOST:
        raise DutyRefused("until_day", _("At most %(n)d days at once.") % {"n": MOST})
    for period in periods:
        _check(*period)
    return [_plan(by, agency, person, period) for period in periods]


def _require(by: Member) -> None:
    if not may_plan_duty(by):
        raise DutyRefused("", _("Only a supervisor writes the duty roster."))


def _check(starts_at: datetime, ends_at: datetime) -> None:
    if ends_at <= starts_at:
        raise DutyRefused("ends", _("The end must be later than the beginning."))
    if ends_at - starts_at > LONGEST:
        raise DutyRefused("ends", _("At most %(n)d days without a break.") % {"n": LONGEST.days})
    now = clock.now()
    if ends_at <= now:
        raise DutyRefused("day", _("This time is over. Choose a later one."))
    if ends_at > now + FURTHEST:
        raise DutyRefused("day", _("This is too far ahead."))


def _plan(by: Member, agency: Agency, person: User, period: Period) -> DutyShift:
    starts_at, ends_at = period
    try:
        with transaction.atomic():
            shift = DutyShift.objects.create(agency=agency, person=person, starts_at=starts_at, ends_at=ends_at)
    except IntegrityError:  # duty_shift_once
        raise DutyRefused("day", _("This person is on duty from that moment already.")) from None
    record_event(f"duty:{agency.code}", "duty.added", by=by, **about(shift))
    return shift


@transaction.atomic
def end_duty(*, by: Member, shift_id: int) -> bool:
    """Take it off the roster; one that has begun ends now, for it tells who was told. Whether there was one."""
    _require(by)
    rows = DutyShift.objects.select_for_update(of=("self",)).select_related("agency")
    shift = rows.filter(pk=shift_id, agency__in=roster_agencies(by).order_by(), ends_at__gt=clock.now()).first()
    if shift is None:
        return False
    stream, now = f"duty:{shift.agency.code}", clock.now()
    if shift.starts_at < now:
        DutyShift.objects.filter(pk=shift.pk).update(ends_at=now)
        shift.ends_at = now
        record_event(stream, "duty.changed", by=by, **about(shift))
    else:
        record_event(stream, "duty.removed", by=by, **about(shift))
        DutyShift.objects.filter(pk=shift.pk).delete()
    return True


def about(shift: DutyShift) -> dict[str, object]:
    return {
        "model": "dutyshift", "pk": shift.pk, "person": shift.person_id,
        "values": {"starts_at": shift.starts_at.isoformat(), "ends_at": shift.ends_at.isoformat()},
    }  # fmt: skip
