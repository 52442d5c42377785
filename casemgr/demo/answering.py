"""How a story's answer comes about and is received: proposed, confirmed by a second person, written, joined, rated."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from agencies.actors import Actor, Member
from casemgr.demo import SOURCE
from casemgr.demo.content import Step
from complaints import codes
from complaints.models import Complaint
from workflows.models import Case, LetterTemplateVersion
from workflows.services import duplicates, proposals, rating
from workflows.services.letter_drafts import draft_letter
from workflows.services.letters import Written, send_letter


def _propose(case: Case, by: Member, step: Step) -> None:
    said = step.said
    proposals.propose_resolution(
        case_id=case.pk, by=by, version=case.version, outcome=said["outcome"], answer=said["text"]
    )


def _confirm(case: Case, by: Member, step: Step) -> None:
    proposals.confirm_resolution(case_id=case.pk, by=by, version=case.version)


def _join(case: Case, by: Member, step: Step) -> None:
    """``primary``: the key of the story this one repeats."""
    primary = Complaint.objects.get(source=SOURCE, source_id=step.said["primary"], province=case.province_id).case
    duplicates.link_duplicate(
        case_id=case.pk, by=by, version=case.version, primary=primary.number, explanation=step.said["text"]
    )


def _letter(case: Case, by: Member, step: Step) -> None:
    """From the agency's template of this name, as it fills itself in."""
    versions = LetterTemplateVersion.objects.filter(template__agency=by.agency, template__name=step.said["template"])
    made_from = versions.select_related("template").latest("number")
    draft = draft_letter(case, made_from, by)
    send_letter(
        case_id=case.pk, by=by, version=case.version, made_from=made_from, language=draft.language,
        written=Written(draft.text, draft.subject, draft.addressee, step.said.get("signatory")),
        key=uuid.UUID(codes.derived_idempotency_key(SOURCE, case.complaint.source_id, step.move, made_from.template.name)),
    )  # fmt: skip


def _rate(case: Case, by: Actor, step: Step) -> None:
    rating.rate_case(case_id=case.pk, by=by, score=step.said["score"], reason=step.said.get("text", ""))


MOVES: dict[str, Callable[..., Any]] = {
    "propose_resolution": _propose,
    "confirm_resolution": _confirm,
    "link_duplicate": _join,
    "letter": _letter,
    "rate": _rate,
}
