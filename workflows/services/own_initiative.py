"""Cases officers open for what they found themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.models import Role
from complaints import codes
from complaints.lodgement import Lodgement, Person
from complaints.models import Complaint, Origin
from complaints.services.recording import record_complaints
from events import clock
from workflows import policy_cooperation as policy
from workflows.clocks import timetable
from workflows.errors import InvalidInput, KeyReused, MoveNotAllowed
from workflows.models import Case, Discovery
from workflows.models.case import new_number
from workflows.services.moving import record
from workflows.states import State, Track

# Officers act on the law, not on anybody's consent.
BASIS = "official duty"


@dataclass(frozen=True)
class Finding:
    """What was found, as a lodgement nobody lodged (its ``kind`` is the track), and how: ``source`` is one of
    `Discovery.Source`. The lodgement's idempotency key makes two taps one case."""

    lodgement: Lodgement
    source: str
    seen_at: datetime
    link: str = ""
    urgent: bool = False


def open_own_initiative(*, by: Member, found: Finding) -> Case:
    """Open the case, once: the same key and content give the same case.

    Two tries at once meet at the complaint's unique(key_hash): the loser reads the winner's case. Raises
    MoveNotAllowed, InvalidInput, KeyReused, UploadGone.
    """
    if not policy.may_open_own_initiative(by):
        raise MoveNotAllowed(_("Handlers and supervisors of agencies that handle cases open cases of their own."))
    said = _nobodys(found, by)
    earlier = _earlier(said)
    if earlier is not None:
        return earlier
    try:
        return _open(by, found, said)
    except IntegrityError:
        earlier = _earlier(said)
        if earlier is None:
            raise
        return earlier


def _nobodys(found: Finding, by: Member) -> Lodgement:
    """Whoever filled the form: no sender, no consent, the officer as receiver. Raises InvalidInput."""
    if found.lodgement.kind not in Track.values:
        raise InvalidInput("kind", _("Choose one of the tracks."))
    if found.source not in Discovery.Source.values:
        raise InvalidInput("source", _("Choose how it was found."))
    if not found.lodgement.narrative.strip():
        raise InvalidInput("narrative", _("Please write something here."))
    return replace(
        found.lodgement,
        origin=Origin.OWN_INITIATIVE,
        person=Person(),
        is_anonymous=False,
        anonymity_reason="",
        vulnerability="",
        wish="",
        consent=BASIS,
        received_by=by.person.pk,
        received_at_agency=by.agency.pk,
    )


def _earlier(said: Lodgement) -> Case | None:
    cases = Case.objects.select_related("complaint")
    earlier = cases.filter(complaint__key_hash=codes.key_hash(said.idempotency_key)).first()
    if earlier is not None and earlier.complaint.body_digest != said.body_digest(codes.key()):
        raise KeyReused(_("This form was sent before with other content. Please open a new form."))
    return earlier


@transaction.atomic
def _open(by: Member, found: Finding, said: Lodgement) -> Case:
    at = clock.now()
    complaint = record_complaints([said], [said.kind], at)[0]
    case = _case(by, found, complaint, at)
    case.save(force_insert=True)
    Discovery.objects.create(case=case, source=found.source, link=found.link, seen_at=found.seen_at)
    record(case, "case.found", by=by, complaint=complaint.pk, to=by.agency.code, source=found.source)
    return case


def _case(by: Member, found: Finding, complaint: Complaint, at: datetime) -> Case:
    """Accepted by whoever found it: a handler keeps it, a supervisor gives it to one."""
    case = Case(
        complaint=complaint,
        number=new_number(complaint.province_id),
        province_id=complaint.province_id,
        track=complaint.kind,
        category_id=complaint.category_id,
        state=State.ACCEPTED,
        owner=by.agency,
        handler=by.person if by.has(Role.HANDLER) else None,
        urgent=found.urgent,
        has_sender=False,
        lodged_at=at,
        state_since=at,
    )
    case.due_at = timetable(complaint.province_id).due_at(case)
    return case
