"""Wakes the relay's threads in this process after a commit; other processes poll.

Only immediacy hangs on it: a wake-up that is missed costs one polling interval.
"""

import threading

_condition = threading.Condition()
_generation = 0


def signal() -> None:
    global _generation
    with _condition:
        _generation += 1
        _condition.notify_all()


def generation() -> int:
    return _generation


def wait(since: int, seconds: float) -> None:
    """Return once something was signalled after ``since``, or ``seconds`` have passed."""
    with _condition:
        _condition.wait_for(lambda: _generation != since, timeout=seconds)
