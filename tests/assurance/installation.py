"""An installation to break: its own folder, keys and database; nothing of it is left afterwards."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg

from scripts.console import PYTHON, ROOT, run
from scripts.run import collect_static
from scripts.services import environment

EMBEDDED, PRODUCTION = "embedded", "production"
PROFILES = (EMBEDDED, PRODUCTION)
SERVICES = ("DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL")
_OURS = ("CASEMGR_", "DJANGO_", "PYTEST_")


class ServicesMissing(RuntimeError):
    """The production profile needs PostgreSQL, Redis and OpenSearch: `make services`."""


@dataclass(frozen=True)
class Installation:
    """``env`` is what its processes are started with."""

    profile: str
    home: Path
    env: Mapping[str, str]

    @property
    def database(self) -> str:
        """Name of its PostgreSQL database."""
        return urlsplit(self.env["DATABASE_URL"]).path.lstrip("/")

    def python(self, *words: str, seconds: float = 7200) -> str:
        """Standard output of the environment's Python inside the installation; raises CalledProcessError."""
        command = [str(PYTHON), *words]
        done = subprocess.run(command, cwd=ROOT, env=dict(self.env), stdout=subprocess.PIPE, text=True, timeout=seconds)
        done.check_returncode()
        return done.stdout

    def enter(self) -> None:
        """Make this process one of the installation's; only once in its life."""
        os.environ.update(self.env)
        django.setup()

    def copy(self) -> Installation:
        made = _described(self.profile)
        shutil.copytree(self.home, made.home, dirs_exist_ok=True)
        if self.profile == PRODUCTION:
            _administer(self.env["DATABASE_URL"], f'CREATE DATABASE "{made.database}" TEMPLATE "{self.database}"')
        return made

    def remove(self) -> None:
        shutil.rmtree(self.home, ignore_errors=True)
        if self.profile != PRODUCTION:
            return
        _administer(self.env["DATABASE_URL"], f'DROP DATABASE IF EXISTS "{self.database}" WITH (FORCE)')
        pattern = f"{self.env['ELASTICSEARCH_URL']}/{self.env['ELASTICSEARCH_INDEX_PREFIX']}*"
        with suppress(OSError):
            urllib.request.urlopen(urllib.request.Request(pattern, method="DELETE"), timeout=10).close()


def services() -> dict[str, str]:
    """URLs of the services that were started; raises ServicesMissing."""
    found = {**environment(), **{name: os.environ[name] for name in SERVICES if name in os.environ}}
    if missing := [name for name in SERVICES if name not in found]:
        raise ServicesMissing(", ".join(missing))
    return {name: found[name] for name in SERVICES}


def _described(profile: str) -> Installation:
    home = Path(tempfile.mkdtemp(prefix="assurance-", dir=os.environ.get("TMPDIR", "/tmp")))
    env = {name: value for name, value in os.environ.items() if not name.startswith(_OURS) and name not in SERVICES}
    env |= {
        "CASEMGR_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": f"casemgr.settings.{profile}",
        "EMAIL_URL": "dummymail://",
        "LOG_LEVEL": "ERROR",
        # The same keys in every copy: a copy reads what the original wrote.
        "SECRET_KEY": "assurance-" + "0123456789abcdef" * 4,
        "CODE_KEY": "0123456789abcdef" * 4,
    }
    if profile == PRODUCTION:
        name = f"casemgr_assurance_{secrets.token_hex(4)}"
        urls = services()
        env |= urls | {
            "DATABASE_URL": urlunsplit(urlsplit(urls["DATABASE_URL"])._replace(path=f"/{name}")),
            "ELASTICSEARCH_INDEX_PREFIX": name.replace("_", "-"),
            "ALLOWED_HOSTS": "127.0.0.1",
            # The client of these runs stands where the TLS proxy does.
            "TRUSTED_PROXIES": "1",
        }
    return Installation(profile, home, env)


@contextmanager
def prepared(profile: str) -> Iterator[Installation]:
    """Migrated, with reference data and the agencies, people and rules of the demo province; no case."""
    made = _described(profile)
    try:
        collect_static()
        if profile == PRODUCTION:
            _administer(made.env["DATABASE_URL"], f'CREATE DATABASE "{made.database}"')
        run([PYTHON, "-m", "tests.assurance.prepare"], env=made.env)
        yield made
    finally:
        made.remove()


@contextmanager
def copy_of(original: Installation) -> Iterator[Installation]:
    made = original.copy()
    try:
        yield made
    finally:
        made.remove()


def _administer(url: str, statement: str) -> None:
    server = urlunsplit(urlsplit(url)._replace(path="/postgres"))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]
