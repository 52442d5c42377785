"""The demo's bulletin of the last full month: drafted from what the demo's agencies found, signed by a key that proves
nothing, published. Every step by the services everybody uses; the relay's part is done here at once."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from agencies.actors import Member
from agencies.models import Province
from bulletins.checks import NEVER_WAIVED
from bulletins.models import Audience, Bulletin, BulletinVersion, ItemKind, Verdict
from bulletins.proposing import advice_item, product_item, scam_item, violator_item
from bulletins.selectors import findings, sanctions, scams_of
from bulletins.services import checking, editing, freezing, issuing, items, publishing, signing
from bulletins.services.summarising import hanoi_day, rebuild
from bulletins.spans import Span
from casemgr.demo import PROVINCE
from casemgr.demo.playing import cast_member
from documents.signing import DEMO_CERTIFICATE, DEMO_KEY, DEMO_PASSWORD, is_configured
from documents.trial_key import make_trial_key
from events import clock

ARTICLE = {
    "title": "Mua phải hàng không đúng như rao bán: bạn có thể làm gì?",
    "text": (
        "Hãy báo ngay cho người bán, bằng tin nhắn hoặc thư để còn lưu lại. Người bán phải thương lượng, hoặc từ chối bằng văn bản "
        "có nêu lý do, trong 7 ngày làm việc.\n\n"
        "Nếu người bán im lặng, hoặc từ chối mà không có lý do chính đáng, bạn có thể nhờ Sở Công Thương hay Hội Bảo vệ quyền lợi "
        "người tiêu dùng hỗ trợ thương lượng.\n\n"
        "Trước tòa, bạn không phải chứng minh lỗi của người bán. Bạn cần giữ lại bằng chứng: ảnh gói hàng trước và sau khi mở, hóa "
        "đơn, tin nhắn, biên nhận chuyển tiền."
    ),
    "legal_source": "Luật Bảo vệ quyền lợi người tiêu dùng số 19/2023/QH15, Điều 56, 57 và 69",
}
REASON = "Bản tin minh họa: nội dung và con người đều do chương trình đặt ra."


def publish_bulletin() -> BulletinVersion | None:
    """The bulletin, once; None where there is one already, or no place for the demo's key. Raises RenderError,
    ChartError, SigningError."""
    if not settings.SIGNING_DEMO or Bulletin.objects.filter(province=PROVINCE).exists():
        return None
    _make_key(Path(settings.SIGNING_DEMO))
    province = Province.objects.get(pk=PROVINCE)
    rebuild(province)
    return _published(_written(province, cast_member("editor@sct")), cast_member("approver@sct"))


def _make_key(folder: Path) -> None:
    if is_configured():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key, certificate = make_trial_key("Khóa minh họa - không có giá trị", "casemgr demo", DEMO_PASSWORD, at=clock.now())
    (folder / DEMO_CERTIFICATE).write_bytes(certificate)
    (folder / DEMO_KEY).touch(mode=0o600)
    (folder / DEMO_KEY).write_bytes(key)


def _written(province: Province, editor: Member) -> BulletinVersion:
    span = Span.holding("month", hanoi_day(clock.now())).before
    version = editing.begin_bulletin(province=province, span=span, audience=Audience.PUBLIC, by=editor)
    for item, cases in _proposed(province, span, version.figures or {"scams": []}):
        kept = items.keep_proposed(item=item, province=province, cases=cases, by=editor)
        version = editing.add_item(version_id=version.pk, item_id=kept.pk, revision=None, by=editor)
    article = items.write_item(province=province, kind=ItemKind.KNOWLEDGE, given=ARTICLE, by=editor)
    version = editing.add_item(version_id=version.pk, item_id=article.pk, revision=None, by=editor)
    given = {"signatory_name": "Trần Văn Minh Họa"}
    version = editing.edit_version(version_id=version.pk, revision=version.revision, given=given, by=editor)
    freezing.draw_charts(version.pk)
    return issuing.submit(version_id=version.pk, revision=version.revision, by=editor)


def _proposed(province: Province, span: Span, figures: dict[str, Any]) -> list[tuple[Any, list[int]]]:
    """Violators with the day they were asked for their reply, as the law wants it."""
    offers: list[tuple[Any, list[int]]] = [(product_item(one), list(one.cases)) for one in findings(province, span)]
    for scam in scams_of(figures):
        offers.append((scam_item(scam), []))
        offers[-1][0].how_it_goes = scam["how_to_recognise"]
    for decided in sanctions(province, span):
        if decided.party and decided.date and decided.act:
            item = violator_item(decided)
            item.reply_asked_on = decided.date - timedelta(days=7)
            offers.append((item, [decided.case]))
    return [*offers, (advice_item(), [])]


def _published(version: BulletinVersion, approver: Member) -> BulletinVersion:
    editor = cast_member("editor@sct")
    for row in checking.check_version(version_id=version.pk, by=editor):
        if row.verdict == Verdict.FAILED and row.code not in NEVER_WAIVED:
            checking.waive_check(version_id=version.pk, code=row.code, finding=row.finding, reason=REASON, by=editor)
    version = issuing.give_number(version_id=version.pk, revision=version.revision, by=editor)
    freezing.lay_out(version.pk)
    version.refresh_from_db()
    version = issuing.approve(version_id=version.pk, revision=version.revision, sha256=version.sha256, by=approver)
    version = signing.ask_signature(version_id=version.pk, revision=version.revision, by=approver)
    signing.sign_asked(version.pk, version.sha256)
    version.refresh_from_db()
    return publishing.publish(version_id=version.pk, revision=version.revision, by=editor)
