"""Serve the embedded profile from a working copy, on a machine that may have nothing yet.

    make run            http://localhost:8000
    make run PORT=9000

Each step leaves a stamp under CASEMGR_HOME, so that only what changed is done again. A database other than
the embedded one (DATABASE_URL, or another settings module) is served as it is: nothing is loaded into it.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from scripts import bootstrap
from scripts.console import PYTHON, ROOT, fail, run, say
from scripts.services.process import free_port
from scripts.stamps import Stamps, digest

EMBEDDED = "casemgr.settings.embedded"
STATIC_BUILD = ROOT / "build" / "static"
SECONDS_TO_SERVE = 60


def manage(*words: str) -> str:
    return run([PYTHON, ROOT / "manage.py", *words]).stdout.strip()


def collect_static() -> None:
    """The files of `static/` and of the installed applications, under names that carry their hash."""
    stamps = Stamps(STATIC_BUILD.parent / "prepared.json")
    key = digest([ROOT / "static", ROOT / "requirements" / "runtime.txt"])
    if (STATIC_BUILD / "staticfiles.json").exists() and stamps.holds("static", key):
        return
    say("collecting static files")
    # A home of its own: collecting makes no keys in the one that is served from. Settings of its own: those of the tests,
    # whose servers may ask for it, know no names with hashes.
    home = {"CASEMGR_HOME": str(STATIC_BUILD.parent / "home"), "DJANGO_SETTINGS_MODULE": "casemgr.settings.embedded"}
    run([PYTHON, ROOT / "manage.py", "collectstatic", "--noinput", "--clear", "--verbosity=0"], env=home)
    stamps.set("static", key)


def fill(home: Path) -> None:
    """Migrations, reference data and the demo province; the database's own file says whether it is a new one."""
    database, stamps = home / "casemgr.sqlite3", Stamps(home / "prepared.json")
    if not database.exists():
        stamps.path.unlink(missing_ok=True)
    migrations = digest(ROOT.glob("*/migrations/*.py"), (ROOT / "requirements" / "runtime.txt").read_text())
    reference = digest(_reference_sources(), migrations)
    # The demo is loaded once: afterwards people work in it. Its mails are delivered before anybody looks on: what is printed
    # while it serves is then about what people do.
    steps = (
        ("migrate", migrations, "migrating the database", ("migrate", "--noinput", "--verbosity=0")),
        ("load_reference", reference, "loading reference data", ("load_reference",)),
        ("load_demo", "loaded", "loading the demo province (once)", ("load_demo", "--bulletin")),
        ("relay", "delivered", "sending what the demo's cases have to tell (once)", ("relay", "--until-idle")),
    )
    for step, key, what, command in steps:
        if stamps.holds(step, key):
            continue
        say(what)
        said = manage(*command)
        if said:
            print(f"  {said.splitlines()[-1].strip()}")
        stamps.set(step, key)


def _reference_sources() -> Iterable[Path]:
    """The seed files of every package and the code that reads them."""
    for pattern in ("*/reference", "*/services/reference.py", "*/services_reference.py", "*/services/seeding.py"):
        yield from ROOT.glob(pattern)
    yield from ROOT.glob("*/management/commands/load_reference.py")


def address(port: int) -> str:
    return f"serving on http://localhost:{port}/, back office on http://localhost:{port}/backoffice/; Ctrl-C ends it"


def serve(port: int, *, embedded: bool) -> int:
    """Until the server ends, or is told to; it never outlives this script."""
    server = subprocess.Popen([PYTHON, ROOT / "manage.py", "serve", "--port", str(port)], cwd=ROOT)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: server.terminate())
    try:
        if not _answers(server, f"http://127.0.0.1:{port}/health/live"):
            fail(f"the server did not come up on port {port}")
        say(address(port))
        if embedded:
            print(manage("demo_accounts"), flush=True)
        return server.wait()
    finally:
        server.terminate()
        server.wait()


def _answers(server: "subprocess.Popen[bytes]", url: str) -> bool:
    deadline = time.monotonic() + SECONDS_TO_SERVE
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return True
        except urllib.error.HTTPError as answer:
            return answer.code < 500
        except OSError:
            time.sleep(0.1)
    return False


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve the embedded profile.")
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", EMBEDDED)
    os.environ.setdefault("PUBLIC_URL", f"http://localhost:{port}")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    # A demo: one-time codes are read where mail is read, in the terminal.
    if os.environ["DJANGO_SETTINGS_MODULE"] == EMBEDDED:
        os.environ.setdefault("SMS_URL", "console:")
        os.environ.setdefault("QUIET_HOURS", "")
    home = Path(os.environ.setdefault("CASEMGR_HOME", str(ROOT / "var")))
    embedded = os.environ["DJANGO_SETTINGS_MODULE"] == EMBEDDED

    if free_port(port) != port:
        fail(f"port {port} is taken; PORT= chooses another")
    bootstrap.prepare()
    collect_static()
    if embedded:
        fill(home)
    sys.exit(serve(port, embedded=embedded))


if __name__ == "__main__":
    main()
