"""What everybody reads of bulletins: pages and files, without a case being touched, kept no longer than may be."""

from datetime import datetime, timedelta

import pytest
from django.core.cache import caches
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from agencies.models import Role
from bulletins.models import BulletinVersion, PublishedItem, WarningItem
from bulletins.public_address import public_page_of
from bulletins.services import editing, issuing, items, publishing
from events import clock
from tests import factories
from tests.bulletins.conftest import (  # noqa: F401 - fixtures
    in_november,
    lodged_in_october,
    published,
    signing_key,
    signing_with,
    spoiled,
    trial_key,
    written,
)
from tests.public.test_pages import check
from tests.sharing import shared_rows
from workflows.deadlines import HANOI

pytestmark = pytest.mark.django_db
LISTS = (
    "/canh-bao/", "/canh-bao/?q=kem+trang+da&loai=product", "/canh-bao/nhung/", "/canh-bao/atom.xml", "/canh-bao/feed.json",
    "/kien-thuc/", "/ban-tin/", "/ban-tin/atom.xml", "/ban-tin/feed.json", "/du-lieu-mo/", "/du-lieu-mo/so-lieu.csv",
    "/du-lieu-mo/so-lieu.json",
)  # fmt: skip
#: Reference rows; all other tables of the two packages are of cases.
REFERENCE = {"complaints_category", "complaints_productgroup", "complaints_channel"}


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["pages"].clear()


def told_with_a_photo(editor, approver) -> BulletinVersion:
    """A product warning, a scam, a violator, advice, and an article with a photo."""
    province = lodged_in_october()
    with in_november():
        draft = written(province, editor)
        given = {"title": "Quyền trả hàng", "text": "Bảy ngày.", "legal_source": "Luật 19/2023/QH15"}
        article = items.write_item(province=province, kind="knowledge", given=given, by=editor)
        draft = editing.add_item(version_id=draft.pk, item_id=article.pk, revision=draft.revision, by=editor)
        made = published(draft, editor, approver)
    name = default_storage.save("bulletins/test-told.jpg", ContentFile(b"\xff\xd8told"))
    copy = made.published_items.get(kind="product")
    photo = {"sha256": "a" * 64, "file": name, "alt": "Hộp kem, nhãn mờ", "width": 4000, "height": 3000}
    PublishedItem.objects.filter(pk=copy.pk).update(content=copy.content | {"photos": [photo]})
    return made


@pytest.fixture(scope="class")
def told_once(django_db_setup, django_db_blocker, trial_key):  # noqa: F811
    """Its number, and who wrote and who approved it."""
    with shared_rows(django_db_blocker):
        people = factories.member("sct", Role.EDITOR), factories.member("sct", Role.APPROVER)
        with override_settings(**signing_with(trial_key)):
            made = told_with_a_photo(*people)
        yield made.pk, people


@pytest.fixture
def version(told_once):
    return BulletinVersion.objects.get(pk=told_once[0])


def item_of(version: BulletinVersion, kind: str) -> PublishedItem:
    return version.published_items.get(kind=kind)


def address(copy: PublishedItem) -> str:
    return f"/{'kien-thuc' if copy.kind == 'knowledge' else 'canh-bao'}/{copy.item_id}/{copy.slug}/"


def tables(queries) -> set[str]:
    """Tables of complaints and cases that were named."""
    words = {word.strip('"').split('"')[0] for query in queries for word in query["sql"].replace("(", " ").split()}
    return {word for word in words if word.startswith(("complaints_", "workflows_"))} - REFERENCE


@pytest.mark.django_db
def test_before_anything_was_told(client):
    lodged_in_october()
    with in_november():
        for one in LISTS:
            assert client.get(one).status_code == 200, one
        assert "Hiện không có cảnh báo" in client.get("/canh-bao/").content.decode()
        assert "Chưa có bản tin nào" in client.get("/ban-tin/").content.decode()
        for one in ("canh-bao/1/x/", "canh-bao/1/anh/x.jpg", "ban-tin/1/", "ban-tin/1/1/", "ban-tin/1/1/thong-bao.pdf"):
            assert client.get(f"/{one}").status_code == 404
        for one in ("canh-bao", "ban-tin"):
            assert client.get(f"/{one}/{10**30}/{'x/' if one == 'canh-bao' else ''}").status_code == 404


class TestTold:
    def test_whom_to_call_stands_once(self, client, version):
        bulletin = f"/ban-tin/{version.bulletin_id}/"
        with in_november(4):
            for one in (bulletin, address(item_of(version, "product")), "/canh-bao/"):
                assert client.get(one).content.decode().count('href="tel:113"') == 1, one

    def test_no_case_no_cookie_and_kept_until_midnight(self, client, version):
        own = f"/ban-tin/{version.bulletin_id}/"
        files = (f"{own}1/thong-bao.pdf", f"{own}1/bieu-do/compared.svg")
        photo = f"/canh-bao/{item_of(version, 'product').item_id}/anh/{'a' * 64}.jpg"
        pages = [address(copy) for copy in version.published_items.all()]
        for one in (*LISTS, own, *files, photo, *pages):
            with in_november(4), CaptureQueriesContext(connection) as made:
                answer = client.get(one)
            assert answer.status_code == 200, one
            assert tables(made.captured_queries) == set(), one
            assert len(made) <= 12, (one, len(made))
            assert not answer.cookies
            assert "Cookie" not in answer.get("Vary", ""), one
            assert answer["Cache-Control"].startswith("public, max-age=")
            with in_november(4), CaptureQueriesContext(connection) as made:
                again = client.get(one, headers={"if-none-match": answer["ETag"]})
            assert (again.status_code, again.content) == (304, b"")
            if "?q=" not in one:
                # Two for the mark, one more for open data's; the page itself is kept, a large file is not.
                assert len(made) <= (6 if one.endswith(".pdf") else 3), one
            if "text/html" in answer["Content-Type"] and "nhung" not in one:
                check(answer.content.decode())
        night = datetime(2026, 11, 4, 23, 59, 30, tzinfo=HANOI)
        with clock.frozen(night):
            late = client.get("/canh-bao/")
        assert late["Cache-Control"] == "public, max-age=30"
        with clock.frozen(night + timedelta(minutes=1)):
            tomorrow = client.get("/canh-bao/", headers={"if-none-match": late["ETag"]})
            assert tomorrow.status_code == 200
            assert client.get("/canh-bao/", headers={"if-modified-since": late["Last-Modified"]}).status_code == 200

    def test_lists_are_searched_and_filtered(self, client, version):
        def titles(query: str, path: str = "/canh-bao/") -> list[str]:
            answer = client.get(path + query)
            assert answer.status_code == 200
            page = answer.content.decode()
            return [copy.title for copy in version.published_items.order_by("position") if f'{copy.slug}/"' in page]

        with in_november(4):
            assert len(titles("")) == 4
            assert titles("", "/kien-thuc/") == ["Quyền trả hàng"]
            assert titles("?q=KEM+trắng") == titles("?q=kem+trang") == ["Kem Trắng Da không rõ nguồn gốc"]
            assert titles("?loai=scam") == ["Giả danh nhân viên giao hàng"]
            assert titles("?loai=scam&q=kem") == []
            assert "Không có cảnh báo phù hợp" in client.get("/canh-bao/?q=khongco").content.decode()
            for odd in (
                "?q=%00kem",
                "?loai=knowledge",
                "?trang=abc",
                "?trang=99999",
                "?trang=-1",
                "?nhom=",
                "?q=" + "x" * 5000,
            ):
                assert client.get(f"/canh-bao/{odd}").status_code == 200
            assert titles("?nhom=%27%22") == []
            assert "&lt;script&gt;" in client.get("/canh-bao/?q=<script>").content.decode()
            english = client.get("/canh-bao/?lang=en").content.decode()
        assert '<html lang="en"' in english
        assert "?lang=en" in english

    def test_a_warning_says_what_to_do(self, client, version):
        copy = item_of(version, "product")
        with in_november(4):
            for wrong in (
                f"/canh-bao/{copy.item_id}/",
                f"/canh-bao/{copy.item_id}/khac/",
                f"/kien-thuc/{copy.item_id}/x/",
            ):
                answer = client.get(wrong)
                assert (answer.status_code, answer["Location"]) == (301, address(copy))
            page = client.get(address(copy)).content.decode()
        for said in (
            "Ngừng dùng và báo cơ quan",
            "Nhãn mờ",
            'alt="Hộp kem, nhãn mờ"',
            "1800.6838",
            "01/TB-SCT",
            "hxxps://shop-gia[.]",
        ):
            assert said in page
        assert "0909123456" not in page

    def test_thirty_days(self, client, version):
        """A violator is not named any more, on no page and in no file."""
        copy, own = item_of(version, "violator"), f"/ban-tin/{version.bulletin_id}/"
        BulletinVersion.objects.filter(pk=version.pk).update(introduction="Gửi Hộ Sen Xanh.", title="Về hộ Sen Xanh")
        with clock.frozen(version.published_at + timedelta(days=29)):
            assert client.get(address(copy)).status_code == 200
            assert client.get(f"{own}1/thong-bao.pdf").content.startswith(b"%PDF")
            assert "Hộ Sen Xanh" in client.get(own).content.decode()
        with clock.frozen(version.published_at + timedelta(days=30)):
            ended, paper = client.get(address(copy)), client.get(f"{own}1/thong-bao.pdf")
            assert (ended.status_code, paper.status_code) == (410, 410)
            assert "khoản 3 Điều 24" in ended.content.decode()
            assert "khoản 3 Điều 24" in paper.content.decode()
            assert version.issued_sha256 in paper.content.decode()
            for one in (*LISTS, own):
                assert "hộ sen xanh" not in client.get(one).content.decode().lower(), one
            assert version.issued_sha256 in client.get(own).content.decode()

    def test_an_item_taken_down_is_gone_at_once(self, client, version):
        copy = item_of(version, "product")
        with in_november(4):
            assert client.get(address(copy)).status_code == 200
            WarningItem.objects.filter(pk=copy.item_id).update(taken_down_at=clock.now())
            assert client.get(address(copy)).status_code == 410
            assert client.get(f"/canh-bao/{copy.item_id}/anh/{'a' * 64}.jpg").status_code == 404
            assert client.get(f"/ban-tin/{version.bulletin_id}/1/thong-bao.pdf").status_code == 410

    def test_corrected_then_withdrawn(self, client, version, told_once, signing_key):  # noqa: F811
        own, copy, left_out = (
            f"/ban-tin/{version.bulletin_id}/",
            item_of(version, "product"),
            item_of(version, "knowledge"),
        )
        editor, approver = told_once[1]
        with in_november(5):
            second = issuing.begin_correction(
                version_id=version.pk, revision=version.revision, what_changed="Sửa tên: ghi nhầm.", by=editor
            )
            second = editing.remove_item(
                version_id=second.pk, item_id=left_out.item_id, revision=second.revision, by=editor
            )
            second = published(second, editor, approver)
        with in_november(6):
            newest, old = client.get(own).content.decode(), client.get(f"{own}1/").content.decode()
            assert "Sửa tên: ghi nhầm." in newest
            assert public_page_of(second).endswith(own)
            assert "02/TB-SCT" in newest
            assert "Đã được thay thế" in old
            assert left_out.title in old
            assert client.get(f"{own}2/")["Location"] == own
            assert client.get(f"{own}1/thong-bao.pdf").status_code == 200
            assert client.get(address(left_out)).status_code == 410
            assert "Đã đính chính ngày 05/11/2026" in client.get(address(copy)).content.decode()
            assert client.get(f"/canh-bao/{copy.item_id}/anh/{'a' * 64}.jpg").status_code == 200
            publishing.withdraw(version_id=second.pk, revision=second.revision, reason="Nguồn tin sai.", by=approver)
            gone = client.get(own).content.decode()
            assert "Nguồn tin sai." in gone
            assert copy.title not in gone
            assert client.get(f"{own}2/thong-bao.pdf").status_code == 410
            assert client.get(address(copy)).status_code == 410
            assert "told-withdrawn" in client.get("/ban-tin/").content.decode()

    def test_only_the_embedded_list_may_be_framed(self, client, version):
        with in_november(4):
            framed, kept = client.get("/canh-bao/nhung/?so=2"), client.get("/canh-bao/")
            same = client.get("/canh-bao/nhung/?so=2", headers={"if-none-match": framed["ETag"]})
        assert framed.content.decode().count("<li>") == 2
        for answer in (framed, same):
            assert "frame-ancestors *" in answer["Content-Security-Policy"]
            assert "X-Frame-Options" not in answer
        assert "frame-ancestors 'none'" in kept["Content-Security-Policy"]
        assert kept["X-Frame-Options"] == "DENY"

    def test_a_changed_file_is_not_handed_out(self, client, version):
        with spoiled(version), in_november(4):
            assert client.get(f"/ban-tin/{version.bulletin_id}/1/thong-bao.pdf").status_code == 503
