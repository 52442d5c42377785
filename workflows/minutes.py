"""From a settlement to what its minutes print (biên bản). Pure; official papers are in Vietnamese."""

from __future__ import annotations

from typing import Any

from agencies.actors import Member
from workflows.models import Settlement

_SUBJECT = {
    True: "Hòa giải tranh chấp giữa người tiêu dùng và tổ chức, cá nhân kinh doanh",
    False: "Kết quả thương lượng giữa người tiêu dùng và tổ chức, cá nhân kinh doanh",
}
_ARTICLE = {True: "Điều 65", False: "Điều 60"}


def minutes_content(settlement: Settlement, by: Member) -> dict[str, Any]:
    """As `workflows.paper_layout` and ``documents/settlement_minutes.html`` read it."""
    mediation = settlement.room.is_mediation
    return {
        "subject": _SUBJECT[mediation],
        "grounds": [f"Căn cứ {_ARTICLE[mediation]} Luật Bảo vệ quyền lợi người tiêu dùng số 19/2023/QH15"],
        "signatory": {"title": "Người lập biên bản", "name": str(by.person)},
        "recipients": ["Người tiêu dùng", "Tổ chức, cá nhân kinh doanh"],
        "archive": ["VT", "hồ sơ vụ việc"],
        "case": settlement.room.case.number,
        "kind": settlement.room.kind,
        "digest": settlement.digest,
        "held_on": settlement.held_on.strftime("%d/%m/%Y"),
        "place": settlement.place,
        "agency": by.agency.name,
        "facilitator": str(by.person),
        "complainant": {"name": settlement.complainant_name, "contact": settlement.complainant_contact},
        "respondent": {"name": settlement.respondent_name, "contact": settlement.respondent_contact},
        "dispute": settlement.dispute,
        "complainant_opinion": settlement.complainant_opinion,
        "respondent_opinion": settlement.respondent_opinion,
        "result": settlement.result,
    }
