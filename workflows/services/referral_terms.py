"""On what terms a case is offered: to whom, what goes along, what was said by telephone before."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from agencies.actors import Actor, Member
from agencies.models import Agency, Province
from complaints.models import Evidence
from events import clock
from events.chain import salted_digest
from workflows.errors import InvalidInput
from workflows.models import Audience, Case, FilesShared, PhoneCall, Referral, Remark, RemarkKind
from workflows.services.moving import clean_text, record, write_remark
from workflows.states import Track

SPOKEN_TO_LIMIT = 200
# A clock that runs fast tells of a call a little ahead.
_TOLERANCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Shared:
    """What goes along with an offer besides the story and the facts. ``files``: None for all, else the evidence ids.

    ``notes``: those written for every agency that handles the case; others never go.
    """

    identity: bool = False
    notes: bool = True
    files: Collection[int] | None = None

    @property
    def files_shared(self) -> FilesShared:
        if self.files is None:
            return FilesShared.ALL
        return FilesShared.CHOSEN if self.files else FilesShared.NONE


@dataclass(frozen=True)
class Call:
    """A telephone call about an urgent case."""

    spoken_to: str
    called_at: datetime
    agreed: str


def require_receiver(case: Case, to: Agency, province: str = "") -> Province | None:
    """The province the case will belong to with ``to``; None when it stays. ``province`` says which, where the agency
    serves several. Raises InvalidInput when the agency takes no such offer."""
    if to.pk in (case.owner_id, case.offered_to_id) or not to.is_active or to.assisted_intake_only:
        raise InvalidInput("to", _("Choose another agency."))
    served = {row.pk: row for row in to.provinces.order_by("code")}
    if not served or (province and province not in served):
        raise InvalidInput("to", _("That agency does not serve this province."))
    if case.province_id in served and province in ("", case.province_id):
        return None
    return served[province] if province else next(iter(served.values()))


def explain(case: Case, to: Agency, elsewhere: Province | None, text: str, *, by: Actor) -> Remark | None:
    """Why this agency, where it is not the competent one of the province. ``case.track`` is what it is offered as.

    Raises InvalidInput when that is missing.
    """
    if elsewhere is None and case.track in to.tracks and not text.strip():
        return None
    if not text.strip():
        raise InvalidInput("explanation", _unexplained(case, to, elsewhere))
    return write_remark(case, text, by=by, kind=RemarkKind.REASON, audience=Audience.SHARED, field="explanation")


def _unexplained(case: Case, to: Agency, elsewhere: Province | None) -> str:
    if elsewhere:
        return _("%(agency)s serves another province: write why the case belongs there.") % {"agency": to}
    return _("%(agency)s is not competent for “%(track)s”: write why it should have the case.") % {
        "agency": to,
        "track": Track(case.track).label,
    }


def choose_files(referral: Referral, shared: Shared) -> None:
    """Keep which files go along. Raises InvalidInput for a file that is not the case's."""
    if not shared.files:
        return
    found = Evidence.objects.filter(complaint=referral.case.complaint_id, pk__in=shared.files)
    if found.count() != len(set(shared.files)):
        raise InvalidInput("files", _("Choose files of this case."))
    referral.files.set(found)


def require_call(case: Case, call: Call | None, *, by: Actor) -> None:
    """An urgent crime report goes by telephone first, then in writing. Raises InvalidInput."""
    if call is None and case.urgent and case.track == Track.CRIME and isinstance(by, Member):
        raise InvalidInput("spoken_to", _("This is urgent: telephone first, then write here whom you spoke to."))


def keep_call(referral: Referral, call: Call, *, by: Member) -> PhoneCall:
    """Store what was said. The caller holds the case's lock and records the move. Raises InvalidInput."""
    spoken_to, agreed = clean_text(call.spoken_to, "spoken_to"), clean_text(call.agreed, "agreed")
    if len(spoken_to) > SPOKEN_TO_LIMIT:
        raise InvalidInput("spoken_to", _("At most %(n)d characters.") % {"n": SPOKEN_TO_LIMIT})
    if call.called_at > clock.now() + _TOLERANCE:
        raise InvalidInput("called_at", _("This moment has not come yet. Please check it."))
    kept = PhoneCall.objects.create(
        referral=referral,
        agency=by.agency,
        caller=by.person,
        spoken_to=spoken_to,
        called_at=call.called_at,
        agreed=agreed,
        salt=secrets.token_hex(16),
        written_at=clock.now(),
    )
    to = referral.target if by.agency.pk == referral.sender_id else referral.sender
    digest = salted_digest(kept.salt, f"{kept.spoken_to}\n{kept.agreed}")
    record(referral.case, "case.phoned", by=by, to=to.code, call=kept.pk, digest=digest)
    return kept
