"""Asking another agency for a named thing: asked, then taken or declined, contributed, perhaps sent back once.

Ownership does not move. A request's own row is locked by everyone who acts on it, so that of taking and dismissing
at once one is first and the other is told; asking locks the case, which also makes a form sent twice ask once.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Actor, Member
from agencies.models import Agency
from complaints.models import Evidence, Indicator
from events import clock
from events.chain import salted_digest
from workflows import policy_cooperation as policy
from workflows.clocks import timetable
from workflows.deadlines import deadline
from workflows.errors import CaseNotFound, InvalidInput, KeyReused, MoveNotAllowed
from workflows.models import Case, ClockRule, Contribution, ContributionFile, Cooperation, Deliverable
from workflows.services.agency_files import seal
from workflows.services.moving import clean_text, record
from workflows.sharing import FACTS

# The longest a request may run, by unit: a slip of the finger shall not ask for next year.
MOST = {ClockRule.Unit.WORKING_DAY: 60, ClockRule.Unit.HOUR: 240}
_KIND = Contribution.Kind


@dataclass(frozen=True)
class Request:
    """What is asked: a thing of the list, or ``other`` in the asker's words; ``amount`` ``unit`` (WD, h) from now."""

    to: Agency
    text: str
    amount: int
    unit: str
    deliverable: Deliverable | None = None
    other: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class Shared:
    """What they are shown: names of facts, ids of the complaint's own rows."""

    summary: str = ""
    facts: Sequence[str] = ()
    indicators: Sequence[int] = ()
    evidence: Sequence[int] = ()


@transaction.atomic
def ask_cooperation(*, case_id: int, by: Member, key: str, request: Request, shared: Shared) -> Cooperation:
    """Ask, once per ``key``. Raises CaseNotFound, MoveNotAllowed, InvalidInput, KeyReused."""
    case = Case.objects.visible_to(by).locked(case_id)
    earlier = Cooperation.objects.filter(key=key).first()
    if earlier is not None:
        return _same(earlier, case, request)
    if not policy.may_ask(by, case):
        raise MoveNotAllowed(_("Only the case's handler or a supervisor asks for help, while the case is open."))
    check_target(case, request.to)
    asked = _asked(case, by, key, request, shared)
    asked.save(force_insert=True)
    asked.indicators.set(_own(Indicator, case, shared.indicators, "indicators"))
    asked.evidence.set(_own(Evidence, case, shared.evidence, "evidence"))
    _record(asked, "asked", by=by, unit=request.unit, amount=request.amount, urgent=request.urgent)
    return asked


def check_target(case: Case, to: Agency) -> None:
    """Raises InvalidInput for an agency that cannot be asked on this case."""
    if to.pk == case.owner_id or not to.is_active or to.assisted_intake_only:
        raise InvalidInput("to", _("Choose another agency."))
    if not to.provinces.filter(pk=case.province_id).exists():
        raise InvalidInput("to", _("That agency does not serve this province."))


def _same(earlier: Cooperation, case: Case, request: Request) -> Cooperation:
    if earlier.case_id != case.pk or earlier.target_id != request.to.pk:
        raise KeyReused(_("This form was sent before with other content. Please open a new form."))
    return earlier


def _asked(case: Case, by: Member, key: str, request: Request, shared: Shared) -> Cooperation:
    other = " ".join(request.other.split())
    if request.deliverable is None and not other:
        raise InvalidInput("other", _("Choose what you need, or write it."))
    if not 1 <= request.amount <= MOST.get(ClockRule.Unit(request.unit), 0):
        raise InvalidInput("amount", _("At most %(days)d working days, or %(hours)d hours.") % _most())
    now = clock.now()
    return Cooperation(
        case=case,
        key=key,
        asker=by.agency,
        asked_by=by.person,
        target=request.to,
        deliverable=request.deliverable,
        other="" if request.deliverable else other,
        request=clean_text(request.text, "text"),
        summary=clean_text(shared.summary, "summary") if shared.summary.strip() else "",
        fact_codes=[code for code in FACTS if code in shared.facts],
        urgent=request.urgent,
        asked_at=now,
        due_at=deadline(now, request.amount, request.unit, timetable(case.province_id).calendar),
    )


def _most() -> dict[str, int]:
    return {"days": MOST[ClockRule.Unit.WORKING_DAY], "hours": MOST[ClockRule.Unit.HOUR]}


def _own(model: type[Indicator | Evidence], case: Case, ids: Sequence[int], field: str) -> list[Any]:
    """The complaint's own rows of these ids: what belongs to another case cannot be shared from here."""
    found = list(model.objects.filter(complaint=case.complaint_id, pk__in=list(ids)))
    if len(found) != len(set(ids)):
        raise InvalidInput(field, _("One of these is not part of this case."))
    return found


@transaction.atomic
def take_cooperation(*, cooperation_id: int, by: Member) -> Cooperation:
    found = _begin(cooperation_id, "take", by)
    found.state, found.taken_by = Cooperation.State.TAKEN, by.person
    found.save(update_fields=["state", "taken_by"])
    _record(found, "taken", by=by)
    return found


@transaction.atomic
def decline_cooperation(*, cooperation_id: int, by: Member, reason: str) -> Cooperation:
    """The agency cannot or may not help, and says why. It sees no more of the case from now on."""
    found = _begin(cooperation_id, "decline", by)
    written = _write(found, _KIND.DECLINED, reason, by=by, field="reason")
    return _end(found, Cooperation.State.DECLINED, "declined", by=by, written=written)


@transaction.atomic
def contribute(
    *, cooperation_id: int, by: Member, text: str, uploads: Sequence[int] = (), police_only: bool = False
) -> Cooperation:
    """Give what was asked: text and files. ``uploads`` are ids of the actor's own draft: the caller checks.

    Raises InvalidInput for police-only where the asker is no police, UploadGone.
    """
    found = _begin(cooperation_id, "contribute", by)
    if police_only and not policy.may_mark_police_only(by, found):
        raise InvalidInput("police_only", _("Police only is possible when police asked police."))
    written = _write(found, _KIND.CONTRIBUTION, text, by=by, field="text", police_only=police_only)
    seal(ContributionFile, uploads, contribution=written)
    return _end(found, Cooperation.State.CONTRIBUTED, "contributed", by=by, written=written)


@transaction.atomic
def return_contribution(*, cooperation_id: int, by: Member, missing: str) -> Cooperation:
    """Send it back for completion, once; the agency sees again what was shared. Its time starts anew, as long as it was."""
    found = _begin(cooperation_id, "return", by)
    last = found.contributions.filter(kind=_KIND.CONTRIBUTION).last()
    private = bool(last and last.police_only)
    written = _write(found, _KIND.RETURNED, missing, by=by, field="missing", police_only=private)
    now = clock.now()
    found.due_at = max(found.due_at, now + (found.due_at - found.asked_at))
    found.state, found.was_returned, found.ended_at, found.reminded_at = Cooperation.State.RETURNED, True, None, None
    found.save(update_fields=["state", "was_returned", "ended_at", "reminded_at", "due_at"])
    _record(found, "returned", by=by, written=written)
    return found


@transaction.atomic
def dismiss_cooperation(*, cooperation_id: int, by: Actor, reason: str) -> Cooperation:
    """The help is no longer needed. The system says no reason: the case has ended."""
    found = _begin(cooperation_id, "dismiss", by)
    written = _write(found, _KIND.DISMISSED, reason, by=by, field="reason") if isinstance(by, Member) else None
    return _end(found, Cooperation.State.DISMISSED, "dismissed", by=by, written=written)


@transaction.atomic
def open_contributed_file(*, cooperation_id: int, by: Member, file_id: int) -> ContributionFile:
    """A contributed file to be fetched; the look is recorded. Raises CaseNotFound, MoveNotAllowed while it is locked."""
    found = Cooperation.objects.visible_to(by).locked(cooperation_id)
    readable = Contribution.objects.visible_to(by).filter(cooperation=found)
    file = ContributionFile.objects.filter(contribution__in=readable, pk=file_id).select_related("contribution").first()
    if file is None:
        raise CaseNotFound(_("There is no such request, or it is not yours to see."))
    if not file.may_be_opened:
        raise MoveNotAllowed(locked_because(file.verdict))
    _record(found, "file_opened", by=by, file=file.pk, written=file.contribution)
    return file


@transaction.atomic
def open_shared_evidence(*, cooperation_id: int, by: Member, evidence_id: int) -> Evidence | None:
    """A file of the case that was shared, for the agency that was asked, while it works on it (None: not one of
    those). The look is recorded."""
    found = Cooperation.objects.visible_to(by).locked(cooperation_id)
    if not policy.sees_what_was_shared(by, found):
        return None
    evidence = found.evidence.select_related("scan").filter(pk=evidence_id).first()
    if evidence is not None:
        record(found.case, "case.evidence_opened", by=by, evidence=evidence.pk, cooperation=found.pk)
    return evidence


def locked_because(verdict: str) -> str:
    if verdict == ContributionFile.Verdict.INFECTED:
        return _("A virus was found in this file. It stays locked.")
    return _("The file is still being checked for viruses. Please try again in a few minutes.")


def _begin(cooperation_id: int, deed: str, by: Actor) -> Cooperation:
    found = Cooperation.objects.visible_to(by).locked(cooperation_id)
    policy.require(by, deed, found)
    return found


def _end(found: Cooperation, state: str, event: str, *, by: Actor, written: Contribution | None) -> Cooperation:
    found.state, found.ended_at = state, clock.now()
    found.save(update_fields=["state", "ended_at"])
    _record(found, event, by=by, written=written)
    return found


def _write(
    found: Cooperation, kind: str, text: str, *, by: Member, field: str, police_only: bool = False
) -> Contribution:
    return Contribution.objects.create(
        cooperation=found,
        kind=kind,
        agency=by.agency,
        author=by.person,
        text=clean_text(text, field),
        salt=secrets.token_hex(16),
        police_only=police_only,
        written_at=clock.now(),
    )


def _record(found: Cooperation, happened: str, *, by: Actor, written: Contribution | None = None, **data: Any) -> None:
    """On the case's stream; ``police_only`` keeps what the police give each other out of others' timelines."""
    data |= {"cooperation": found.pk, "to": found.target.code}
    if found.taken_by_id:
        data["taken_by"] = found.taken_by_id
    if written is not None:
        data |= {"contribution": written.pk, "digest": salted_digest(written.salt, written.text)}
        data |= {"police_only": True} if written.police_only else {}
    record(found.case, f"cooperation.{happened}", by=by, **data)
