"""What the paper of a transfer says: the slip (phiếu chuyển), and the recommendation to prosecute (kiến nghị khởi tố).

Pure but for reading the case's own rows. Papers are in Vietnamese whatever the screen is in, and name no sender of a
report: the paper stays with the agency that passed the case on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agencies.models import Agency
from complaints.identifiers import defang
from complaints.models import Evidence, Origin
from workflows.deadlines import HANOI
from workflows.models import Case, FilesShared, Referral
from workflows.states import Track

SLIP, RECOMMENDATION = "PC", "CV"
SLIP_TEMPLATE = "documents/referral/slip.html"
RECOMMENDATION_TEMPLATE = "documents/referral/recommendation.html"

_TRACKS = {
    Track.CONSUMER: "Khiếu nại, yêu cầu của người tiêu dùng",
    Track.VIOLATION: "Phản ánh, thông tin về vi phạm",
    Track.CRIME: "Tố giác, tin báo về tội phạm",
    Track.FEEDBACK: "Phản ánh, kiến nghị",
}
_CRIME_LAW = "Căn cứ Bộ luật Tố tụng hình sự số 101/2015/QH13 ngày 27 tháng 11 năm 2015"
_GROUNDS = {
    Track.CONSUMER: (
        "Căn cứ khoản 3 Điều 11 Luật Bảo vệ quyền lợi người tiêu dùng số 19/2023/QH15 ngày 20 tháng 6 năm 2023",
    ),
    Track.CRIME: (_CRIME_LAW,),
}


@dataclass(frozen=True)
class Sheet:
    """``recommends``: to prosecute, where `may_recommend`; else it is the slip. ``signatory`` as `paper_layout` reads
    it; empty: the officer who passes the case on signs."""

    recommends: bool = False
    signatory: Mapping[str, str] = field(default_factory=dict)


def may_recommend(case: Case, sender: Agency, target: Agency) -> bool:
    """Only a state agency recommends, to the investigating body, and on the crime track: BLTTHS Đ144.3. The
    association and who only helps to lodge pass on what somebody else reports."""
    is_state = not (sender.is_association or sender.assisted_intake_only or sender.is_police)
    return is_state and target.is_police and case.track == Track.CRIME


def is_own_finding(case: Case) -> bool:
    return case.complaint.origin == Origin.OWN_INITIATIVE


def slip_content(referral: Referral, sheet: Sheet, officer: str) -> dict[str, Any]:
    case = referral.case
    return {
        "subject": f"Về việc chuyển hồ sơ vụ việc {case.number}",
        "signatory": dict(sheet.signatory) or {"title": "Người lập phiếu", "name": officer},
        "grounds": list(_GROUNDS.get(Track(case.track), ())),
        "recipients": [f"{referral.target.name};", f"Lưu hồ sơ vụ việc {case.number}."],
        "urgency": "URGENT" if case.urgent else None,
        "sender": referral.sender.name,
        "target": referral.target.name,
        "rows": _slip_rows(referral),
        "files": file_rows(files_along(referral)),
        "due": _moment(case.due_at),
    }


def passing_on_content(case: Case, sender: Agency, to_name: str, reason: str, files: Iterable[Evidence], sheet: Sheet, officer: str) -> dict[str, Any]:  # fmt: skip
    """The slip to an agency that works with another installation: no limit of ours runs there."""
    return {
        "subject": f"Về việc chuyển hồ sơ vụ việc {case.number}",
        "signatory": dict(sheet.signatory) or {"title": "Người lập phiếu", "name": officer},
        "grounds": list(_GROUNDS.get(Track(case.track), ())),
        "recipients": [f"{to_name};", f"Lưu hồ sơ vụ việc {case.number}."],
        "sender": sender.name,
        "target": to_name,
        "rows": [*_case_rows(case), ["Lý do chuyển", reason]],
        "files": file_rows(files),
        "due": "",
    }


def recommendation_content(referral: Referral, sheet: Sheet, officer: str) -> dict[str, Any]:
    """TT 28/2020/TT-BCA Đ5.3: when, where, what, who is suspected, the damage, what was done already."""
    case, target = referral.case, referral.target
    return {
        "subject": "Về việc kiến nghị khởi tố vụ việc có dấu hiệu tội phạm",
        "signatory": dict(sheet.signatory) or {"title": "Người kiến nghị", "name": officer},
        "addressees": [target.name],
        "recipients": ["Như trên;", f"Lưu hồ sơ vụ việc {case.number}."],
        "urgency": "URGENT" if case.urgent else None,
        "sender": referral.sender.name,
        "target": target.name,
        "number": case.number,
        "found_at": _moment(case.complaint.lodged_at),
        "own_finding": is_own_finding(case),
        "story": case.complaint.narrative,
        "signs": referral.reason.text if referral.reason else "",
        "suspects": _suspects(case),
        "damage": _damage(case),
        "calls": [_call(call) for call in referral.calls.all()],
        "files": file_rows(files_along(referral)),
    }


def files_along(referral: Referral) -> list[Evidence]:
    if referral.shares_files == FilesShared.ALL:
        return list(referral.case.complaint.evidence.order_by("id"))
    return list(referral.files.order_by("id"))


def file_rows(files: Iterable[Evidence]) -> list[list[str]]:
    return [[file.original_name, file.sha256[:16]] for file in files]


def _slip_rows(referral: Referral) -> list[list[str]]:
    case = referral.case
    rows = [
        *_case_rows(case),
        ["Lý do chuyển", referral.reason.text if referral.reason else "Chuyển ngay theo quy tắc phân luồng"],
        ["Lý do chọn cơ quan nhận", referral.explanation.text if referral.explanation else ""],
        ["Thông tin người gửi", "Gửi kèm trên hệ thống" if referral.shares_identity else "Không gửi kèm"],
        *(["Đã trao đổi qua điện thoại", _call(call)] for call in referral.calls.all()),
    ]
    return [row for row in rows if row[1]]


def _case_rows(case: Case) -> list[list[str]]:
    complaint = case.complaint
    rows = [
        ["Mã hồ sơ", case.number],
        ["Tiếp nhận lúc", _moment(case.lodged_at)],
        ["Loại việc", _TRACKS[Track(case.track)]],
        ["Nội dung", str(complaint.product or (case.category.label_vi if case.category else ""))],
        ["Bên bị phản ánh", complaint.seller_name],
        ["Thiệt hại", _damage(case)],
    ]
    return [row for row in rows if row[1]]


def _suspects(case: Case) -> list[list[str]]:
    """What identifies them: name as reported, numbers, accounts, addresses that cannot be opened by accident."""
    complaint = case.complaint
    named = [["Tên, cửa hàng", complaint.seller_name], ["Địa chỉ", complaint.seller_address]]
    # A link brings its domain along: each is printed once.
    told = {row.raw: row for row in reversed(complaint.indicators.order_by("id"))}
    found = [
        [_INDICATORS.get(row.kind, "Dấu hiệu nhận biết khác"), " ".join(filter(None, [defang(row.raw), row.bank]))]
        for row in sorted(told.values(), key=lambda row: row.pk)
    ]
    return [row for row in (*named, *found) if row[1]]


_INDICATORS = {
    "phone": "Số điện thoại", "bank_account": "Tài khoản ngân hàng", "url": "Đường dẫn", "domain": "Tên miền",
    "shop": "Tài khoản bán hàng", "tax_code": "Mã số thuế", "barcode": "Mã vạch",
}  # fmt: skip


def _damage(case: Case) -> str:
    complaint = case.complaint
    amount = f"{complaint.amount:,}".replace(",", ".") + " đồng" if complaint.amount is not None else ""
    moved = f"chuyển đi lúc {_moment(complaint.money_moved_at)}" if complaint.money_moved_at else ""
    return ", ".join(filter(None, [amount, moved]))


def _call(call: Any) -> str:
    return f"{_moment(call.called_at)}, với {call.spoken_to}: {call.agreed}"


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(HANOI):%H giờ %M, ngày %d/%m/%Y}" if at else ""
