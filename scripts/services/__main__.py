"""scripts/tool services start|stop|status"""

import argparse

from scripts import packages, services
from scripts.console import fail, in_ci, say


def start() -> None:
    packages.install(packages.SERVICES)
    say("starting PostgreSQL, Redis and OpenSearch under .services/")
    _, unavailable = services.start()
    status()
    for name, reason in unavailable.items():
        say(f"{name} cannot be had: {reason}")
    if unavailable:
        fail("not every service runs" + (" (CI)" if in_ci() else ""))


def status() -> None:
    for service in services.every_service():
        running = service.process.running()
        print(f"  {service.name:<11} {service.url if running else 'stopped'}")


def main() -> None:
    parser = argparse.ArgumentParser(description=services.__doc__)
    parser.add_argument("action", choices=["start", "stop", "status"])
    action = parser.parse_args().action
    {"start": start, "stop": services.stop, "status": status}[action]()


if __name__ == "__main__":
    main()
