"""Java libraries by a pom, with all they depend on, in a folder."""

import shutil
from pathlib import Path

from scripts.console import run
from scripts.services.process import Unavailable


def fetch(pom: Path, library: Path, **properties: str) -> None:
    """Fill ``library``, whole or not at all. Raises Unavailable."""
    aside = library.with_suffix(".new")
    shutil.rmtree(aside, ignore_errors=True)
    goal = ["dependency:copy-dependencies", f"-DoutputDirectory={aside}"]
    given = [f"-D{name.replace('_', '.')}={value}" for name, value in properties.items()]
    fetched = run(["mvn", "-q", "-B", "-f", pom, *goal, *given], may_fail=True)
    if fetched.returncode:
        raise Unavailable(f"Maven could not fetch it: {fetched.stdout.strip()[-600:]}")
    aside.rename(library)
