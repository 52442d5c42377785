"""From what was written on the form to the content of the joint record. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.deadlines import HANOI

SUBJECT = "Về việc phối hợp kiểm tra, xử lý hàng hóa"
GROUNDS = (
    "Căn cứ Luật Bảo vệ quyền lợi người tiêu dùng số 19/2023/QH15 ngày 20 tháng 6 năm 2023",
    "Căn cứ Luật Xử lý vi phạm hành chính số 15/2012/QH13 ngày 20 tháng 6 năm 2012, được sửa đổi, bổ sung theo Luật số 67/2020/QH14",
)


@dataclass(frozen=True)
class Party:
    """An agency on the spot, and who came for it: one person a line."""

    agency: str
    people: str


@dataclass(frozen=True)
class Seized:
    name: str
    quantity: str
    unit: str = ""
    condition: str = ""


def record_content(
    *, began: datetime, ended: datetime, place: str, goods: str, parties: Sequence[Party], found: str,
    seized: Iterable[Seized] = (), witness: str = "", opinion: str = "",
) -> dict[str, Any]:  # fmt: skip
    """JSON for `issue_paper`; every agency on the spot signs, the witness too."""
    signing = [{"title": f"ĐẠI DIỆN\n{party.agency.upper()}", "name": signatory_of(party.people)} for party in parties]
    if witness:
        signing.append({"title": "ĐẠI DIỆN CƠ SỞ,\nNGƯỜI CHỨNG KIẾN", "name": ""})
    return {
        "subject": SUBJECT,
        "grounds": list(GROUNDS),
        "recipients": [*(party.agency for party in parties)],
        "began": moment(began),
        "ended": moment(ended),
        "place": place,
        "goods": goods,
        "parties": [vars(party) for party in parties],
        "witness": witness,
        "found": found,
        "seized": [vars(row) for row in seized],
        "opinion": opinion,
        "copies": f"{len(signing):02d}",
        "signature_rows": [signing[at : at + 2] for at in range(0, len(signing), 2)],
    }


def moment(at: datetime) -> str:
    local = at.astimezone(HANOI)
    return f"{local:%H} giờ {local:%M} phút ngày {local:%d/%m/%Y}"


def signatory_of(people: str) -> str:
    """Who signs: the first named, without the office after a comma."""
    first = next(iter(people.strip().splitlines()), "")
    return first.split(",")[0].strip()
