"""What the citizen keeps: the code in groups, its QR, and what happens next."""

from __future__ import annotations

from typing import Any

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from casemgr.public import standing
from complaints import codes
from workflows.models import Case
from workflows.services.intake import Receipt


def context(receipt: Receipt) -> dict[str, Any]:
    case = Case.objects.select_related("owner", "offered_to").get(pk=receipt.case_id)
    return {
        "groups": codes.grouped(receipt.code).split("-"),
        "qr": qr(receipt.code),
        "tracking_address": _tracking_address(),
        "number": receipt.case_number,
        "lodged_at": receipt.lodged_at,
        "next_lines": standing.what_happens_next(case),
        "urgent": case.urgent,
    }


def _tracking_address() -> str:
    return settings.PUBLIC_URL + reverse("public:track")


def qr(code: str) -> SafeString:
    """An SVG that opens the tracking page; the code stands in the fragment, which no browser sends to a server."""
    # Any of the eight masks is read alike; to try them all for the prettiest takes longer than to lodge the report.
    drawn = segno.make(f"{_tracking_address()}#{code}", error="m", micro=False, mask=4).svg_inline(
        omitsize=True, border=2
    )
    # safe: drawn by segno from our own address and code
    return mark_safe(drawn)  # nosec B308 B703
