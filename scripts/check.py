"""Every check that needs no running server, two at a time; a failing one prints what it said.

scripts/tool check          all of them
scripts/tool check --fix    format Python and templates, fix what the linter can
"""

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from scripts import bootstrap
from scripts.console import ROOT, fail, run

PACKAGES = (
    "casemgr", "search", "notifications", "bulletins", "workflows", "complaints", "documents", "agencies", "events",
)  # fmt: skip
BIN = ROOT / ".venv" / "bin"


@dataclass(frozen=True)
class Check:
    name: str
    command: tuple[str, ...]


CHECKS = (
    Check("types", ("mypy", *PACKAGES, "scripts")),
    Check("lint", ("ruff", "check", ".")),
    Check("format", ("ruff", "format", "--check", ".")),
    Check("imports", ("lint-imports", "--no-cache")),
    Check("templates: lint", ("djlint", "templates", "--lint", "--quiet")),
    Check("templates: format", ("djlint", "templates", "--check", "--quiet")),
    Check("security", ("bandit", "-q", "-c", "pyproject.toml", "-r", *PACKAGES)),
    Check("house rules", ("python", "-m", "scripts.house_rules")),
    Check("translations", ("python", "-m", "scripts.messages", "--check")),
    Check("migrations", ("python", "manage.py", "makemigrations", "--check", "--dry-run")),
    Check("django", ("python", "manage.py", "check", "--fail-level", "WARNING")),
)
FIXES = (
    ("ruff", "check", "--fix", "--quiet", "."),
    ("ruff", "format", "--quiet", "."),
    ("djlint", "templates", "--reformat", "--quiet"),
    ("djlint", "templates", "--reformat", "--quiet"),  # what it made of long lines, it breaks once more
)


def perform(check: Check) -> bool:
    began = time.monotonic()
    program, *words = check.command
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "casemgr.settings.test"}
    done = subprocess.run(
        [BIN / program, *words],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = f"{done.stdout.rstrip()}\n" if done.returncode else _warnings(done.stdout)
    verdict = "FAILED" if done.returncode else "ok"
    print(f"{said}{check.name:<18} {verdict:<7} {time.monotonic() - began:5.1f} s", flush=True)
    return done.returncode == 0


def _warnings(said: str) -> str:
    return "".join(f"{line}\n" for line in said.splitlines() if line.startswith("warning: "))


def main() -> None:
    parser = argparse.ArgumentParser(description="Check, or format, the working copy.")
    parser.add_argument("--fix", action="store_true")
    fix = parser.parse_args().fix
    bootstrap.prepare(dev=True)
    if fix:
        for program, *words in FIXES:
            print(run([BIN / program, *words], may_fail=True).stdout, end="")
        return
    with ThreadPoolExecutor(max_workers=2) as pool:
        kept = list(pool.map(perform, CHECKS))
    failed = [check.name for check, fine in zip(CHECKS, kept, strict=True) if not fine]
    if failed:
        fail(f"{len(failed)} of {len(CHECKS)} checks failed: {', '.join(failed)}")
    print(f"all {len(CHECKS)} checks passed")
    sys.exit(0)


if __name__ == "__main__":
    main()
