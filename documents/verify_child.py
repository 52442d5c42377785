"""The process that looks at the signatures of a PDF from outside. Started as a script by ``documents.signing``.

stdin
    one line of JSON (``trust``: certificates as PEM), then the PDF.
stdout
    a JSON list, one object a signature, with the fields of ``documents.signing.SignatureReport``.

Ends with 3 for what is no readable PDF. Nothing is fetched: no revocation list, no certificate.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
from io import BytesIO
from typing import Any

UNREADABLE = 3
MEMORY = 768 * 1024 * 1024
SECONDS = 25
FORBIDDEN_EVENTS = ("socket.connect", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.system")


def main() -> int:
    logging.disable(logging.CRITICAL)
    trust = json.loads(sys.stdin.buffer.readline())["trust"]
    pdf = sys.stdin.buffer.read()
    confine()
    try:
        reports = look_at(pdf, trust)
    except Exception:
        return UNREADABLE
    sys.stdout.write(json.dumps(reports))
    return 0


def confine() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.addaudithook(forbid_network_and_programs)


def forbid_network_and_programs(event: str, _args: tuple[object, ...]) -> None:
    if event.startswith(FORBIDDEN_EVENTS):
        raise PermissionError(f"{event} is forbidden while reading a file")


def look_at(pdf: bytes, trust: list[str]) -> list[dict[str, Any]]:
    from asn1crypto import pem, x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko_certvalidator import ValidationContext

    roots = [
        x509.Certificate.load(der) for one in trust for _kind, _headers, der in pem.unarmor(one.encode(), multiple=True)
    ]
    reader = PdfFileReader(BytesIO(pdf), strict=False)
    found = []
    for signature in reader.embedded_regular_signatures:
        context = ValidationContext(trust_roots=roots, allow_fetching=False, revocation_mode="soft-fail")
        found.append(report(signature, context))
    return found


def report(signature: Any, context: Any) -> dict[str, Any]:
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    status = validate_pdf_signature(signature, context, ts_validation_context=context)
    names = status.signing_cert.subject.native
    stamp = status.timestamp_validity
    fits = bool(not stamp or (stamp.intact and stamp.valid))
    stamped = bool(stamp and fits and stamp.trusted)
    at = stamp.timestamp if stamp and stamped else status.signer_reported_dt
    harmless = (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES)
    covered = status.coverage == SignatureCoverageLevel.ENTIRE_FILE or status.modification_level in harmless
    return {
        "signer": str(names.get("common_name", "")),
        "organisation": str(names.get("organization_name", "")),
        "at": at.isoformat() if at else None,
        "intact": bool(status.intact and status.valid),
        "whole": bool(covered),
        "trusted": bool(status.trusted),
        "stamped": stamped,
        "stamp_fits": fits,
    }


if __name__ == "__main__":
    sys.exit(main())
