"""What a page says of a PDF or a signature that was not made: whether it is tried again by itself, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from bulletins.bulletin_states import State
from bulletins.models import BulletinVersion
from bulletins.services.retrying import given_up


@dataclass(frozen=True)
class Failure:
    """``again``: a button has it tried again."""

    title: str
    text: str
    again: bool = False


def failure_of(version: BulletinVersion) -> Failure | None:
    """Also of a relay that died each time, and left no word why."""
    parked = given_up(version)
    if version.state == State.APPROVED:
        return _unsigned(version, is_given_up=parked is not None)
    if parked:
        title = _("The PDF was not made, and it is not tried again by itself")
        return Failure(
            title, f"{_why(version)} {_('Have it tried again; if it fails again, tell your administrator.')}", True
        )
    if version.failure:
        return Failure(_("The last try failed; it is tried again by itself."), _why(version))
    return None


def _unsigned(version: BulletinVersion, *, is_given_up: bool) -> Failure | None:
    if not version.failure and not is_given_up:
        return None
    why = _(version.failure) if version.failure else _("Your administrator finds why in the log.")
    if is_given_up:
        title = _("The bulletin was not signed, and it is not tried again by itself. Ask again once it is put right.")
        return Failure(title, why)
    if not version.signature_asked_by_id:
        return Failure(_("The last try failed. Ask again once it is put right."), why)
    return Failure(_("The last try failed; it is tried again by itself."), why)


def _why(version: BulletinVersion) -> str:
    if version.failure == "FileNotFoundError":
        return _("A photo in it is not where it was kept.")
    return _("Laying it out failed. Your administrator finds why in the log.")
