"""What an approver reads before and after: waivers, both files by their names, and pages that go on by themselves."""

import pytest

from bulletins.checks import Check
from bulletins.models import BulletinVersion
from bulletins.services import issuing, publishing, signing
from documents import signing as papers
from documents.signing_errors import CANNOT_SIGN, SigningError
from events import progress
from tests.backoffice.test_bulletins import page
from tests.bulletins.conftest import (  # noqa: F401 - fixtures
    approver,
    editor,
    in_november,
    numbered,
    october,
    relay,
    signing_key,
    trial_key,
    written,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(october, editor):  # noqa: F811
    with in_november():
        yield numbered(written(october, editor), editor)


@pytest.fixture
def approved(version, approver):  # noqa: F811
    return issuing.approve(version_id=version.pk, revision=version.revision, sha256=version.sha256, by=approver)


@pytest.fixture
def desk(client, approver):  # noqa: F811
    client.force_login(approver.person)
    return client


@pytest.fixture
def told(monkeypatch):
    """What open pages hear of."""
    heard: list[str] = []
    monkeypatch.setattr(progress, "CARRIERS", [heard.append])
    return heard


def shown(desk, name, version) -> str:
    return desk.get(page(name, version.pk)).content.decode()


def asked(version, by):
    signing.ask_signature(version_id=version.pk, revision=version.revision, by=by)


def test_waivers_stand_where_the_pdf_is_approved(desk, version, editor):  # noqa: F811
    assert "đã cho qua" not in shown(desk, "bulletin-approve", version)
    version.checks.filter(code="sources").update(
        verdict="waived", waived_by=editor.person, waived_reason="Hồ sơ rút vì gửi trùng"
    )
    text = shown(desk, "bulletin-approve", version)
    assert f"{editor.person} đã cho qua: Hồ sơ rút vì gửi trùng" in text
    assert str(Check.SOURCES.label) in text


def test_both_files_are_told_apart_and_which_one_the_public_gets(desk, approved, approver, editor, signing_key):  # noqa: F811
    before = shown(desk, "bulletin-approve", approved)
    assert "Tệp PDF cần duyệt" not in before
    assert "PDF đã duyệt" in before
    asked(approved, approver)
    relay()
    approved.refresh_from_db()
    publishing.publish(version_id=approved.pk, revision=approved.revision, by=editor)
    for name in ("bulletin", "bulletin-approve"):
        text = shown(desk, name, approved)
        assert approved.sha256 in text
        assert approved.issued_sha256 in text
        assert "SHA-256 của PDF đã chốt để duyệt" in text
        assert "SHA-256 của PDF đã ký, là tệp công chúng nhận được" in text
    assert "Mở PDF đã chốt" not in shown(desk, "bulletin-approve", approved)


def test_what_is_being_made_appears_by_itself(desk, version, approver, signing_key):  # noqa: F811
    follows = f'data-follow="bulletin:{version.pk}"'
    assert follows not in shown(desk, "bulletin", version)
    BulletinVersion.objects.filter(pk=version.pk).update(sha256="", frozen="")
    assert follows in shown(desk, "bulletin", version)
    BulletinVersion.objects.filter(pk=version.pk).update(sha256=version.sha256, frozen=version.frozen.name)
    version = issuing.approve(version_id=version.pk, revision=version.revision, sha256=version.sha256, by=approver)
    assert follows not in shown(desk, "bulletin", version)
    asked(version, approver)
    waiting = shown(desk, "bulletin", version)
    assert follows in waiting
    for part in ("bulletin-standing", "bulletin-moves", "bulletin-facts"):
        assert f'id="{part}"' in waiting
    relay()
    assert follows not in shown(desk, "bulletin", version)


def test_who_waits_for_the_signature_is_told(approved, approver, signing_key, told, django_capture_on_commit_callbacks):  # noqa: F811
    asked(approved, approver)
    with django_capture_on_commit_callbacks(execute=True):
        signing.sign_asked(approved.pk, approved.sha256)
    assert told == [f"bulletin:{approved.pk}"]


def test_who_waits_is_told_of_a_failure_too(
    approved, approver, signing_key, told, monkeypatch, django_capture_on_commit_callbacks  # noqa: F811
):  # fmt: skip
    asked(approved, approver)

    def refuse(*args, **options):
        raise SigningError(CANNOT_SIGN)

    monkeypatch.setattr(papers, "_appended", refuse)
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(SigningError):
        signing.sign_asked(approved.pk, approved.sha256)
    assert told == [f"bulletin:{approved.pk}"]


def test_who_withdraws_is_told_to_write_no_names(desk, approved, approver, editor, signing_key):  # noqa: F811
    asked(approved, approver)
    relay()
    approved.refresh_from_db()
    publishing.publish(version_id=approved.pk, revision=approved.revision, by=editor)
    text = desk.get(page("bulletin-move", approved.pk, "withdraw")).content.decode()
    assert "không ghi tên, số điện thoại hay địa chỉ của người dân" in text
