"""The offer as the case page shows it: on what terms it stands, what is urgent, what may be recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from agencies.actors import Member
from casemgr.backoffice.referral_forms import CallForm, SheetForm
from workflows import policy
from workflows.models import Case, FilesShared, PhoneCall, Referral
from workflows.states import Track


@dataclass(frozen=True)
class Panel:
    """``other``: the agency on the other side of the offer for this reader. ``phone_first``: telephone before all."""

    offer: Referral
    other: Any
    is_target: bool
    phone_first: bool
    calls: list[PhoneCall]
    shared: list[str]
    call_form: CallForm | None
    sheet_form: SheetForm | None


def panel(
    case: Case, reader: Member, offer: Referral | None, *, call_form: CallForm | None = None,
    sheet_form: SheetForm | None = None,
) -> Panel | None:  # fmt: skip
    """None while the case is not offered, and for who only helped to lodge it. One query more."""
    if offer is None or reader.agency.assisted_intake_only:
        return None
    is_sender = case.owner_id == reader.agency.pk
    may = policy.may_note(reader, case)
    return Panel(
        offer=offer,
        other=offer.target if is_sender else offer.sender,
        is_target=offer.target_id == reader.agency.pk,
        phone_first=case.urgent and case.track == Track.CRIME,
        calls=list(offer.calls.select_related("agency", "caller")),
        shared=_shared(offer),
        call_form=call_form or (CallForm() if may else None),
        sheet_form=sheet_form or (SheetForm() if may and is_sender and not offer.paper_id else None),
    )


def _shared(offer: Referral) -> list[str]:
    files = {
        FilesShared.ALL: _("all files"),
        FilesShared.NONE: _("no file"),
        FilesShared.CHOSEN: _("some of the files"),
    }
    return [
        _("the story, the facts, the numbers and addresses"),
        _("who the sender is") if offer.shares_identity else _("not who the sender is"),
        files[FilesShared(offer.shares_files)],
        _("notes for every agency") if offer.shares_notes else _("no earlier note"),
    ]
