"""How many sockets each person has in the other server processes, as they told last.

Every few seconds, and when somebody opens many, each process tells the others whom it holds several sockets of. Nothing
is written and no message waits for it. Without a broker each process counts for itself. Two processes that admit at the
same moment find out with the next word: the one with the greater name closes what is too many.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

TOPIC = "tally"
# Three words of a process that are lost: it is taken for gone.
EXPIRES_SECONDS = 12.0


def worth_telling(limit: int) -> int:
    """From how many on: of who has fewer the others need not know, and there are thousands of those."""
    return max(1, limit // 4)


@dataclass(frozen=True)
class _Told:
    counts: dict[int, int]
    heard_at: float


class Tally:
    def __init__(self) -> None:
        self.name = secrets.token_hex(8)
        self._others: dict[str, _Told] = {}

    def say(self, counts: Mapping[int, int], limit: int) -> dict[str, Any]:
        """What the others are told: pairs, since the broker knows no numbers as keys."""
        least = worth_telling(limit)
        return {"process": self.name, "counts": [[who, n] for who, n in counts.items() if n >= least]}

    def hear(self, message: Mapping[str, Any]) -> None:
        if message["process"] != self.name:
            counts = {int(who): int(n) for who, n in message["counts"]}
            self._others[message["process"]] = _Told(counts, time.monotonic())

    def elsewhere(self, person_id: int) -> int:
        return sum(told.counts.get(person_id, 0) for told in self._living().values())

    def to_close(self, counts: Counter[int], limit: int) -> dict[int, int]:
        """Person → how many of the sockets here are too many. Of all processes that hold some, the one with the greatest
        name closes them."""
        found = {}
        for person, here in counts.items():
            holders = [name for name, told in self._living().items() if told.counts.get(person)]
            excess = here + self.elsewhere(person) - limit
            if holders and excess > 0 and self.name > max(holders):
                found[person] = min(excess, here)
        return found

    def _living(self) -> dict[str, _Told]:
        late = time.monotonic() - EXPIRES_SECONDS
        self._others = {name: told for name, told in self._others.items() if told.heard_at >= late}
        return self._others
