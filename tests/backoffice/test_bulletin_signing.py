"""A bulletin signed with a token and stamped; and what its page says where that fails."""

import logging
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from bulletins.bulletin_states import State
from bulletins.services import issuing, publishing, signing
from documents import signing as papers
from documents.signing import verify_pdf
from documents.trial_key import make_trial_key
from events import clock, registry
from events.models import Delivery
from tests.bulletins.conftest import (  # noqa: F401 - fixtures
    approver,
    authority,
    editor,
    in_november,
    numbered,
    october,
    relay,
    signing_key,
    token,
    tokens,
    trial_key,
    written,
)
from tests.documents.test_signing import pdfsig
from tests.tokens import OTHER_PIN, PIN

pytestmark = pytest.mark.django_db
AGAIN = "Xem lại rồi yêu cầu ký lần nữa"
BY_ITSELF = "hệ thống tự thử lại"


@pytest.fixture
def approved(october, editor, approver):  # noqa: F811
    with in_november():
        version = numbered(written(october, editor), editor)
        yield issuing.approve(version_id=version.pk, revision=version.revision, sha256=version.sha256, by=approver)


@pytest.fixture
def shown(client, approver, approved):  # noqa: F811
    """The approver's page of the bulletin."""
    client.force_login(approver.person)

    def look() -> str:
        return client.get(reverse("backoffice:bulletin", args=[approved.pk])).content.decode()

    return look


def ask(version, by):
    version.refresh_from_db()
    signing.ask_signature(version_id=version.pk, revision=version.revision, by=by)
    relay()
    version.refresh_from_db()
    return version


def tries() -> list[tuple[str, int]]:
    asked = Delivery.objects.filter(handler="bulletins.sign").order_by("pk")
    return [(str(row.state), row.attempts) for row in asked]


def stored(file) -> bytes:
    with default_storage.open(file.name) as opened:
        return opened.read()


def test_by_token_with_a_time_stamp(approved, editor, approver, token, authority, tmp_path):  # noqa: F811
    version = ask(approved, approver)
    assert (version.state, version.signed_as, version.failure) == (State.SIGNED, "Nguyễn Văn Ký", "")
    issued = stored(version.issued)
    assert issued.startswith(stored(version.frozen))
    [report] = verify_pdf(issued)
    assert (report.intact, report.whole, report.trusted, report.stamped) == (True, True, True, True)
    assert "Signature is Valid" in pdfsig(issued, tmp_path)
    version = publishing.publish(version_id=version.pk, revision=version.revision, by=editor)
    assert version.state == State.PUBLISHED


def test_a_wrong_pin_is_tried_once(approved, approver, token, settings, shown, caplog):  # noqa: F811
    settings.SIGNING_PKCS11_PIN = OTHER_PIN
    with caplog.at_level(logging.DEBUG):
        version = ask(approved, approver)
        with clock.frozen(clock.now() + timedelta(days=1)):
            relay()
    assert (version.state, version.issued_sha256) == (State.APPROVED, "")
    assert [state for state, _ in tries()] == ["done"]
    page = shown()
    assert "Thiết bị ký không nhận mã PIN" in page
    assert AGAIN in page
    assert BY_ITSELF not in page
    for said in (page, caplog.text, version.failure):
        assert OTHER_PIN not in said
    settings.SIGNING_PKCS11_PIN = PIN
    version = ask(approved, approver)
    assert (version.state, version.failure) == (State.SIGNED, "")


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("SIGNING_PKCS11_MODULE", "/nowhere/lib.so", "Không nạp được thư viện SIGNING_PKCS11_MODULE"),
        ("SIGNING_PKCS11_TOKEN", "vắng", "Không thấy thiết bị ký"),
        ("SIGNING_PKCS11_CERTIFICATE", "vắng", "không có chứng thư"),
    ],
)
def test_what_is_missing_is_tried_again(
    approved, approver, token, settings, shown, setting, value, said  # noqa: F811
):  # fmt: skip
    right = getattr(settings, setting)
    setattr(settings, setting, value)
    assert ask(approved, approver).state == State.APPROVED
    page = shown()
    assert said in page
    assert BY_ITSELF in page
    setattr(settings, setting, right)
    with clock.frozen(clock.now() + timedelta(hours=1)):
        relay()
    approved.refresh_from_db()
    assert (approved.state, approved.failure) == (State.SIGNED, "")


@pytest.fixture
def expired_key(tmp_path, settings):
    key, _certificate = make_trial_key("Sở Công Thương", "Sở Công Thương", "thử", at=datetime(2016, 1, 1, tzinfo=UTC))
    (tmp_path / "old.p12").write_bytes(key)
    settings.SIGNING_PKCS12, settings.SIGNING_PKCS12_PASSWORD = str(tmp_path / "old.p12"), "thử"


EXPIRED = "Chứng thư dùng để ký đã hết hạn"


def test_with_an_expired_certificate_nothing_is_asked_for(client, approved, approver, expired_key):  # noqa: F811
    client.force_login(approver.person)
    url = reverse("backoffice:bulletin-move", args=[approved.pk, "sign"])
    refused = client.post(url, {"revision": approved.revision})
    assert refused.status_code == 400
    assert EXPIRED in refused.content.decode()
    assert tries() == []


def test_a_certificate_that_expires_before_the_relay_comes(
    approved, approver, signing_key, settings, shown, tmp_path, request  # noqa: F811
):  # fmt: skip
    signing.ask_signature(version_id=approved.pk, revision=approved.revision, by=approver)
    request.getfixturevalue("expired_key")
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        relay()
    assert [state for state, _ in tries()] == ["done"]
    page = shown()
    assert EXPIRED in page
    assert AGAIN in page
    approved.refresh_from_db()
    assert (approved.state, approved.signature_asked_by) == (State.APPROVED, None)


def test_an_authority_out_of_order(approved, approver, signing_key, authority, shown):  # noqa: F811
    authority.manner = "error"
    version = ask(approved, approver)
    assert (version.state, version.issued_sha256) == (State.APPROVED, "")
    assert tries() == [("due", 1)]
    page = shown()
    assert "Không liên lạc được với tổ chức cấp dấu thời gian" in page
    assert BY_ITSELF in page
    authority.manner = "granted"
    version = ask(approved, approver)
    assert (version.state, version.failure) == (State.SIGNED, "")
    assert verify_pdf(stored(version.issued))[0].stamped
    with clock.frozen(clock.now() + timedelta(days=1)):
        relay()
    assert [state for state, _ in tries()] == ["done", "done"]
    version.refresh_from_db()
    assert verify_pdf(stored(version.issued))[0].stamped
    assert authority.asked == 2


def test_the_relays_lease_is_longer_than_everything_that_is_waited_for():
    signing_token = pytest.importorskip("documents.signing_token")
    waited = papers.STAMP_SECONDS + signing_token.WAIT_SECONDS + papers.VERIFY_SECONDS
    assert registry.HANDLERS["bulletins.sign"].lease > timedelta(seconds=waited)
