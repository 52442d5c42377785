"""What the demo consists of, read from the files beside this module."""

import json
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from workflows.deadlines import HANOI

HERE = Path(__file__).resolve().parent
_SATURDAY = 5
_BETWEEN_STEPS = timedelta(minutes=4)


@dataclass(frozen=True)
class Step:
    """One move of a case's story: `day` days after lodging at `at` o'clock, by ``role@agency``, ``citizen``, ``business`` or ``system``."""

    day: int
    at: str
    move: str
    by: str
    said: dict[str, Any]


@dataclass(frozen=True)
class Story:
    """One case: what was lodged (`facts`, as in the file) and what happened to it."""

    key: str
    days: int
    at: str
    facts: dict[str, Any] = field(repr=False)
    steps: tuple[Step, ...] = ()

    def lodged_at(self, now: datetime) -> datetime:
        """The instant of lodging for someone who loads the demo `now`; never later than half an hour ago."""
        lodged = _instant(now, self.days, self.at)
        return lodged if lodged <= now - timedelta(minutes=30) else now - timedelta(minutes=30)

    def instants(self, now: datetime) -> list[datetime]:
        """The instant of each step: in order, after lodging, none in the future, officials off at weekends."""
        instants, before = [], self.lodged_at(now)
        for number, step in enumerate(self.steps):
            wanted = _instant(now, self.days - step.day, step.at)
            if "@" in step.by and not self.facts.get("urgent"):
                wanted += _to_monday(wanted)
            latest = now - (len(self.steps) - number) * timedelta(seconds=30)
            before = max(before + timedelta(seconds=5), min(max(wanted, before + _BETWEEN_STEPS), latest))
            instants.append(before)
        return instants


def stories() -> list[Story]:
    """All stories, oldest first."""
    raw = [case for path in sorted((HERE / "cases").glob("*.json")) for case in _read(path)]
    return sorted((_story(case) for case in raw), key=lambda story: (-story.days, story.at, story.key))


def agencies() -> list[dict[str, Any]]:
    return list(_read(HERE / "agencies.json"))


def people() -> dict[str, dict[str, str]]:
    """Agency code → role → name."""
    return dict(_read(HERE / "people.json"))


def routing() -> list[dict[str, Any]]:
    """Rules the province adds to the usual ones."""
    return list(_read(HERE / "routing.json"))


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _story(case: dict[str, Any]) -> Story:
    facts = dict(case)
    script = facts.pop("script")
    steps = tuple(Step(day, at, move, by, *(rest or [{}])) for day, at, move, by, *rest in script)
    urgent = "money_hours" in facts
    return Story(facts.pop("key"), facts.pop("days"), facts.pop("at"), {**facts, "urgent": urgent}, steps)


def _instant(now: datetime, days_ago: int, clock: str) -> datetime:
    day = now.astimezone(HANOI).date() - timedelta(days=days_ago)
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=HANOI)


def _to_monday(instant: datetime) -> timedelta:
    weekday = instant.weekday()
    return timedelta(days=7 - weekday) if weekday >= _SATURDAY else timedelta()
