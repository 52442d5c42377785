"""How far a command has come that goes through all cases: a bar on a terminal, else a line now and then, for a log."""

from time import monotonic
from typing import Self

from django.core.management.base import OutputWrapper
from tqdm import tqdm

# Seconds between two lines.
EVERY = 10.0


class Progress:
    """Told first how many are done already, then each time how many more."""

    def __init__(self, total: int, out: OutputWrapper) -> None:
        self.total, self.out = total, out
        self.before = self.done = 0
        self._began: float | None = None
        self._said = 0.0
        self._bar = tqdm(total=total, unit="case", disable=not out.isatty())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._bar.close()

    def __call__(self, cases: int) -> None:
        now = monotonic()
        self.done += cases
        if self._began is None:
            self._began = self._said = now
            self.before = self._bar.initial = cases
        elif now - self._said >= EVERY and not self.out.isatty():
            self._said = now
            self.out.write(f"{self.done} of {self.total} cases, {self.rate:.0f} a second")
        self._bar.update(cases)

    @property
    def rate(self) -> float:
        """Of what was done since it was told first."""
        seconds = monotonic() - self._began if self._began is not None else 0.0
        return (self.done - self.before) / seconds if seconds else 0.0
