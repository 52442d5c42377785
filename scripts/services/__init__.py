"""PostgreSQL, Redis and OpenSearch for tests and benchmarks: real ones, under `.services/`, on ports of their own.

`.services/env` holds their URLs while they run: DATABASE_URL, REDIS_URL, ELASTICSEARCH_URL.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from scripts.console import ROOT, say
from scripts.services.opensearch import OpenSearch
from scripts.services.postgresql import PostgreSQL
from scripts.services.process import Service, Unavailable
from scripts.services.redis import Redis

FOLDER = ROOT / ".services"
ENV_FILE = FOLDER / "env"


def every_service() -> list[Service]:
    return [PostgreSQL(FOLDER), Redis(FOLDER), OpenSearch(FOLDER)]


def start(services: Iterable[Service] | None = None) -> tuple[list[Service], dict[str, str]]:
    """Start what does not run yet. Returns those started now, and name → reason for those not to be had.

    All are launched first and waited for afterwards, so that the whole takes as long as the slowest.
    """
    services = list(services or every_service())
    started, unavailable = [], {}
    for service in services:
        try:
            if service.launch():
                started.append(service)
        except Unavailable as reason:
            unavailable[service.name] = str(reason)
    for service in services:
        try:
            if service.name not in unavailable:
                service.wait_until_ready()
        except Unavailable as reason:
            unavailable[service.name] = str(reason)
            service.stop()
    write_env(services)
    return [service for service in started if service.name not in unavailable], unavailable


def stop(services: Iterable[Service] | None = None) -> None:
    for service in list(services or every_service()):
        if service.stop():
            say(f"{service.name} stopped")
    write_env(every_service())


def write_env(services: Iterable[Service]) -> None:
    lines = [f"{service.variable}={service.url}\n" for service in services if service.process.running()]
    if not lines:
        ENV_FILE.unlink(missing_ok=True)
        return
    FOLDER.mkdir(exist_ok=True)
    ENV_FILE.write_text("".join(lines), encoding="utf-8")


def environment(path: Path = ENV_FILE) -> dict[str, str]:
    """The URLs of the services that run, as environment variables; those already set win."""
    if not path.exists():
        return {}
    pairs = (line.partition("=") for line in path.read_text(encoding="utf-8").splitlines() if line)
    return {name: value for name, _, value in pairs if name not in os.environ}
