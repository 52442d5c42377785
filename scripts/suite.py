"""The whole suite on both profiles, with real services; arguments go to pytest.

First everything on the embedded profile (SQLite, tantivy, memory), then what touches the database again on the
production profile (PostgreSQL, OpenSearch, Redis). tests/conftest.py decides what "touches" means. The last
line sums both: `N passed, N failed, N skipped`.
"""

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from scripts import bootstrap, services, verapdf
from scripts.console import PYTHON, ROOT, say
from scripts.run import collect_static
from scripts.services import Unavailable
from scripts.with_services import running_services

PROFILES = ("embedded", "production")
# Where a service cannot be had, its tests are still collected, to be counted and named: nobody listens on port 1.
NOBODY = {
    "DATABASE_URL": "postgresql://casemgr@127.0.0.1:1/casemgr",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "ELASTICSEARCH_URL": "http://127.0.0.1:1",
}
NO_TESTS = 5  # pytest's exit code where nothing was collected or everything deselected


def run_profile(profile: str, arguments: list[str]) -> tuple[Counter[str], bool]:
    """Counts of passed, failed and skipped, and whether pytest was content."""
    say(f"{profile} profile")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="casemgr-suite-") as folder:
        report = Path(folder) / "report.xml"
        env = environment(profile, Path(folder) / "home")
        command = [str(PYTHON), "-m", "pytest", *_spread(arguments), f"--junitxml={report}", *arguments]
        code = subprocess.run(command, cwd=ROOT, env=env).returncode
        counts = count(report)
    say(f"{profile} profile: {time.monotonic() - began:.0f} s")
    content = code in (0, NO_TESTS)
    if not content and not counts["failed"]:
        counts["failed"] += 1  # the run itself
    return counts, content


def compile_tests(arguments: list[str]) -> None:
    """While services start, so that not each worker rewrites every `assert` by itself. What is wrong, the run itself says."""
    with tempfile.TemporaryDirectory(prefix="casemgr-suite-") as home:
        command = [str(PYTHON), "-m", "pytest", "--collect-only", "-qq", *arguments]
        env = environment(PROFILES[0], Path(home))
        subprocess.run(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def environment(profile: str, home: Path) -> dict[str, str]:
    """What compiled once is kept, even where the machine would not: the tests start hundreds of processes."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    told = {"CASEMGR_TEST_PROFILE": profile, "CASEMGR_HOME": str(home)}
    return {**NOBODY, **inherited, **services.environment(), **told}


def _spread(arguments: list[str]) -> list[str]:
    """Over two workers, by file, so that what a file shares is made once, in the order that tests/conftest.py gives; unless
    the caller says otherwise."""
    chosen = any(word.startswith(("-n", "--numprocesses", "--pdb")) for word in arguments)
    return [] if chosen else ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]


def count(report: Path) -> Counter[str]:
    """From pytest's JUnit report. An error in a fixture counts as a failure."""
    counts: Counter[str] = Counter(passed=0, failed=0, skipped=0)
    if not report.exists():
        return counts
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0))
        counts.update(failed=failed, skipped=skipped)
        counts.update(passed=int(suite.get("tests", 0)) - failed - skipped)
    return counts


def main() -> None:
    arguments = sys.argv[1:]
    bootstrap.prepare(dev=True, services=True)
    # Half of what an optimising compiler does for a server of ten minutes is lost.
    os.environ.setdefault("OPENSEARCH_JAVA_OPTS", "-XX:TieredStopAtLevel=1")
    total: Counter[str] = Counter()
    content = True
    with ThreadPoolExecutor() as pool:
        # Static files for the servers that assurance runs start, set up as in real use.
        meanwhile = [pool.submit(collect_static), pool.submit(compile_tests, arguments)]
        with suppress(Unavailable):  # its tests say so, and are counted
            verapdf.prepare()
        with running_services(), tempfile.TemporaryDirectory(prefix="casemgr-answers-") as answers:
            os.environ["CASEMGR_TEST_ANSWERS"] = answers  # of drawing processes, which know no profile
            for done in meanwhile:
                done.result()
            for profile in PROFILES:
                counts, clean = run_profile(profile, arguments)
                total.update(counts)
                content = content and clean
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped", flush=True)
    sys.exit(0 if content and total["passed"] else 1)


if __name__ == "__main__":
    main()
