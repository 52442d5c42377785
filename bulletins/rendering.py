"""A month's warning bulletin (Thông báo, Decree 30/2020/NĐ-CP) as PDF bytes."""

from __future__ import annotations

from datetime import datetime

from agencies.models import Agency, Province
from bulletins.figures import MIN_GROUP, Month
from bulletins.selectors import month_figures
from documents.decree30 import Letterhead, OfficialDocument, Recipients, Signatory
from documents.pdf import render_pdf


def render_draft(province: Province, agency: Agency, month: Month, *, as_of: datetime) -> bytes:
    """An unnumbered, unsigned draft, marked as such. Raises documents.pdf.RenderError."""
    subject = f"Cảnh báo người tiêu dùng tháng {month}"
    return render_pdf(
        "bulletins/warning_bulletin.html",
        {
            "document": _document(province, agency, subject),
            "province": province,
            "figures": month_figures(province, month),
            "min_group": MIN_GROUP,
            "as_of": as_of,
            "unfinished": as_of < month.end,
        },
        title=f"Thông báo: {subject}",
        as_of=as_of,
        stylesheets=["bulletins/warning_bulletin.css"],
    )


def _document(province: Province, agency: Agency, subject: str) -> OfficialDocument:
    return OfficialDocument(
        letterhead=Letterhead(
            issuer=agency.name.removesuffix(f" {province.title} {province.name}"),
            abbreviation=agency.abbreviation,
            place=province.name,
            superior=f"Ủy ban nhân dân {province.title} {province.name}",
        ),
        type_abbr="TB",
        subject=subject,
        signatory=Signatory(title="Giám đốc", name=""),
        recipients=Recipients(
            entries=(
                f"UBND {province.title} (để báo cáo)",
                f"Công an {province.title}",
                "Hội Bảo vệ quyền lợi người tiêu dùng",
                "UBND các xã, phường",
                "Báo và phát thanh, truyền hình",
            )
        ),
        draft=True,
    )


def issuing_agency(province: Province) -> Agency | None:
    """The lead agency of the province."""
    return province.agencies.filter(is_lead=True, is_active=True).order_by("code").first()
