"""The style guide: every component once, on one page. Served in development only.

The specimens are content, as a citizen or handler would see it, so they are Vietnamese and not translated.
"""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

STATES: list[tuple[str, str]] = [
    ("lodged", "Mới gửi"),
    ("accepted", "Đã thụ lý"),
    ("referred", "Đang chuyển"),
    ("awaiting_complainant", "Chờ bổ sung"),
    ("investigating", "Đang xác minh, xử lý"),
    ("awaiting_respondent", "Chờ doanh nghiệp phản hồi"),
    ("negotiating", "Hỗ trợ thương lượng"),
    ("mediating", "Hòa giải"),
    ("resolved", "Đã giải quyết"),
    ("closed", "Đã đóng"),
    ("refused", "Không thụ lý"),
    ("withdrawn", "Người gửi rút"),
]
TRACKS: list[tuple[str, str]] = [
    ("consumer", "Khiếu nại người tiêu dùng"),
    ("violation", "Vi phạm thị trường"),
    ("crime", "Tố giác, tin báo"),
    ("feedback", "Phản ánh, kiến nghị"),
]


class SpecimenForm(forms.Form):
    """One field of each kind a page uses."""

    kind = forms.ChoiceField(
        label="Chuyện gì đã xảy ra?",
        widget=forms.RadioSelect,
        choices=[
            ("consumer", "Tôi mua hàng, dùng dịch vụ và không hài lòng"),
            ("crime", "Tôi bị lừa mất tiền"),
        ],
    )
    seller = forms.CharField(label="Tên người bán", help_text="Như ghi trên cửa hàng hoặc hóa đơn.", max_length=120)
    amount = forms.CharField(
        label="Số tiền", required=False, widget=forms.TextInput(attrs={"data-money": True, "inputmode": "numeric"})
    )
    occurred_on = forms.DateField(label="Xảy ra ngày nào?", help_text="Ngày/tháng/năm, ví dụ 05/11/2026.")
    product = forms.ChoiceField(
        label="Nhóm hàng", required=False, choices=[("", "—"), ("food", "Thực phẩm"), ("phone", "Điện thoại")]
    )
    channels = forms.MultipleChoiceField(
        label="Bạn biết người bán qua đâu?",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[("facebook", "Facebook"), ("market", "Chợ"), ("phone", "Điện thoại, tin nhắn")],
    )
    story = forms.CharField(label="Nội dung sự việc", widget=forms.Textarea(attrs={"rows": 5}), max_length=4000)
    commune = forms.CharField(label="Xã, phường", required=False, help_text="Gõ tên cũ cũng được.")
    commune_code = forms.CharField(required=False, widget=forms.HiddenInput)
    consent = forms.BooleanField(label="Tôi đồng ý để các cơ quan dùng thông tin này để giải quyết phản ánh của tôi.")


@login_not_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component once. Raises Http404 outside development."""
    if not settings.DEBUG:
        raise Http404
    return render(request, "styleguide.html", specimens())


def specimens() -> dict[str, Any]:
    """What the page shows, with made-up people and cases."""
    now = timezone.now()
    return {
        "form": SpecimenForm(),
        "wrong_form": SpecimenForm({"seller": "", "occurred_on": "31/02/2026", "amount": "1500000", "story": "Mua…"}),
        "move_form": ReasonForm(),
        "icons": icon_names(),
        "states": STATES,
        "tracks": TRACKS,
        "soon": now + timedelta(hours=5),
        "later": now + timedelta(days=6),
        "past": now - timedelta(days=2, hours=3),
        "now": now,
        "timeline": timeline(now),
        **lists(),
    }


class ReasonForm(forms.Form):
    """The small form inside a move."""

    reason = forms.CharField(label="Lý do", widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)


def icon_names() -> list[str]:
    """Names in the icon sprite. Raises FileNotFoundError when the list is missing from the static files."""
    path = finders.find("casemgr/img/icons.json")
    if path is None:
        raise FileNotFoundError("casemgr/img/icons.json")
    names: list[str] = json.loads(Path(path).read_text(encoding="utf-8"))
    return names


def timeline(now: Any) -> list[dict[str, Any]]:
    return [
        {"at": now - timedelta(days=4), "icon": "send", "title": "Đã nhận phản ánh", "actor": "", "text": ""},
        {
            "at": now - timedelta(days=3),
            "icon": "question-circle",
            "kind": "question",
            "title": "Có câu hỏi cho bạn",
            "actor": "Sở Công Thương",
            "text": "Xin gửi ảnh hóa đơn hoặc tin nhắn xác nhận đơn hàng.",
        },
        {
            "at": now - timedelta(days=2),
            "icon": "reply",
            "kind": "answer",
            "title": "Câu trả lời của bạn",
            "text": "Tôi gửi kèm ảnh.",
        },
        {
            "at": now - timedelta(days=1),
            "icon": "lock",
            "kind": "private",
            "title": "Ghi chú",
            "actor": "Nguyễn Văn An",
            "text": "Đã gọi lại.",
        },
        {
            "at": now,
            "icon": "check-lg",
            "kind": "done",
            "title": "Đã giải quyết",
            "actor": "Sở Công Thương",
            "text": "",
        },
    ]


def lists() -> dict[str, Any]:
    return {
        "steps": [
            {"label": "Chuyện gì xảy ra", "url": "#steps"},
            {"label": "Hàng hóa và người bán", "url": "#steps"},
            {"label": "Nội dung sự việc", "url": ""},
            {"label": "Cách liên hệ", "url": ""},
            {"label": "Kiểm tra và gửi", "url": ""},
        ],
        "tabs": [
            {"label": "Việc của tôi", "url": "#tabs", "count": 12, "current": True},
            {"label": "Quá hạn", "url": "#tabs", "count": 3, "urgent": True},
            {"label": "Tất cả", "url": "#tabs", "count": None},
        ],
        "facts": [
            {"label": "Tên người bán", "value": "Cửa hàng Mỹ phẩm Sen Hồng"},
            {"label": "Số tài khoản", "value": "0123 456 789", "hint": "Vietcombank"},
            {"label": "Số tiền", "value": "1.500.000 đ"},
            {"label": "Trang web", "value": ""},
        ],
        "rows": [
            [
                {"label": "Hồ sơ", "value": "DT-2026-000123"},
                {"label": "Tên người bán", "value": "Shop Hoa Súng"},
                {"label": "Số tiền", "value": "1.500.000 đ", "number": True},
            ],
            [
                {"label": "Hồ sơ", "value": "DT-2026-000124"},
                {"label": "Tên người bán", "value": "Trang Facebook “Điện máy giá kho”"},
                {"label": "Số tiền", "value": "23.900.000 đ", "number": True},
            ],
        ],
        "uploads": [{"id": "1", "name": "hoa-don-ban-hang.pdf", "size": 482133, "remove_url": "#upload"}],
        "consequences": ["Người dân được báo ngay.", "Bắt đầu tính thời hạn 15 ngày làm việc."],
        "menu": [
            {"label": "Mới nhất trước", "url": "#dropdown", "current": True},
            {"label": "Sắp đến hạn trước", "url": "#dropdown"},
        ],
        "code_groups": ["K7QF", "9M2X", "4TRB", "W8HD", "3NPA", "6YCE", "2V"],
    }
