"""veraPDF, the validator of PDF/A (ISO 19005), on files that tests made."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scripts import maven
from scripts.console import ROOT, run, say
from scripts.services import FOLDER
from scripts.services.opensearch import installed_jdks
from scripts.services.process import Unavailable

SOURCE = ROOT / "deploy" / "verapdf"
LIBRARY = FOLDER / "verapdf" / "lib"
OLDEST_JDK = 17


def prepare() -> Path:
    """Its java. Raises Unavailable."""
    able = [jdk for jdk in installed_jdks() if jdk.major >= OLDEST_JDK]
    if not able:
        raise Unavailable(f"it needs a JRE of {OLDEST_JDK} or newer (Debian's openjdk-17-jre-headless)")
    if not LIBRARY.exists():
        say("fetching veraPDF (about 9 MB, once)")
        LIBRARY.parent.mkdir(parents=True, exist_ok=True)
        maven.fetch(SOURCE / "pom.xml", LIBRARY)
    return max(able).java


def validate(files: Sequence[Path]) -> list[dict[str, Any]]:
    """For each file ``flavour`` (``3u`` …), ``compliant`` and ``faults``. One start of Java for all. Raises Unavailable."""
    java = prepare()
    words: list[str | Path] = [
        "-cp",
        f"{LIBRARY}/*",
        "org.mozilla.javascript.tools.shell.Main",
        SOURCE / "validate.js",
        *files,
    ]
    said = run([java, *words])
    return [json.loads(line) for line in said.stdout.splitlines() if line.startswith("{")]
