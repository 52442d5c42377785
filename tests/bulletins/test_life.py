"""A bulletin's life, through the services and the relay, with real PDFs and a real signature."""

import subprocess

import pytest
from django.core.files.storage import default_storage

from bulletins.bulletin_states import State
from bulletins.models import BulletinVersion, PublishedItem
from bulletins.selectors_published import published_items, published_versions, told_versions
from bulletins.services import freezing, issuing, publishing, signing
from documents.models import RegisteredNumber
from documents.pdf import RenderError
from documents.signing import verify_pdf
from events import progress
from tests.bulletins.conftest import in_november, numbered, published, relay, written
from workflows.errors import MoveNotAllowed

pytestmark = pytest.mark.django_db


def stored(file) -> bytes:
    with default_storage.open(str(file.name)) as opened:
        return opened.read()


def test_from_draft_to_correction_and_withdrawal(october, editor, approver, signing_key, tmp_path):
    with in_november():
        first = published(written(october, editor), editor, approver)
    frozen, issued = stored(first.frozen), stored(first.issued)
    assert issued.startswith(frozen)
    assert len(issued) > len(frozen)
    [report] = verify_pdf(issued)
    assert (report.signer, report.intact, report.whole, report.trusted) == (
        "Sở Công Thương thử nghiệm",
        True,
        True,
        True,
    )
    (tmp_path / "b.pdf").write_bytes(issued)
    said = subprocess.run(["pdfsig", "-nocert", str(tmp_path / "b.pdf")], capture_output=True, text=True).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert [item.kind for item in published_items(october)] == ["product", "scam", "violator", "advice"]

    with in_november(5):
        second = issuing.begin_correction(
            version_id=first.pk, revision=first.revision, what_changed="Sửa tên sản phẩm: ghi nhầm.", by=editor
        )
        assert list(published_versions(october)) == [first]
        second = published(second, editor, approver)
    first.refresh_from_db()
    assert (first.state, second.state) == (State.CORRECTED, State.PUBLISHED)
    assert list(told_versions(october)) == [second, first]
    assert second.content["correction"]["symbol"] == "01/TB-SCT"
    assert second.registered.number == 2
    # The copies of the first stay; the public is shown those of the second, and the thirty days run on.
    assert PublishedItem.objects.count() == 8
    assert {item.version_id for item in published_items(october)} == {second.pk}
    assert len({item.down_on for item in PublishedItem.objects.filter(kind="violator")}) == 1

    with in_november(6):
        publishing.withdraw(
            version_id=second.pk, revision=second.revision, reason="Thông tin không còn đúng.", by=approver
        )
    assert not published_items(october).exists()
    assert not published_versions(october).exists()
    assert told_versions(october).count() == 2


@pytest.fixture
def corrected(october, editor, approver, signing_key):
    """A published bulletin, and a correction of it that is being written."""
    with in_november():
        first = published(written(october, editor), editor, approver)
        yield (
            first,
            issuing.begin_correction(version_id=first.pk, revision=first.revision, what_changed="Sửa tên.", by=editor),
        )


def withdrawn(version, approver):
    version.refresh_from_db()
    return publishing.withdraw(version_id=version.pk, revision=version.revision, reason="Không đúng.", by=approver)


def test_a_correction_of_what_was_withdrawn_goes_away_and_not_on(corrected, editor, approver):
    first, second = corrected
    first = withdrawn(first, approver)
    with pytest.raises(MoveNotAllowed, match="đã bị thu hồi"):
        issuing.submit(version_id=second.pk, revision=second.revision, by=editor)
    with pytest.raises(MoveNotAllowed, match="bản tin mới"):
        issuing.begin_correction(version_id=first.pk, revision=first.revision, what_changed="Sửa.", by=editor)
    second = issuing.discard(version_id=second.pk, revision=second.revision, by=editor)
    assert second.state == State.DISCARDED


def test_a_numbered_correction_of_what_was_withdrawn_is_only_rejected(corrected, editor, approver):
    first, second = corrected
    second = numbered(second, editor)
    withdrawn(first, approver)
    with pytest.raises(MoveNotAllowed, match="đã bị thu hồi"):
        issuing.approve(version_id=second.pk, revision=second.revision, sha256=second.sha256, by=approver)
    second = issuing.reject(version_id=second.pk, revision=second.revision, reason="Đã thu hồi", by=approver)
    assert second.registered is None


def test_a_signed_correction_of_what_was_withdrawn_is_not_published(corrected, october, editor, approver):
    first, second = corrected
    second = numbered(second, editor)
    second = issuing.approve(version_id=second.pk, revision=second.revision, sha256=second.sha256, by=approver)
    second = signing.ask_signature(version_id=second.pk, revision=second.revision, by=approver)
    relay()
    second.refresh_from_db()
    assert second.state == State.SIGNED
    withdrawn(first, approver)
    with pytest.raises(MoveNotAllowed, match="đã bị thu hồi"):
        publishing.publish(version_id=second.pk, revision=second.revision, by=editor)
    assert not published_versions(october).exists()


def test_a_rejected_number_stays_as_void(october, editor, approver):
    with in_november():
        version = numbered(written(october, editor), editor)
        version = issuing.reject(version_id=version.pk, revision=version.revision, reason="Thiếu hình", by=approver)
        assert (version.state, version.sha256, version.registered) == (State.DRAFTING, "", None)
        version = numbered(version, editor)
    assert version.registered.number == 2
    assert list(RegisteredNumber.objects.order_by("number").values_list("voided_reason", flat=True)) == [
        "Thiếu hình",
        "",
    ]
    assert BulletinVersion.objects.count() == 1


@pytest.fixture
def told(monkeypatch):
    """What open pages hear of."""
    heard: list[str] = []
    monkeypatch.setattr(progress, "CARRIERS", [heard.append])
    return heard


@pytest.mark.cold
def test_the_same_content_gives_the_same_bytes_and_who_waits_is_told(
    october, editor, told, django_capture_on_commit_callbacks
):
    with in_november():
        version = numbered(written(october, editor), editor)
        first = version.sha256
        BulletinVersion.objects.filter(pk=version.pk).update(sha256="", frozen="")
        with django_capture_on_commit_callbacks(execute=True):
            freezing.lay_out(version.pk)
    version.refresh_from_db()
    assert version.sha256 == first
    assert told == [f"bulletin:{version.pk}"]


def test_a_layout_that_fails_is_told_and_tried_again(
    october, editor, told, monkeypatch, django_capture_on_commit_callbacks
):
    with in_november():
        version = numbered(written(october, editor), editor)
        BulletinVersion.objects.filter(pk=version.pk).update(sha256="", frozen="")

        def out_of_memory(*args, **options):
            raise RenderError("memory")

        monkeypatch.setattr(freezing, "render_content", out_of_memory)
        with django_capture_on_commit_callbacks(execute=True), pytest.raises(RenderError):
            freezing.lay_out(version.pk)
    version.refresh_from_db()
    assert (version.failure, version.sha256) == ("RenderError", "")
    assert told == [f"bulletin:{version.pk}"]


def test_figures_follow_the_cases_at_constant_cost(october, editor, django_assert_num_queries):
    from bulletins.selectors import period_figures
    from bulletins.services.summarising import recount
    from tests.bulletins.conftest import OCTOBER

    with in_november():
        recount(october.pk, OCTOBER)
        with django_assert_num_queries(7):
            figures = period_figures(october, OCTOBER)
    assert (figures["received"], figures["before"], figures["resolved"]) == (6, 1, 1)
    assert figures["loss"] == 3_000_000
