"""How a benchmark says what it found: the two things compared, their figures, the ratio and its target."""

import os
import resource
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """``target`` is the least the ratio may be, or with ``at_most`` the most."""

    name: str
    compared: str
    value: float
    target: float
    at_most: bool = False

    @property
    def holds(self) -> bool:
        return self.value <= self.target if self.at_most else self.value >= self.target

    def __str__(self) -> str:
        sign, verdict = ("≤" if self.at_most else "≥"), ("holds" if self.holds else "MISSED")
        return f"{self.name} · {self.compared} · {self.value:.3f} (target {sign} {self.target:g}) · {verdict}"


def figure(what: str, value: float, unit: str) -> None:
    print(f"  {what:<58} {value:>12,.1f} {unit}", flush=True)


def conclude(*ratios: Ratio) -> None:
    """Print the ratios and end the process, with 1 when one misses its target."""
    for ratio in ratios:
        print(ratio, flush=True)
    sys.stdout.flush()
    sys.exit(0 if all(ratio.holds for ratio in ratios) else 1)


def size(name: str, default: int) -> int:
    """How much is measured; the environment scales it down."""
    return int(os.environ.get(name, default))


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
