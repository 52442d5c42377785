"""The Debian packages the project needs, and how each is recognised where it is there already."""

import ctypes
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from scripts.console import fail, run, say


@dataclass(frozen=True)
class Package:
    """A Debian package; `present` looks for what it brings, however that came to be on the machine."""

    name: str
    present: Callable[[], bool]


def _program(*names: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(name) for name in names)


def _module(name: str) -> Callable[[], bool]:
    return lambda: importlib.util.find_spec(name) is not None


def _library(name: str) -> Callable[[], bool]:
    def loads() -> bool:
        try:
            ctypes.CDLL(name)
        except OSError:
            return False
        return True

    return loads


def _file(*patterns: str) -> Callable[[], bool]:
    return lambda: any(any(Path("/").glob(pattern)) for pattern in patterns)


def _vietnamese_serif() -> bool:
    """Liberation Serif with ạ (U+1EA1): version 1, Debian 12's fonts-liberation, has few Vietnamese letters."""
    if shutil.which("fc-list") is None:
        return False
    found = subprocess.run(["fc-list", "Liberation Serif:charset=1ea1"], capture_output=True, check=False)
    return bool(found.stdout)


RUNTIME = (
    Package("python3-venv", _module("ensurepip")),
    Package("libpango-1.0-0", _library("libpango-1.0.so.0")),
    Package("libpangoft2-1.0-0", _library("libpangoft2-1.0.so.0")),
    Package("libharfbuzz-subset0", _library("libharfbuzz-subset.so.0")),
    Package("fonts-liberation2", _vietnamese_serif),
    Package("libmagic1", _library("libmagic.so.1")),
    Package("gettext", _program("msgfmt")),
    Package("nodejs", _program("node")),
    Package("npm", _program("npm")),
)
TESTS = (
    Package("chromium", _program("chromium")),
    Package("chromium-headless-shell", _program("chromium-headless-shell")),
    Package("poppler-utils", _program("pdftoppm")),
    Package("softhsm2", _program("softhsm2-util")),
    Package("openssl", _program("openssl")),
)
POSTGRESQL = Package("postgresql", _file("usr/lib/postgresql/*/bin/postgres"))
REDIS = Package("redis-server", _program("redis-server"))
MAVEN = Package("maven", _program("mvn"))
JAVA = Package("openjdk-17-jre-headless", _program("java"))
SERVICES = (POSTGRESQL, REDIS, JAVA, MAVEN)


def missing(packages: Iterable[Package]) -> list[str]:
    return [package.name for package in packages if not package.present()]


def install(packages: Iterable[Package]) -> None:
    """Install what is missing; without the right to, end with the exact command a person should run."""
    names = missing(packages)
    if not names:
        return
    prefix = _as_root()
    if shutil.which("apt-get") is None or prefix is None:
        fail(
            "these Debian packages are missing and may not be installed from here; run:\n"
            f"    sudo apt-get update && sudo apt-get install --no-install-recommends {' '.join(names)}"
        )
    say(f"installing {' '.join(names)}")
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    run([*quiet, "update"])
    run([*quiet, "install", "-y", "--no-install-recommends", *names])


def _as_root() -> list[str] | None:
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and run(["sudo", "-n", "true"], may_fail=True).returncode == 0:
        return ["sudo", "-n"]
    return None
