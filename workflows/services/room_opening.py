"""Opening a negotiation or a mediation, and the agreement of both sides that a mediation needs."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Actor, Business, Citizen, Member
from complaints.models import Complainant
from events import clock
from workflows import policy
from workflows.clocks import timetable
from workflows.deadlines import HANOI, deadline
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import PARTIES, Case, MediationConsent, Purpose, Room, RoomEntry, Side
from workflows.services.clocks import agree_on
from workflows.services.invitations import invite_business
from workflows.services.moving import begin, finish, record
from workflows.services.rooms import add_entry, close_room, record_in
from workflows.states import Track

# Luật 19/2023 Đ57.5, where the province's rules do not say otherwise.
NEGOTIATION_WORKING_DAYS = 7
REPORT_WORKING_DAYS = 5
LONGEST_HOW = 500
_PURPOSE = {Room.Kind.NEGOTIATION: Purpose.NEGOTIATION, Room.Kind.MEDIATION: Purpose.MEDIATION}


@transaction.atomic
def open_negotiation(*, case_id: int, by: Member, version: int, ground: str, identity_agreed: bool = False) -> Case:
    """Supported negotiation (Luật 19/2023 Đ56.3, Đ57). Both sides read ``ground``: why the agency opens it.

    ``identity_agreed``: the sender agreed that the business learns who complains, where the complaint does not say
    so. Raises InvalidInput, MoveNotAllowed for a sender without a name.
    """
    case = begin(case_id, "open_negotiation", by, version)
    _require_known_sender(case, identity_agreed)
    case.open_negotiation()
    finish(case, "case.negotiation_opened", by=by)
    calendar = timetable(case.province_id).calendar
    ends = case.due_at or deadline(clock.now(), NEGOTIATION_WORKING_DAYS, "WD", calendar)
    report_due = deadline(ends, REPORT_WORKING_DAYS, "WD", calendar)
    _open_room(case, Room.Kind.NEGOTIATION, by, ground, "ground", deadline_at=ends, report_due_at=report_due)
    return case


@transaction.atomic
def open_mediation(
    *, case_id: int, by: Member, version: int, ground: str, agreed_on: date, identity_agreed: bool = False
) -> Case:
    """Mediation by the association (Luật 19/2023 Đ63.1) until the day both sides agreed on; a negotiation still open
    goes over into it. Raises InvalidInput, MoveNotAllowed while a side has not agreed."""
    case = begin(case_id, "open_mediation", by, version)
    _require_known_sender(case, identity_agreed)
    consents = _given_consents(case)
    if agreed_on < clock.now().astimezone(HANOI).date():
        raise InvalidInput("agreed_on", _("This day is over already."))
    close_room(case, Room.Ending.MEDIATION, by=by)
    case.open_mediation()
    finish(case, "case.mediation_opened", by=by)
    # The day is the sides' own, no rule's.
    ends = timetable(case.province_id).calendar.closing(agreed_on)
    agree_on(case, ends, by=by)
    room = _open_room(case, Room.Kind.MEDIATION, by, ground, "ground", deadline_at=ends)
    MediationConsent.objects.filter(pk__in=[consent.pk for consent in consents]).update(room=room)
    return case


def _require_known_sender(case: Case, identity_agreed: bool) -> None:
    complainant = Complainant.objects.filter(complaint=case.complaint_id).first()
    if complainant is None or not complainant.name:
        raise MoveNotAllowed(
            _("The sender is anonymous. A settlement is between persons who are known: ask the sender for a name first.")
        )  # fmt: skip
    if not complainant.may_share_with_business and not identity_agreed:
        raise InvalidInput("identity_agreed", _("The sender must agree first that the business learns who complains."))


def _given_consents(case: Case) -> list[MediationConsent]:
    consents = list(MediationConsent.objects.current(case))
    agreed = {consent.side for consent in consents if consent.state == MediationConsent.State.AGREED}
    if lacking := [str(side.label) for side in PARTIES if side not in agreed]:
        raise MoveNotAllowed(
            _("Mediation opens when both sides have agreed. Not agreed yet: %(sides)s.") % {"sides": ", ".join(lacking)}
        )
    return consents


def _open_room(
    case: Case, kind: Room.Kind, by: Member, words: str, field: str, *, deadline_at: datetime, report_due_at: datetime | None = None
) -> Room:  # fmt: skip
    """The complainant has the first word. A room that the case left behind is closed by this one."""
    close_room(case, Room.Ending.CASE_ENDED, by=by)
    room = Room.objects.create(
        case=case,
        kind=kind,
        invitation=invite_business(case, _PURPOSE[kind], by=by),
        agency=case.owner,
        turn=Side.COMPLAINANT,
        opened_at=clock.now(),
        deadline_at=deadline_at,
        report_due_at=report_due_at,
    )
    entry = add_entry(room, RoomEntry.Kind.OPENING, by=by, side=Side.FACILITATOR, text=words, field=field)
    record_in(room, "room.opened", by=by, entry=entry)
    return room


@transaction.atomic
def propose_mediation(*, case_id: int, by: Member) -> Case:
    """Ask both sides whether they agree. Who declined before is asked again, who agreed is not."""
    case = Case.objects.visible_to(by).locked(case_id)
    policy.require(by, "open_mediation", case)
    now, state = clock.now(), MediationConsent.State
    current = MediationConsent.objects.current(case)
    MediationConsent.objects.current(case).filter(state=state.DECLINED).update(
        state=state.ASKED, answered_at=None, how="", recorded_by=None, asked_at=now
    )
    asked = set(current.values_list("side", flat=True))
    missing = [side for side in PARTIES if side not in asked]
    MediationConsent.objects.bulk_create(
        MediationConsent(case=case, agency=case.owner, side=side, asked_at=now) for side in missing
    )
    if current.filter(side=Side.RESPONDENT, state=state.ASKED).exists():
        link = invite_business(case, Purpose.MEDIATION, by=by)
        current.filter(side=Side.RESPONDENT).update(invitation=link)
    record(case, "case.mediation_proposed", by=by)
    return case


@transaction.atomic
def answer_mediation(*, case_id: int, by: Citizen | Business, agrees: bool) -> MediationConsent:
    """A party's own answer, on its page. It may be changed until the mediation opens; the same answer again changes
    nothing. Raises MoveNotAllowed when nobody asked."""
    case = Case.objects.visible_to(by).locked(case_id)
    consent = MediationConsent.objects.current(case).of_party(by).first()
    if consent is None or case.track != Track.CONSUMER:
        raise MoveNotAllowed(_("Nobody asks you about mediation now."))
    return _answer(case, consent, by, agrees)


@transaction.atomic
def record_consent(*, case_id: int, by: Member, side: str, agrees: bool, how: str) -> MediationConsent:
    """What a side said by telephone, by letter or at the counter: ``how`` names it. Raises InvalidInput."""
    case = Case.objects.visible_to(by).locked(case_id)
    policy.require(by, "open_mediation", case)
    if side not in PARTIES:
        raise InvalidInput("side", _("Choose one of the two sides."))
    if not how.strip() or len(how) > LONGEST_HOW:
        raise InvalidInput(
            "how", _("Write how and when it was said, in at most %(n)d characters.") % {"n": LONGEST_HOW}
        )
    consent = MediationConsent.objects.current(case).filter(side=side).first()
    if consent is None:
        consent = MediationConsent(case=case, agency=case.owner, side=side, asked_at=clock.now())
    return _answer(case, consent, by, agrees, how=how.strip())


def _answer(case: Case, consent: MediationConsent, by: Actor, agrees: bool, *, how: str = "") -> MediationConsent:
    """The lock on the case keeps an answer and the opening apart."""
    state = MediationConsent.State.AGREED if agrees else MediationConsent.State.DECLINED
    if consent.state == state:
        return consent
    consent.state, consent.answered_at, consent.how = state, clock.now(), how
    consent.recorded_by = by.person if isinstance(by, Member) else None
    consent.save()
    record(case, f"case.mediation_{state}", by=by, side=consent.side)
    return consent
