"""Run something with the services up, and stop those that were not running before.

scripts/tool with_services -m tests.assurance
scripts/tool with_services --each 'bench/bench_*.py'
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from scripts import bootstrap, services
from scripts.console import PYTHON, ROOT, fail, say
from scripts.run import collect_static


@contextmanager
def running_services() -> Iterator[dict[str, str]]:
    """Yields name → reason for each service that cannot be had; their URLs are in `services.environment()`."""
    say("starting PostgreSQL, Redis and OpenSearch under .services/")
    started, unavailable = services.start()
    for name, reason in unavailable.items():
        say(f"{name} cannot be had: {reason}")
    try:
        yield unavailable
    finally:
        services.stop(started)


def python(*words: str) -> int:
    """The exit code of the environment's Python, given the services' URLs."""
    env = {**os.environ, **services.environment()}
    return subprocess.run([PYTHON, *words], cwd=ROOT, env=env).returncode


def run_each(pattern: str) -> list[str]:
    """Those that failed."""
    failed = []
    for script in sorted(ROOT.glob(pattern)):
        name = str(script.relative_to(ROOT))
        say(name)
        module = ".".join(script.relative_to(ROOT).with_suffix("").parts)
        if python("-m", module):
            failed.append(name)
    return failed


def run_one(words: list[str]) -> list[str]:
    return [" ".join(words)] if python(*words) else []


def main() -> None:
    words = sys.argv[1:]
    if not words:
        fail("nothing to run")
    bootstrap.prepare(dev=True, services=True)
    collect_static()
    with running_services() as unavailable:
        if unavailable:
            fail("this needs every service")
        failed = run_each(words[1]) if words[0] == "--each" else run_one(words)
    if failed:
        fail(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
