"""What keeps a version from its number, told before the number is asked for."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from bulletins.checks import Check
from bulletins.errors import ChecksFailed
from bulletins.models import BulletinVersion
from workflows.errors import InvalidInput


@dataclass(frozen=True)
class Missing:
    """``field``: what of the version it is about."""

    field: str
    words: str


def missing_in(version: BulletinVersion) -> list[Missing]:
    """What a version cannot be numbered without, besides passed checks."""
    found = []
    if not is_signatory_named(version):
        found.append(Missing("signatory_name", _("A bulletin is signed: say by whom, with office and name.")))
    if version.figures is not None and version.charts is None:
        found.append(Missing("figures", _("The charts are still being drawn. Please try again in a moment.")))
    if version.entries.filter(item__taken_down_at__isnull=False).exists():
        found.append(Missing("item", _("A warning in it was taken down. Take it out first.")))
    return found


def is_signatory_named(version: BulletinVersion) -> bool:
    return bool(version.signatory_name and version.signatory_title)


def require_signatory(version: BulletinVersion) -> None:
    """In review nothing is edited, so it is asked for before. Raises InvalidInput."""
    if not is_signatory_named(version):
        raise InvalidInput("signatory_name", _("A bulletin is signed: say by whom, with office and name."))


def require_whole(version: BulletinVersion) -> None:
    """Raises InvalidInput with the first thing that is missing."""
    for missing in missing_in(version):
        raise InvalidInput(missing.field, missing.words)


def require_passed(failed: list[str]) -> None:
    """Raises ChecksFailed, naming the checks."""
    if failed:
        names = "; ".join(f"“{Check(code).label}”" for code in failed)
        raise ChecksFailed(
            _("These checks failed: %(names)s. Put each right, or waive it with a reason where that is allowed.")
            % {"names": names}
        )
