"""Extending a limit, as far as the law lets it be: step by step, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from agencies.actors import Actor, Member
from agencies.models import Role
from events import clock as time
from events.services.recording import record_events
from workflows.clocks import Timetable, local_day, next_of, timetable
from workflows.deadlines import before
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import Audience, Case, Clock, ClockExtension, ExtensionRule, RemarkKind
from workflows.services.clocks import told
from workflows.services.moving import write_remark


@transaction.atomic
def extend_clock(*, case_id: int, by: Actor, version: int, reason: str, obligation: str = "") -> Case:
    """The next step of the law's extensions for the running limit (of the present state, unless named).

    The case's lock keeps two supervisors apart, unique(clock, step) holds without it. Raises CaseNotFound, StaleCase,
    MoveNotAllowed (not a supervisor of the owner; no step is left; asked too late), InvalidInput without a reason.
    """
    case = Case.objects.visible_to(by).locked(case_id, version)
    member = _supervisor(case, by)
    row = Clock.objects.open().filter(case=case, obligation=obligation or case.state).select_related("rule").first()
    table = timetable(case.province_id)
    step = next_step_of(row, table.extension_rules) if row else None
    if row is None or step is None:
        raise MoveNotAllowed(_("The law allows no further extension of this time limit."))
    _in_time(row, step, table)
    remark = write_remark(case, reason, by=by, kind=RemarkKind.REASON, audience=Audience.SHARED, field="reason")
    ClockExtension.objects.create(
        clock=row, rule=step, step=step.step, reason=remark, granted_by=member.person, granted_at=time.now()
    )
    _move(case, row, step, table)
    record_events([told(case, "extended", row, by, step=step.step, remark=remark.pk)])
    return case


def next_step_of(row: Clock, rules: Iterable[ExtensionRule]) -> ExtensionRule | None:
    """The most particular rule in force for the clock's next extension."""
    day = local_day(row.started_at)
    fitting = [
        rule
        for rule in rules
        if rule.obligation == row.obligation
        and rule.step == row.extended + 1
        and rule.track in ("", row.track)
        and rule.effective_from <= day
        and (rule.effective_to is None or day <= rule.effective_to)
    ]
    return max(fitting, key=lambda r: (r.province_id is not None, r.track != "", r.effective_from), default=None)


def last_asking(row: Clock, step: ExtensionRule, table: Timetable) -> datetime:
    """Until when this step may be asked for."""
    if not step.ask_before_amount:
        return row.due_at
    return before(row.due_at, step.ask_before_amount, step.ask_before_unit, table.calendar)


def _supervisor(case: Case, by: Actor) -> Member:
    if isinstance(by, Member) and by.agency.pk == case.owner_id and by.has(Role.SUPERVISOR):
        return by
    raise MoveNotAllowed(_("Only a supervisor of the agency that owns the case extends a time limit."))


def _in_time(row: Clock, step: ExtensionRule, table: Timetable) -> None:
    if row.paused_at:
        raise MoveNotAllowed(_("The time limit stands while the sender is asked; it cannot be extended now."))
    latest = last_asking(row, step, table)
    if row.missed_at or latest < time.now():
        raise MoveNotAllowed(
            _("An extension had to be asked for by %(when)s.") % {"when": date_format(localtime(latest), "H:i d/m/Y")}
        )


def _move(case: Case, row: Clock, step: ExtensionRule, table: Timetable) -> None:
    earlier = row.due_at
    row.due_at = table.extended(row, earlier, step, row.rule, case.owner_id)
    if row.due_at <= earlier:
        raise InvalidInput("reason", _("This step would not make the time limit longer."))
    row.extended, row.warned_at = step.step, None
    row.warn_at = table.warn_at(row.rule, row.due_at)
    upcoming = next_of(row, table)
    row.next_at = upcoming[0] if upcoming else None
    row.save(update_fields=["due_at", "extended", "warned_at", "warn_at", "next_at"])
    case.version += 1
    if row.obligation == case.state:
        case.due_at = row.due_at
    case.save()
