"""Each morning, for each person who handles cases: what is due today, overdue, newly offered, and what waits unread."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from agencies.actors import Member, System, acting_as, memberships_of
from agencies.models import Membership, Role, User
from events import clock
from events.services.recording import record_event
from notifications.groups import GROUP_OF, SUMMARY
from notifications.models import DailyDigest, Notification, Way
from notifications.ways import Ways, chosen_by, compulsory_in, stronger
from workflows.deadlines import HANOI
from workflows.models import Referral
from workflows.selectors import narrowing, queue

AT, UNTIL = time(7, 30), time(22)
MOST_PEOPLE = 200
KEPT = timedelta(days=40)
DESK = (Role.INTAKE, Role.HANDLER, Role.SUPERVISOR)


def day_due(now: datetime) -> date | None:
    """The day that is to be summed up: today in Hanoi, from 7:30 until 22:00. A relay that was away in the morning
    does it later in the day; a day that is over is not made up for."""
    here = now.astimezone(HANOI)
    return here.date() if AT <= here.time() < UNTIL else None


def people_due(day: date) -> list[User]:
    """At most 200 who handle cases and whose day was not summed up."""
    there = Membership.objects.filter(person=OuterRef("pk"), revoked_at=None, role__in=DESK, agency__is_active=True)
    done = DailyDigest.objects.filter(person=OuterRef("pk"), day=day)
    people = User.objects.filter(Exists(there), ~Exists(done), is_active=True)
    return list(people.order_by("pk")[:MOST_PEOPLE])


@transaction.atomic
def sum_up(person: User, day: date) -> bool:
    """Whether there was something to say. The constraint of `DailyDigest` lets a day be summed up once."""
    try:
        with transaction.atomic():
            row = DailyDigest.objects.create(person=person, day=day)
    except IntegrityError:
        return False
    said = _summary(person)
    if said is None:
        return False
    event = record_event(
        f"notices:{person.pk}", "notices.summed_up", by=System("notifications.summaries"), people=[person.pk], **said
    )  # fmt: skip
    DailyDigest.objects.filter(pk=row.pk).update(event_id=event.pk)
    return True


def forget_old(day: date) -> None:
    DailyDigest.objects.filter(day__lt=day - KEPT).delete()


def _summary(person: User) -> dict[str, Any] | None:
    """The numbers to send, or None where nothing is to be said."""
    memberships = memberships_of(person)
    agencies = [m.agency for m in memberships if m.agency]
    own, least = chosen_by(person), compulsory_in(agencies)
    ways = {group: stronger(way, least.get(group)) for group, way in own.items()}
    rows = []
    if ways[SUMMARY] != Way.OFF:
        actors = [acting_as(person, memberships, code) for code in sorted({agency.code for agency in agencies})]
        counted = [_counts(actor) for actor in actors if isinstance(actor, Member) and actor.handles_cases]
        rows = [row for row in counted if row["today"] or row["overdue"] or row["offered"]]
    unread = _unread(person, ways)
    return {"agencies": rows, "unread": unread} if rows or unread else None


def _counts(actor: Member) -> dict[str, Any]:
    """A handler's own; who supervises or receives for the agency is told of all of it."""
    now = clock.now()
    tonight = datetime.combine(now.astimezone(HANOI).date() + timedelta(days=1), time(), HANOI)
    leads = actor.has(Role.SUPERVISOR, Role.INTAKE)
    cases = queue.agencys(actor) if leads else queue.mine(actor)
    offers = Referral.objects.filter(target=actor.agency, state=Referral.State.OFFERED)
    return {
        "agency": actor.agency.code,
        "tab": "agency" if leads else "mine",
        "today": cases.filter(due_at__gte=now, due_at__lt=tonight).count(),
        "overdue": cases.filter(narrowing.missed(now)).count(),
        "offered": offers.filter(offered_at__gt=now - timedelta(days=1)).count() if leads else 0,
    }


def _unread(person: User, ways: Ways) -> int:
    """What came since yesterday's and is summed up only, by the person's choice."""
    kinds = [kind for kind, group in GROUP_OF.items() if ways[group] == Way.DIGEST]
    since = clock.now() - timedelta(days=1)
    rows = Notification.objects.filter(recipient=person, read_at=None, kind__in=kinds, surfaces_at__gt=since)
    return rows.count() if kinds else 0
