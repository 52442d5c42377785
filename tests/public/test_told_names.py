"""Whom a bulletin may still name, once it was withdrawn, corrected, or something in it was taken down."""

import hashlib
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse

from agencies.models import Role
from bulletins.announcement import announcement
from bulletins.models import Bulletin, BulletinVersion, PublishedItem, WarningItem
from bulletins.rendering import version_content
from bulletins.services import checking, editing, issuing, items, publishing
from documents.services.numbering import take_number
from events import clock
from events.models import Event
from events.relay import Relay
from events.services.recording import record_event
from tests import factories
from tests.backoffice.conftest import sign_in
from tests.bulletins.conftest import PRODUCT, VIOLATOR, approver, editor, in_november  # noqa: F401 - fixtures
from tests.factories import standing
from workflows.errors import InvalidInput, MoveNotAllowed

pytestmark = [pytest.mark.django_db, pytest.mark.both_profiles]
PHOTO = {"sha256": "a" * 64, "alt": "Hộp kem", "width": 40, "height": 30}
WHOM = "Sen Xanh"
LISTS = ("/ban-tin/", "/ban-tin/atom.xml", "/ban-tin/feed.json")


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["pages"].clear()


@pytest.fixture
def bulletin(editor):  # noqa: F811
    with in_november():
        return Bulletin.objects.create(
            province=factories.province(), agency=editor.agency, period_kind="month", first_day=date(2026, 10, 1),
            last_day=date(2026, 10, 31), created_by=editor.person, created_at=clock.now(),
        )  # fmt: skip


@pytest.fixture
def product(bulletin, editor):  # noqa: F811
    return items.write_item(province=bulletin.province, kind="product", given=PRODUCT | {"brand": ""}, by=editor)


@pytest.fixture
def violator(bulletin, editor):  # noqa: F811
    return items.write_item(province=bulletin.province, kind="violator", given=VIOLATOR, by=editor)


def tell(bulletin, told, editor, approver, **words):  # noqa: F811
    """The next version as publishing leaves it, without its way there."""
    now, number = clock.now(), bulletin.versions.count() + 1
    for old in bulletin.versions.filter(state="published"):
        old.replace(at=now)
        old.save()
    pdf = f"%PDF-1.7 {bulletin.pk} {number}".encode()
    version = BulletinVersion(**{
        "bulletin": bulletin, "number": number, "state": "published", "title": "Cảnh báo tháng 10/2026",
        "what_changed": "Sửa tên hàng." if number > 1 else "", "sha256": "a" * 64, "approved_sha256": "a" * 64,
        "approved_by": approver.person, "edited_by": editor.person, "edited_at": now, "published_at": now,
        "issued": default_storage.save("bulletins/told-names.pdf", ContentFile(pdf)), "issued_on": date(2026, 11, 3),
        "issued_sha256": hashlib.sha256(pdf).hexdigest(),
        "registered": take_number(agency=bulletin.agency, year=2026, document_type="TB", purpose="x", by=editor.person),
        **words,
    })  # fmt: skip
    version.content = version_content(version, told, checking.correction_of(version))
    version.content["charts"] = [{"code": "compared", "svg": "<svg/>", "title": "x", "alt": "x"}]
    version.save()
    PublishedItem.objects.bulk_create(publishing._copies(version))
    for copy in version.published_items.filter(kind="product"):
        photo = PHOTO | {"file": default_storage.save("bulletins/names.jpg", ContentFile(b"\xff\xd8"))}
        PublishedItem.objects.filter(pk=copy.pk).update(content=copy.content | {"photos": [photo]})
    record_event(bulletin.stream, "bulletin.published", by=editor, version=version.pk)
    return version


def withdrawn(version, approver, reason="Nguồn tin sai."):  # noqa: F811
    return publishing.withdraw(version_id=version.pk, revision=version.revision, reason=reason, by=approver)


def read(client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


class TestWithdrawn:
    def test_what_a_correction_replaced_goes_with_the_bulletin(
        self,
        client,
        bulletin,
        product,
        violator,
        editor,  # noqa: F811
        approver,  # noqa: F811
    ):
        own = f"/ban-tin/{bulletin.pk}"
        with in_november(3):
            tell(bulletin, [product, violator], editor, approver, introduction="Trong kỳ có hàng giả.")
        with in_november(4):
            second = tell(bulletin, [product], editor, approver)
            assert WHOM in read(client, f"{own}/1/")
            assert client.get(f"{own}/1/bieu-do/compared.svg").status_code == 200
            assert client.get(f"{own}/1/thong-bao.pdf").status_code == 200
        with in_november(5):
            withdrawn(second, approver)
            page = read(client, f"{own}/1/")
            for gone in (WHOM, "Trong kỳ có hàng giả", product.title, "thong-bao.pdf"):
                assert gone not in page
            assert "Nguồn tin sai." in page
            assert "05/11/2026" in page
            assert client.get(f"{own}/1/bieu-do/compared.svg").status_code == 404
            assert client.get(f"{own}/1/thong-bao.pdf").status_code == 410
            assert client.get(f"/canh-bao/{product.pk}/anh/{'a' * 64}.jpg").status_code == 404

    def test_no_word_of_it_names_anybody(self, client, bulletin, violator, editor, approver):  # noqa: F811
        with in_november(3):
            tell(bulletin, [violator], editor, approver)
        with in_november(4):
            second = tell(
                bulletin, [violator], editor, approver, title="Về Hộ Sen Xanh", what_changed="Nêu rõ Hộ Sen Xanh."
            )
            assert WHOM in read(client, "/ban-tin/")
        with in_november(5):
            withdrawn(second, approver, "Hộ Sen Xanh không vi phạm.")
            for one in (*LISTS, f"/ban-tin/{bulletin.pk}/", f"/ban-tin/{bulletin.pk}/1/"):
                page = read(client, one)
                assert WHOM not in page, one
                assert "Sửa tên hàng" not in page
            answer = sign_in(factories.member("ptth", Role.PRESS)).get(reverse("backoffice:press"))
            assert WHOM not in answer.content.decode()

    def test_the_reason_tells_of_nobody_who_complained(self, bulletin, product, editor, approver, in_case):  # noqa: F811
        with in_november(3):
            version = tell(bulletin, [product], editor, approver)
            version.entries.create(item=product, position=1)
            product.sources.create(kind="case", case=in_case)
            with pytest.raises(InvalidInput):
                withdrawn(version, approver, "Chị Lê Thị Kín báo nhầm, số 0987 654 321.")
            withdrawn(version, approver, "Người gửi báo nhầm.")


@pytest.fixture
def in_case(bulletin):
    from complaints.lodgement import Person

    return factories.case(person=Person(name="Lê Thị Kín", phone="0987654321"))


class TestTakenDown:
    def test_by_an_approver_with_a_reason(self, client, bulletin, product, violator, editor, approver):  # noqa: F811
        own = f"/ban-tin/{bulletin.pk}"
        with in_november(3):
            first = tell(bulletin, [product, violator], editor, approver)
        with in_november(4):
            tell(bulletin, [product], editor, approver)
            address = reverse("backoffice:warning-take-down", args=[first.pk, violator.pk])
            desk = sign_in(approver)
            assert address in desk.get(reverse("backoffice:bulletin", args=[first.pk])).content.decode()
            assert desk.get(address).status_code == 200
            assert desk.post(address, {"reason": " "}).status_code == 400
            assert WHOM in read(client, f"{own}/1/")
            assert desk.post(address, {"reason": "Quyết định bị hủy"}).status_code == 302
            assert WHOM not in read(client, f"{own}/1/")
            assert client.get(f"{own}/1/thong-bao.pdf").status_code == 410
            assert client.get(f"{own}/2/thong-bao.pdf").status_code == 200
            assert "Quyết định bị hủy" in desk.get(reverse("backoffice:bulletin", args=[first.pk])).content.decode()
        violator.refresh_from_db()
        assert violator.taken_down_reason == "Quyết định bị hủy"
        event = Event.objects.get(kind="warning.taken_down_early")
        assert "hủy" not in str(event.data)
        first_time = violator.taken_down_at
        publishing.take_down(item_id=violator.pk, reason="Lần nữa", by=approver)
        violator.refresh_from_db()
        assert (violator.taken_down_at, violator.taken_down_reason) == (first_time, "Quyết định bị hủy")

    def test_the_reason_tells_of_nobody_who_complained(self, bulletin, product, editor, approver, in_case):  # noqa: F811
        with in_november(3):
            version = tell(bulletin, [product], editor, approver)
            product.sources.create(kind="case", case=in_case)
            address = reverse("backoffice:warning-take-down", args=[version.pk, product.pk])
            refused = sign_in(approver).post(address, {"reason": "Ảnh lộ mặt chị Lê Thị Kín, 0987 654 321"})
            assert refused.status_code == 400
            assert "Kín, 0987 654 321" in refused.content.decode()
            product.refresh_from_db()
            assert (product.taken_down_at, product.taken_down_reason) == (None, "")
            publishing.take_down(item_id=product.pk, reason="Ảnh lộ mặt người gửi", by=approver)
        # Emptied by itself, it leaves the item taken down.
        WarningItem.objects.filter(pk=product.pk).update(taken_down_reason="")
        product.refresh_from_db()
        assert product.taken_down_at

    def test_by_nobody_else(self, bulletin, product, editor, approver):  # noqa: F811
        with in_november(3):
            version = tell(bulletin, [product], editor, approver)
            address = reverse("backoffice:warning-take-down", args=[version.pk, product.pk])
            desk = sign_in(editor)
            assert address not in desk.get(reverse("backoffice:bulletin", args=[version.pk])).content.decode()
            assert desk.post(address, {"reason": "x"}).status_code in (403, 409)
            with pytest.raises(MoveNotAllowed):
                publishing.take_down(item_id=product.pk, reason="x", by=editor)
            for role in (Role.PRESS, Role.HANDLER):
                assert sign_in(factories.member("khac", role)).post(address, {"reason": "x"}).status_code == 403
        assert not WarningItem.objects.exclude(taken_down_at=None).exists()

    def test_a_photo_and_what_is_handed_over(self, client, bulletin, product, editor, approver):  # noqa: F811
        with in_november(3):
            version = tell(bulletin, [product], editor, approver)
            copy = version.published_items.get()
            photo = f"/canh-bao/{product.pk}/anh/{'a' * 64}.jpg"
            assert client.get(photo).status_code == 200
            publishing.take_down(item_id=product.pk, reason="Ảnh che chưa kỹ", by=approver)
            assert client.get(photo).status_code == 404
            press = sign_in(factories.member("ptth", Role.PRESS))
            assert press.get(reverse("backoffice:press-poster", args=[copy.pk])).status_code == 404
            assert press.get(reverse("backoffice:press-pdf", args=[version.pk])).status_code == 404

    def test_no_draft_that_holds_it_gets_a_number(self, bulletin, product, editor, approver):  # noqa: F811
        with in_november(3):
            first = tell(bulletin, [product], editor, approver)
            first.entries.create(item=product, position=1)
            draft = issuing.begin_correction(
                version_id=first.pk, revision=first.revision, what_changed="Sửa ảnh.", by=editor
            )
            draft = editing.edit_version(
                version_id=draft.pk,
                revision=draft.revision,
                given={"signatory_name": "A", "signatory_title": "B"},
                by=editor,
            )
            publishing.take_down(item_id=product.pk, reason="Ảnh che chưa kỹ", by=approver)
            draft = issuing.submit(version_id=draft.pk, revision=draft.revision, by=editor)
            with pytest.raises(InvalidInput, match="đã bị gỡ"):
                issuing.give_number(version_id=draft.pk, revision=draft.revision, by=editor)


class TestAfterThirtyDays:
    def test_a_correction_does_not_name_anew(self, client, bulletin, product, violator, editor, approver):  # noqa: F811
        own = f"/ban-tin/{bulletin.pk}"
        with in_november(3):
            first = tell(bulletin, [product, violator], editor, approver)
        with clock.frozen(first.published_at + timedelta(days=31)):
            publishing.take_down_due()
            second = tell(
                bulletin, [product], editor, approver, title="Về Hộ Sen Xanh", introduction="Hộ Sen Xanh bị phạt.",
                what_changed="Bổ sung về Hộ Sen Xanh.",
            )  # fmt: skip
            for one in (*LISTS, f"{own}/", f"{own}/1/"):
                assert WHOM not in read(client, one), one
            assert client.get(f"{own}/2/thong-bao.pdf").status_code == 410
            press = sign_in(factories.member("ptth", Role.PRESS))
            for name in ("press", "press-bulletin", "press-announcement"):
                args = [] if name == "press" else [second.pk]
                answer = press.get(reverse(f"backoffice:{name}", args=args))
                assert answer.status_code == 200
                assert "sen xanh" not in answer.content.decode().lower(), name
            assert press.get(reverse("backoffice:press-pdf", args=[second.pk])).status_code == 404

    def test_a_file_that_names_nobody_is_handed_out(self, client, bulletin, product, violator, editor, approver):  # noqa: F811
        with in_november(3):
            first = tell(bulletin, [product, violator], editor, approver)
        with clock.frozen(first.published_at + timedelta(days=31)):
            tell(bulletin, [product], editor, approver)
            assert client.get(f"/ban-tin/{bulletin.pk}/2/thong-bao.pdf").status_code == 200


class TestMail:
    def mailed(self) -> str:
        mail.outbox.clear()
        Relay(["mailing"]).run_until_idle()
        [message] = mail.outbox
        [(html, _kind)] = message.alternatives
        return "\n".join([message.subject, message.body, html])

    def test_names_no_violator_in_any_word(self, bulletin, violator, product, editor, approver):  # noqa: F811
        standing.subscriber()
        product.title = "Kem của Hộ Sen Xanh"
        with in_november(3):
            tell(bulletin, [violator, product], editor, approver, title="Về Hộ Sen Xanh")
            first = self.mailed()
            assert WHOM not in first
            assert "Bản tin tháng 10" in first
        with in_november(4):
            second = tell(bulletin, [product], editor, approver, what_changed="Bỏ Hộ Sen Xanh.")
            assert WHOM not in self.mailed()
            withdrawn(second, approver, "Hộ Sen Xanh không vi phạm.")
            assert WHOM not in self.mailed()


def test_words_are_told_as_the_paper_prints_them(client, bulletin, product, editor, approver):  # noqa: F811
    link, number = "https://gia.example/x", "0909123456"
    with in_november(3):
        tell(bulletin, [product], editor, approver)
    with in_november(4):
        words = {"title": f"Xem {link}", "introduction": f"Gọi {number}", "what_changed": f"Bỏ {link}, {number}"}
        second = tell(bulletin, [product], editor, approver, **words)
        press = sign_in(factories.member("ptth", Role.PRESS))
        pages = [read(client, one) for one in (*LISTS, f"/ban-tin/{bulletin.pk}/")]
        pages += [
            read(press, reverse("backoffice:press")),
            read(press, reverse("backoffice:press-bulletin", args=[second.pk])),
        ]
        withdrawn(second, approver, f"Sai {link} {number}")
        pages += [read(client, f"/ban-tin/{bulletin.pk}/")]
    for page in pages:
        assert "gia.example" not in page
        assert number not in page


def test_read_aloud_it_names_nobody_who_may_not_be_named(bulletin, violator, product, editor, approver):  # noqa: F811
    with in_november(3):
        first = tell(bulletin, [violator], editor, approver)
        second = tell(bulletin, [product], editor, approver, title="Về Hộ Sen Xanh", what_changed="Bỏ Hộ Sen Xanh.")
    made = announcement(second, [], list(first.published_items.all()))
    assert "sen xanh" not in str(made.paragraphs).lower()
    assert "Bản tin tháng" in str(made.paragraphs)
