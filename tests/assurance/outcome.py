"""What a property says of itself after its runs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

SHOWN = 20


@dataclass
class Outcome:
    """``runs`` were made; ``failures``: one sentence each; ``remarks``: what happened on the way."""

    runs: int = 0
    failures: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def check(self, holds: bool, failure: str) -> None:
        if not holds:
            self.failures.append(failure)

    def to_json(self) -> str:
        return json.dumps(asdict(self) | {"failures": self.failures[:1000]}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Outcome:
        return cls(**json.loads(text))
