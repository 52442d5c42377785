"""Requests for help and joint actions, asked by the real services."""

from __future__ import annotations

import io
from typing import Any

from agencies.actors import Member
from agencies.models import Agency
from complaints import codes
from complaints.models import Draft, Upload
from complaints.services.uploads import add_upload
from tests.factories import files
from workflows.models import Case, Cooperation, Deliverable, JointAction
from workflows.services.cooperation import Request, Shared, ask_cooperation, take_cooperation
from workflows.services.joint_action import Task, start_joint_action


def deliverable(code: str = "verify_address", **fields: Any) -> Deliverable:
    defaults = {"label_vi": "Xác minh địa chỉ", "label_en": "Verify an address", "amount": 5, "unit": "WD"}
    return Deliverable.objects.get_or_create(code=code, defaults=defaults | fields)[0]


def asked(case: Case, by: Member, to: Agency, *, shared: Shared | None = None, **fields: Any) -> Cooperation:
    defaults: dict[str, Any] = {
        "text": "Đề nghị xác minh kho hàng tại địa chỉ này.", "amount": 5, "unit": "WD", "deliverable": deliverable(),
    }  # fmt: skip
    key = fields.pop("key", codes.new_idempotency_key())
    request = Request(to=to, **(defaults | fields))
    return ask_cooperation(case_id=case.pk, by=by, key=key, request=request, shared=shared or Shared())


def taken(case: Case, by: Member, target: Member, **fields: Any) -> Cooperation:
    made = asked(case, by, target.agency, **fields)
    return take_cooperation(cooperation_id=made.pk, by=target)


def action(case: Case, by: Member, *agencies: Agency, **fields: Any) -> JointAction:
    defaults: dict[str, Any] = {
        "key": codes.new_idempotency_key(), "goods": "Nước hoa giả nhãn hiệu", "places": "Kho số 5, chợ Cao Lãnh",
        "tasks": [Task(agency, f"Việc của {agency.code}", 4) for agency in agencies],
    }  # fmt: skip
    return start_joint_action(case_id=case.pk, by=by, **(defaults | fields))


def upload(name: str = "bien-ban.jpg") -> Upload:
    draft = Draft.objects.create(key_hash=codes.new_idempotency_key(), idempotency_key=codes.new_idempotency_key())
    return add_upload(draft, io.BytesIO(files.picture()), name)
