"""What a bulletin could say of a period, from what agencies found in it: items not yet written, for an editor to take."""

from __future__ import annotations

from typing import Any

from agencies.models import Agency, Province
from bulletins.charts import drawn_charts
from bulletins.content import period_content
from bulletins.models import ItemKind, WarningItem
from bulletins.rendering import composed, letterhead
from bulletins.selectors import Finding, Sanction, findings, period_figures, scams_of
from bulletins.services.summarising import recount
from bulletins.spans import Span
from events import clock

GENERAL_ADVICE = (
    "Trước khi mua, hãy kiểm tra thông tin người bán, hóa đơn, nhãn hàng hóa và mã truy xuất nguồn gốc; không chuyển tiền "
    "trước cho người chưa kiểm chứng; không cung cấp mật khẩu, mã OTP cho bất kỳ ai."
)


def product_item(finding: Finding) -> WarningItem:
    brand = f" ({finding.brand})" if finding.brand else ""
    return WarningItem(
        kind=ItemKind.PRODUCT, title=f"{finding.product}{brand}"[:200], product=finding.product, brand=finding.brand,
        product_group=finding.group, seller_channel=finding.channels, risk=finding.risk,
        how_to_recognise=finding.how_to_recognise, what_to_do=finding.what_to_do,
    )  # fmt: skip


def scam_item(scam: dict[str, Any]) -> WarningItem:
    """How it goes is the editor's to write: the seed knows how it is recognised."""
    return WarningItem(
        kind=ItemKind.SCAM, title=scam["name"], scam_id=scam["code"], how_to_recognise=scam["how_to_recognise"],
        what_to_do=scam["what_to_do"], text=f"Số tin báo trong kỳ: {scam['reports']}.",
    )  # fmt: skip


def violator_item(sanction: Sanction) -> WarningItem:
    return WarningItem(
        kind=ItemKind.VIOLATOR, title=(sanction.party or f"Quyết định {sanction.number}")[:200], business=sanction.party,
        decision_number=sanction.number, decision_date=sanction.date, decision_issuer=sanction.issuer[:200],
        act=sanction.act[:500], sanction_amount=sanction.amount,
    )  # fmt: skip


def advice_item() -> WarningItem:
    return WarningItem(kind=ItemKind.ADVICE, title="Lời khuyên chung", text=GENERAL_ADVICE)


def proposed_items(province: Province, span: Span, figures: dict[str, Any]) -> list[WarningItem]:
    """Unsaved. A violator is left out: who is named waits for an editor."""
    products = [product_item(finding) for finding in findings(province, span)]
    return [*products, *(scam_item(scam) for scam in scams_of(figures)), advice_item()]


def default_title(span: Span) -> str:
    return f"Cảnh báo người tiêu dùng {span.words}"


def default_recipients(province: Province) -> tuple[str, ...]:
    return (
        f"UBND {province.title} (để báo cáo)", f"Công an {province.title}", "Hội Bảo vệ quyền lợi người tiêu dùng",
        "UBND các xã, phường", "Báo và phát thanh, truyền hình",
    )  # fmt: skip


def month_content(province: Province, agency: Agency, span: Span) -> dict[str, Any]:
    """A draft nobody has edited, for the command line."""
    recount(province.pk, span)
    figures = period_figures(province, span, span.counted_until(clock.now()))
    head = {
        "subject": default_title(span),
        "signatory": {"title": "Giám đốc", "name": ""},
        "recipients": list(default_recipients(province)),
        "letterhead": letterhead(agency, province),
    }
    drawn = {"figures": figures, "charts": drawn_charts(figures, period_content(span), province.pk)}
    return composed(head, drawn, span, proposed_items(province, span, figures), province)
