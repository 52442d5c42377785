"""What keeps a version from its number, each with the place where it is put right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from bulletins.bulletin_states import State
from bulletins.checks import Check
from bulletins.models import BulletinVersion, Verdict
from bulletins.services.checking import failing_now
from bulletins.services.readiness import missing_in

_PLACES = {"signatory_name": "bulletin-signatory_name", "figures": "figures-heading", "item": "items-heading"}


@dataclass(frozen=True)
class Obstacle:
    """``url`` empty: it goes away by itself, or where it is put right cannot be opened now."""

    words: str
    url: str = ""


def obstacles_kept(version: BulletinVersion) -> list[Obstacle]:
    """As the checks were made last; of a version in review only."""
    if version.state != State.IN_REVIEW:
        return []
    return _obstacles(version, version.checks.filter(verdict=Verdict.FAILED).values_list("code", flat=True))


def obstacles_now(version: BulletinVersion) -> list[Obstacle]:
    """With the checks made now."""
    return _obstacles(version, failing_now(version))


def _obstacles(version: BulletinVersion, failed: Iterable[str]) -> list[Obstacle]:
    content, review = (reverse(f"backoffice:{name}", args=[version.pk]) for name in ("bulletin", "bulletin-review"))
    codes = set(failed)
    checks = [
        Obstacle(_("Failed: “%(check)s”") % {"check": check.label}, f"{review}#check-{check.value}")
        for check in Check
        if check in codes
    ]
    written = version.state == State.DRAFTING
    return checks + [
        Obstacle(one.words, f"{content}#{_PLACES[one.field]}" if written else "") for one in missing_in(version)
    ]
