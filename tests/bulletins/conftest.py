"""A month with something to tell, people who write and approve bulletins, a key to sign with."""

from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from agencies.models import Role
from bulletins.models import Audience
from bulletins.services import editing, issuing, items, publishing, signing
from bulletins.spans import Span
from complaints.lodgement import Person
from complaints.models import Category, ProductGroup
from documents.trial_key import make_trial_key
from events import clock
from events.relay import Relay
from tests import factories
from tests.reporting import at_opening, in_english, lead, report  # noqa: F401 - fixtures
from tests.sharing import shared_rows
from tests.stamping import authority  # noqa: F401 - a fixture
from tests.tokens import token, tokens  # noqa: F401 - fixtures
from workflows.deadlines import HANOI
from workflows.services.acceptance import accept_case, assign_case
from workflows.services.conclusion import resolve_case

OCTOBER = Span.of_month("2026-10")


def in_october(day: int = 10, hour: int = 9):
    return clock.frozen(datetime(2026, 10, day, hour, tzinfo=HANOI))


def in_november(day: int = 3, hour: int = 9):
    return clock.frozen(datetime(2026, 11, day, hour, tzinfo=HANOI))


@pytest.fixture(scope="module")
def october(django_db_setup, django_db_blocker):
    """Made once for a module whose tests commit nothing."""
    with shared_rows(django_db_blocker):
        yield lodged_in_october()


@pytest.fixture
def committed_october(transactional_db):
    return lodged_in_october()


def lodged_in_october():
    """Six reports in October, one in September; one fake cream found and sanctioned."""
    ProductGroup.objects.create(code="cosmetics", label_vi="Mỹ phẩm", label_en="Cosmetics")
    for code, label, parent in (
        ("COUNTERFEIT", "Hàng giả", None),
        ("FRAUD", "Lừa đảo", None),
        ("FRAUD_DEPOSIT", "Nhận cọc", "FRAUD"),
    ):
        Category.objects.create(code=code, label_vi=label, label_en=code, parent_id=parent, default_track="violation")
    handler = factories.member("sct")
    with clock.frozen(datetime(2026, 9, 30, 23, 59, tzinfo=HANOI)):
        factories.case()
    with clock.frozen(datetime(2026, 10, 1, 0, 0, tzinfo=HANOI)):
        factories.case(amount=1_000_000)
    with in_october():
        for _ in range(4):
            factories.case(kind="crime", category="FRAUD_DEPOSIT", amount=500_000)
        case = factories.case(
            kind="violation", category="COUNTERFEIT", product_group="cosmetics", product="Kem Trắng Da 0912345678",
            brand="Sen Xanh", seller_name="Cửa hàng Bí Mật", narrative="Chuyện riêng của tôi",
            person=Person(name="Lê Thị Kín", phone="0987654321", address="12 Lê Lợi, phường Cao Lãnh"),
        )  # fmt: skip
    with in_october(20):
        case = accept_case(case_id=case.pk, by=handler, version=1)
        case = assign_case(case_id=case.pk, by=handler, version=2, handler=handler.person)
        resolve_case(
            case_id=case.pk, by=handler, version=3, outcome="sanctioned", answer="Đã phạt.",
            decision_number="15/QĐ-XPHC", decision_date=date(2026, 10, 20), sanction_amount=8_000_000,
            legal_basis="Buôn bán hàng giả", sanctioned_party="Hộ Sen Xanh",
        )  # fmt: skip
    return factories.province()


@pytest.fixture(scope="session")
def trial_key(tmp_path_factory):
    """Paths of a PKCS#12 file, whose password is "thử", and of its certificate."""
    folder = tmp_path_factory.mktemp("key")
    key, certificate = make_trial_key("Sở Công Thương thử nghiệm", "Sở Công Thương", "thử", at=clock.now())
    (folder / "key.p12").write_bytes(key)
    (folder / "key.pem").write_bytes(certificate)
    return folder / "key.p12", folder / "key.pem"


def signing_with(trial_key) -> dict[str, Any]:
    """Settings."""
    key, certificate = map(str, trial_key)
    return {"SIGNING_PKCS12": key, "SIGNING_PKCS12_PASSWORD": "thử", "SIGNING_TRUST": [certificate]}


@pytest.fixture
def signing_key(trial_key, settings):
    for name, value in signing_with(trial_key).items():
        setattr(settings, name, value)
    return trial_key


@pytest.fixture
def editor(db):
    return factories.member("sct", Role.EDITOR)


@pytest.fixture
def approver(db):
    return factories.member("sct", Role.APPROVER)


def relay() -> None:
    Relay(["slow", "notify"]).run_until_idle()


ADVICE = {"title": "Kiểm tra trước khi mua", "text": "Xem nhãn, hóa đơn và mã truy xuất trước khi trả tiền."}
PRODUCT = {
    "title": "Kem Trắng Da không rõ nguồn gốc", "product": "Kem Trắng Da", "brand": "Sen Xanh", "barcode": "8934588012112",
    "risk": "Chứa chất cấm", "how_to_recognise": "Nhãn mờ", "what_to_do": "Ngừng dùng và báo cơ quan chức năng.",
    "identifiers": "https://shop-gia.example/kem\n0909123456",
}  # fmt: skip
SCAM = {
    "title": "Giả danh nhân viên giao hàng", "how_it_goes": "Gọi báo có đơn, xin chuyển khoản 30.000 đồng.",
    "how_to_recognise": "Không cho kiểm hàng", "what_to_do": "Không chuyển tiền khi chưa thấy hàng.",
}  # fmt: skip
VIOLATOR = {
    "title": "Hộ kinh doanh Sen Xanh", "business": "Hộ Sen Xanh", "decision_number": "15/QĐ-XPHC",
    "decision_date": date(2026, 10, 20), "decision_issuer": "Chi cục Quản lý thị trường", "act": "Buôn bán hàng giả",
    "area": "Phường Cao Lãnh", "sanction_amount": 8_000_000, "reply_asked_on": date(2026, 10, 12),
}  # fmt: skip


def written(province, by, span=OCTOBER, kinds=("product", "scam", "violator", "advice")):
    """A bulletin with an item of each kind, being written; its charts drawn."""
    version = editing.begin_bulletin(province=province, span=span, audience=Audience.PUBLIC, by=by)
    given = {"product": PRODUCT, "scam": SCAM, "violator": VIOLATOR, "advice": ADVICE}
    for kind in kinds:
        item = items.write_item(province=province, kind=kind, given=given[kind], by=by)
        version = editing.add_item(version_id=version.pk, item_id=item.pk, revision=version.revision, by=by)
    version = editing.edit_version(
        version_id=version.pk, revision=version.revision, given={"signatory_name": "Nguyễn Văn Ký"}, by=by
    )
    relay()
    version.refresh_from_db()
    return version


def numbered(version, by):
    version = issuing.submit(version_id=version.pk, revision=version.revision, by=by)
    version = issuing.give_number(version_id=version.pk, revision=version.revision, by=by)
    relay()
    version.refresh_from_db()
    return version


def published(version, by, approver):
    version = numbered(version, by)
    version = issuing.approve(version_id=version.pk, revision=version.revision, sha256=version.sha256, by=approver)
    version = signing.ask_signature(version_id=version.pk, revision=version.revision, by=approver)
    relay()
    version.refresh_from_db()
    return publishing.publish(version_id=version.pk, revision=version.revision, by=by)


@contextmanager
def spoiled(version):
    """Its file is not what was signed, for a while."""
    path = Path(default_storage.path(str(version.issued.name)))
    signed = path.read_bytes()
    path.write_bytes(signed + b"x")
    yield
    path.write_bytes(signed)
