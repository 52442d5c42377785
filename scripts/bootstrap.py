"""Make the working copy ready: Debian packages, `.venv/`, front-end assets, compiled messages.

    scripts/tool bootstrap          what serving needs
    scripts/tool bootstrap --dev    what tests and checks need too

Every step is skipped where its inputs have not changed since it was last done.
"""

import argparse
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor

from scripts import packages
from scripts.console import PYTHON, ROOT, run, say
from scripts.stamps import Stamps, digest

VENV = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements"
STATIC_VENDOR = ROOT / "static" / "vendor"
FRONT_END_SOURCES = ("package.json", "package-lock.json", ".npmrc", "scripts/build_assets.mjs")


def prepare(*, dev: bool = False, services: bool = False) -> None:
    packages.install(packages.RUNTIME + (packages.TESTS if dev else ()) + (packages.SERVICES if services else ()))
    with ThreadPoolExecutor() as pool:  # neither needs what the other makes
        for done in (pool.submit(install_requirements, dev=dev), pool.submit(build_front_end)):
            done.result()
    compile_messages()


def install_requirements(*, dev: bool) -> None:
    """Into `.venv/`, only what the lock files name by hash."""
    locks = [REQUIREMENTS / name for name in ("runtime.txt", *(["dev.txt"] if dev else []))]
    stamps = Stamps(VENV / "prepared.json")
    step, key = ("dev" if dev else "runtime"), digest(locks, sys.version)
    if PYTHON.exists() and stamps.holds(step, key):
        return
    if not PYTHON.exists() or run([PYTHON, "-c", ""], may_fail=True).returncode:
        say("creating .venv/")
        shutil.rmtree(VENV, ignore_errors=True)
        run([sys.executable, "-m", "venv", VENV])
    say(f"installing Python packages from {', '.join(lock.name for lock in locks)}")
    words = [word for lock in locks for word in ("-r", lock)]
    run([PYTHON, "-m", "pip", "install", "-q", "--no-compile", "--require-hashes", *words])
    # On all processors, where pip would use one; what is no Python of this version is passed over by both.
    run([PYTHON, "-m", "compileall", "-qq", "-j", "0", VENV / "lib"], may_fail=True)
    stamps.set(step, key)


def build_front_end() -> None:
    """`node_modules/` and `static/vendor/` from the npm lock."""
    if not (ROOT / "package-lock.json").exists():
        return
    stamps = Stamps(STATIC_VENDOR / ".prepared.json")
    key = digest([ROOT / source for source in FRONT_END_SOURCES])
    if stamps.holds("assets", key):
        return
    say("building front-end assets")
    run(["npm", "ci", "--no-audit", "--no-fund"])
    run(["node", "scripts/build_assets.mjs"])
    stamps.set("assets", key)


def compile_messages() -> None:
    for catalogue in (ROOT / "locale").glob("*/LC_MESSAGES/*.po"):
        compiled = catalogue.with_suffix(".mo")
        if not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime:
            say(f"compiling {catalogue.relative_to(ROOT)}")
            run(["msgfmt", "--check-format", "-o", compiled, catalogue])


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Make the working copy ready.")
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    parser.add_argument("--services", action="store_true", help="also PostgreSQL, Redis, a JDK, Maven")
    options = parser.parse_args(arguments)
    prepare(dev=options.dev, services=options.services)


if __name__ == "__main__":
    main()
