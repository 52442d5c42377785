"""Who may see which fields of a complaint, and how much of a value. Pure."""

from __future__ import annotations

from agencies.actors import Actor, Member
from complaints.models import Scan

_DOT = "•"


def may_see_identity(
    actor: Actor, *, owner_agency_id: int, offered_agency_id: int | None = None, shares_identity: bool = False
) -> bool:
    """Whether a member may be shown who complained (each look is recorded).

    Intake officers, handlers and supervisors of the owner; of the agency the case is offered to, only when
    identity was shared with it. Overseers, auditors, editors, administrators and the system never.
    """
    if not isinstance(actor, Member) or not actor.handles_cases:
        return False
    if actor.agency.pk == owner_agency_id:
        return True
    return shares_identity and offered_agency_id is not None and actor.agency.pk == offered_agency_id


def may_open_original(scan: Scan | None) -> bool:
    """A file is quarantined until it was scanned, and for good when a virus was found.

    A file of an anonymous complaint has no verdict before it is replaced by its copy without metadata.
    Where no scanner is configured the verdict says so, and the file may be opened at the reader's risk.
    """
    return scan is not None and scan.verdict != Scan.Verdict.INFECTED


def mask_phone(phone: str) -> str:
    """``0912345123`` → ``09•• ••• 123``; other lengths keep two characters and three."""
    compact = "".join(c for c in phone if c.isalnum() or c == "+")
    compact = "0" + compact[3:] if compact.startswith("+84") else compact
    if len(compact) == 10:
        return f"{compact[:2]}{_DOT * 2} {_DOT * 3} {compact[-3:]}"
    return compact[:2] + _DOT * 4 + compact[-3:] if len(compact) > 7 else _DOT * len(compact)


def mask_name(name: str) -> str:
    """``Nguyễn Thị Hoa`` → ``N• T• H•``."""
    return " ".join(f"{word[0]}{_DOT}" for word in name.split())


def mask_email(email: str) -> str:
    """``nguyen.hoa@example.vn`` → ``n•••@e•••.vn``."""
    mailbox, at, host = email.partition("@")
    if not at or not mailbox or not host:
        return _DOT * 3 if email else ""
    label, dot, ending = host.rpartition(".")
    return f"{mailbox[0]}{_DOT * 3}@{(label or ending)[0]}{_DOT * 3}{dot}{ending if dot else ''}"
