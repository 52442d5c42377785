"""`manage.py deadline START AMOUNT UNIT`: when a limit ends, and the days counted, as the clocks reckon it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from workflows.clocks import timetable
from workflows.deadlines import HANOI, Calendar, deadline
from workflows.models import ClockRule

UNITS = tuple(ClockRule.Unit.values)
DAYS = {"worked": True, "off": False}
MOST = 10_000


class Command(BaseCommand):
    help = "Print when a limit ends (ISO 8601, Hanoi time) and the days counted, by the same calendar as the clocks."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("start", help="YYYY-MM-DD or YYYY-MM-DDTHH:MM; without an offset it is Hanoi time.")
        parser.add_argument("amount", help=f"Whole number from 1 to {MOST}.")
        parser.add_argument("unit", help=f"One of: {', '.join(UNITS)} (WD: working days).")
        parser.add_argument("--province", metavar="CODE", help="Its own days off and worked Saturdays count too.")
        parser.add_argument(
            "--override", action="append", default=[], metavar="DATE=off|worked",
            help="A day off or a worked day, decided last; may be given again.",
        )  # fmt: skip
        parser.add_argument(
            "--no-roll", action="store_true", help="An end on a day off stays there (limits in days and months)."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        start, amount, unit = _start(options["start"]), _amount(options["amount"]), _unit(options["unit"])
        calendar = _calendar(options["province"], dict(_override(text) for text in options["override"]))
        try:
            end = deadline(start, amount, unit, calendar, rolls=not options["no_roll"])
        except OverflowError as error:
            raise CommandError("The end lies beyond the year 9999.") from error
        self.stdout.write(end.isoformat())
        for line in _counted(start, end, unit, calendar):
            self.stdout.write(line)


def _start(text: str) -> datetime:
    try:
        start = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"START: “{text}” is no date (2025-12-26) and no time (2025-12-26T09:00).") from error
    if not 1900 <= start.year <= 2200:
        raise CommandError("START: the year is between 1900 and 2200.")
    return start.astimezone(HANOI) if start.tzinfo else start.replace(tzinfo=HANOI)


def _amount(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MOST and len(text) < 9):
        raise CommandError(f"AMOUNT: “{text}” is no whole number from 1 to {MOST}.")
    return int(text)


def _unit(text: str) -> str:
    if text not in UNITS:
        raise CommandError(f"UNIT: “{text}” is none of {', '.join(UNITS)}.")
    return text


def _override(text: str) -> tuple[date, bool]:
    day, _sign, word = text.partition("=")
    try:
        return date.fromisoformat(day), DAYS[word]
    except (ValueError, KeyError) as error:
        raise CommandError(f"--override: “{text}” is not DATE=off or DATE=worked, as 2026-01-02=off.") from error


def _calendar(province: str | None, overrides: dict[date, bool]) -> Calendar:
    """The stored calendar with ``overrides`` last; the bare one where nothing is stored yet, not even the tables."""
    from agencies.models import Province

    try:
        if province and not Province.objects.filter(pk=province).exists():
            raise CommandError(f"--province: there is no province {province}; run load_reference first.")
        stored = timetable(province).calendar
    except DatabaseError as error:
        if province:
            raise CommandError(
                "--province: the database has no provinces yet; run migrate and load_reference."
            ) from error
        stored = Calendar()
    return Calendar({**stored.overrides, **overrides}, stored.end_of_day)


def _counted(start: datetime, end: datetime, unit: str, calendar: Calendar) -> list[str]:
    first, last = start.date(), end.date()
    if unit == "h":
        return [f"counted exactly from {start.isoformat()}"]
    if unit != "WD":
        return [f"{(last - first).days} days counted, from the day after {first.isoformat()} to {last.isoformat()}"]
    days = calendar.working_days(first, last)
    skipped = (last - first).days - len(days)
    return [
        f"{len(days)} working days counted, {skipped} days off passed over:",
        *(f"  {d.isoformat()} {d:%a}" for d in days),
    ]
