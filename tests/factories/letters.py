"""Templates and letters, by the real services."""

from __future__ import annotations

import uuid
from typing import Any

from agencies.actors import Member
from agencies.models import Agency
from workflows.models import Case, Letter, LetterKind, LetterTemplate, LetterTemplateVersion
from workflows.services.letter_templates import Words, revise_template
from workflows.services.letters import Written, send_letter

SIGNATORY = {"title": "Giám đốc", "name": "Lê Văn An"}


def template(
    agency: Agency, kind: str = LetterKind.LETTER, *, name: str = "Mẫu thử", **words: str
) -> LetterTemplateVersion:
    """The first version of a new template."""
    document_type = "CV" if kind == LetterKind.OFFICIAL else ""
    made = LetterTemplate.objects.create(agency=agency, name=name, kind=kind, document_type=document_type)
    usual = {"text_vi": "Kính gửi ông/bà, vụ việc {{case_number}} đang được xem xét."}
    subject = {} if kind == LetterKind.QUICK else {"subject_vi": "Về vụ việc {{case_number}}"}
    return revise_template(made, Words(**(usual | subject | words)), by=None)


def letter(case: Case, by: Member, kind: str = LetterKind.LETTER, **changes: Any) -> Letter:
    made_from = changes.pop("made_from", None) or (
        LetterTemplateVersion.objects.filter(template__agency=by.agency, template__kind=kind).first()
        or template(by.agency, kind, name=f"Mẫu {kind}")
    )
    facts: dict[str, Any] = {
        "version": Case.objects.get(pk=case.pk).version, "made_from": made_from, "language": "vi", "key": uuid.uuid4(),
        "written": Written("Chúng tôi đang xem xét.", "Về vụ việc của ông/bà", "Ông/Bà Trần Thị Mẫu", SIGNATORY),
    }  # fmt: skip
    return send_letter(case_id=case.pk, by=by, **(facts | changes))
