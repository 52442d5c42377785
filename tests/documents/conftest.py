"""A place for throw-away templates, and the official document most tests print."""

import itertools
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime

import pytest

from documents.decree30 import Authority, Letterhead, OfficialDocument, Recipients, Signatory
from documents.pdf import render_pdf
from tests.stamping import authority  # noqa: F401 - a fixture
from tests.tokens import token, tokens  # noqa: F401 - fixtures

AS_OF = datetime(2026, 2, 5, 1, 30, tzinfo=UTC)

BODY = """
<p>Trong tháng 01 năm 2026, các cơ quan trên địa bàn tỉnh đã tiếp nhận, phân loại và giải quyết các phản ánh,
khiếu nại của người tiêu dùng; chuyển Cơ quan Cảnh sát điều tra những vụ việc có dấu hiệu lừa đảo. Sở Công Thương
thông báo như sau:</p>
<h2>I. Số liệu trong kỳ</h2>
<table class="figures"><thead><tr><th>TT</th><th>Nhóm hành vi</th><th>Số vụ</th></tr></thead><tbody>
{% for row in rows %}<tr><td class="centre">{{ row }}</td><td>Kem dưỡng da giả nhãn hiệu</td>
<td class="number">{{ row }}</td></tr>{% endfor %}</tbody></table>
<h2>II. Khuyến cáo</h2>
<p>Người dân không chuyển tiền đặt cọc cho người bán không rõ địa chỉ; giữ lại hóa đơn, tin nhắn, sao kê./.</p>
"""


@pytest.fixture
def template(tmp_path, settings) -> Callable[[str], str]:
    """Store HTML as a template and give its name."""
    folder = tmp_path / "templates"
    folder.mkdir()
    changed = deepcopy(settings.TEMPLATES)
    changed[0]["DIRS"] = [*changed[0]["DIRS"], folder]
    settings.TEMPLATES = changed
    numbers = itertools.count()

    def store(html: str) -> str:
        name = f"throwaway{next(numbers)}.html"
        (folder / name).write_text(html, encoding="utf-8")
        return name

    return store


def notice(**changes) -> OfficialDocument:
    facts = {
        "letterhead": Letterhead("Sở Công Thương", "SCT", "Đồng Tháp", "Ủy ban nhân dân tỉnh Đồng Tháp"),
        "type_abbr": "TB",
        "subject": "Về việc cảnh báo hàng giả và thủ đoạn lừa đảo tháng 01 năm 2026",
        "signatory": Signatory("Phó Giám đốc", "TS. Nguyễn Thị Ánh Tuyết", Authority.DEPUTY, "Giám đốc"),
        "recipients": Recipients(("UBND tỉnh (để báo cáo)", "Công an tỉnh"), ("VT", "QLTM")),
        "number": 5,
        "issued_on": date(2026, 2, 5),
        "grounds": ("Căn cứ Luật Bảo vệ quyền lợi người tiêu dùng", "Căn cứ Nghị định số 55/2024/NĐ-CP"),
    }
    return OfficialDocument(**(facts | changes))


@pytest.fixture
def print_notice(template) -> Callable[..., bytes]:
    """PDF of a notice of two pages; ``extra`` is template text after the body block."""

    def render(document: OfficialDocument | None = None, extra: str = "", as_of: datetime = AS_OF) -> bytes:
        name = template('{% extends "documents/decree30.html" %}{% block body %}' + BODY + "{% endblock %}" + extra)
        context = {"document": document or notice(), "rows": range(1, 36)}
        return render_pdf(name, context, title="Thông báo số 05/TB-SCT", as_of=as_of)

    return render


@pytest.fixture(scope="module")
def _printed() -> list[bytes]:
    return []


@pytest.fixture
def pdf(_printed, print_notice) -> bytes:
    """The notice, printed once for the tests of a file."""
    if not _printed:
        _printed.append(print_notice())
    return _printed[0]
