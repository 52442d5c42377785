"""Asking ClamAV about a file."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, NamedTuple

from django.conf import settings

from complaints.models import Scan

if TYPE_CHECKING:
    import clamd

_SECONDS = 60


class ScannerUnavailable(RuntimeError):
    """The scanner does not answer; the file stays quarantined and is tried again."""


class Finding(NamedTuple):
    """``signature``: what the scanner calls it; empty unless infected."""

    verdict: Scan.Verdict
    signature: str = ""


def is_configured() -> bool:
    return bool(settings.CLAMD_SOCKET)


def is_up() -> bool:
    import clamd

    try:
        return bool(_scanner().ping() == "PONG")
    except (clamd.ClamdError, OSError):
        return False


def scan(file: IO[bytes]) -> Finding:
    """The scanner's word on the whole file; NOT_SCANNED when none is configured or the file is too long for it.

    Raises `ScannerUnavailable`.
    """
    if not is_configured():
        return Finding(Scan.Verdict.NOT_SCANNED)

    import clamd

    try:
        status, detail = _scanner().instream(file)["stream"]
    except (clamd.BufferTooLongError, BrokenPipeError, ConnectionResetError) as error:
        # Past StreamMaxLength clamd hangs up: it lives, and has not looked.
        if is_up():
            return Finding(Scan.Verdict.NOT_SCANNED)
        raise ScannerUnavailable from error
    except (clamd.ClamdError, OSError) as error:
        raise ScannerUnavailable from error
    if status == "FOUND":
        return Finding(Scan.Verdict.INFECTED, str(detail)[:120])
    if status == "OK":
        return Finding(Scan.Verdict.CLEAN)
    raise ScannerUnavailable(status)


def _scanner() -> clamd.ClamdUnixSocket:
    import clamd

    return clamd.ClamdUnixSocket(settings.CLAMD_SOCKET, timeout=_SECONDS)
