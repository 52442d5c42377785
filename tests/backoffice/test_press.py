"""What press and broadcasters are handed, what they record, and that nothing else is theirs."""

import io
from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from PIL import Image

from agencies.models import Role
from bulletins.models import Bulletin, BulletinVersion, Coverage, PublishedItem
from bulletins.rendering import version_content
from bulletins.selectors_press import items_to_carry
from bulletins.services import editing, publishing
from bulletins.services import items as items_service
from bulletins.spans import Span
from events import clock
from events.models import Event
from tests import factories
from tests.backoffice.conftest import sign_in
from tests.bulletins.conftest import (  # noqa: F401 - fixtures
    PRODUCT,
    VIOLATOR,
    approver,
    editor,
    in_november,
    october,
    published,
    relay,
    signing_key,
    trial_key,
    written,
)
from workflows.models import Case

pytestmark = pytest.mark.django_db
CARRIED = {"medium": "radio", "place": "Thời sự 18 giờ", "carried_on": "03/11/2026", "carried_at": "10:30"}


def page(name, *args):
    return reverse(f"backoffice:press{name}", args=args)


@pytest.fixture
def broadcaster(db):
    factories.province()
    return factories.member("ptth", Role.PRESS)


@pytest.fixture
def told(editor, approver):  # noqa: F811
    """A product and a violator, as publishing leaves them; the way there has tests of its own."""
    with in_november(hour=9):
        made = as_published(factories.province(), editor, approver)
    with in_november(hour=11):
        yield made


def as_published(province, editor, approver):  # noqa: F811
    now = clock.now()
    bulletin = Bulletin.objects.create(
        province=province, agency=editor.agency, period_kind="month", first_day=date(2026, 10, 1),
        last_day=date(2026, 10, 31), created_by=editor.person, created_at=now,
    )  # fmt: skip
    items = [items_service.write_item(province=province, kind=kind, given=given, by=editor)
             for kind, given in (("product", PRODUCT), ("violator", VIOLATOR))]  # fmt: skip
    version = BulletinVersion(
        bulletin=bulletin, number=1, state="published", title="Cảnh báo người tiêu dùng tháng 10/2026", sha256="a" * 64,
        approved_sha256="a" * 64, approved_by=approver.person, edited_by=editor.person, edited_at=now, published_at=now,
        issued=default_storage.save("bulletins/told.pdf", ContentFile(b"%PDF-1.7")), issued_sha256="b" * 64,
        issued_on=date(2026, 11, 3),
    )  # fmt: skip
    version.content = version_content(version, items)
    version.save()
    PublishedItem.objects.bulk_create(publishing._copies(version))
    return version


def item_of(version, kind):
    return PublishedItem.objects.get(version=version, kind=kind)


@pytest.mark.both_profiles
def test_from_publishing_to_what_was_carried(october, broadcaster, editor, approver, signing_key, monkeypatch):  # noqa: F811
    with in_november(hour=9):
        told = published(written(october, editor), editor, approver)
    with in_november(hour=11):
        _carried(told, broadcaster, editor)
    # One is enough here: each takes its seconds.
    monkeypatch.setattr("bulletins.services.prints.items_to_carry", lambda version: items_to_carry(version)[:1])
    relay()
    monkeypatch.setattr("bulletins.services.prints.MAKERS", {})  # what is asked for now was made when it was published
    _has_prints(told, broadcaster)


def _carried(told, broadcaster, editor):  # noqa: F811
    client, desk = sign_in(broadcaster), sign_in(editor)
    assert told.title in client.get(page("")).content.decode()
    shown = client.get(page("-bulletin", told.pk)).content.decode()
    for part in (
        "Text to read aloud",
        "Poster, A4",
        "Share image",
        "Kem Trắng Da không rõ nguồn gốc",
        "Kính thưa bà con.",
    ):
        assert part in shown
    pdf = client.get(page("-pdf", told.pk))
    assert pdf.content.startswith(b"%PDF")
    assert "Số 1" not in pdf["Content-Disposition"]
    text = client.get(page("-announcement", told.pk)).content.decode("utf-8-sig")
    assert "Ngừng dùng và báo cơ quan chức năng." in text
    one = client.get(page("-item-announcement", item_of(told, "product").pk)).content.decode("utf-8-sig")
    assert "Ngừng dùng" in one
    assert "Sen Xanh" not in one.split("Nhãn hiệu: Sen Xanh")[1]

    assert client.post(page("-bulletin", told.pk), CARRIED | {"link": "https://ptth.example/1"}).status_code == 302
    assert client.post(page("-bulletin", told.pk), CARRIED).status_code == 302  # a double tap
    carried = Coverage.objects.get()
    assert (carried.agency, carried.recorded_by) == (broadcaster.agency, broadcaster.person)
    event = Event.objects.get(kind="bulletin.carried")
    assert event.data["coverage"] == carried.pk
    assert "Thời sự" not in str(event.data)

    for url in (page("-bulletin", told.pk), reverse("backoffice:bulletin", args=[told.pk])):
        seen = desk.get(url).content.decode()
        assert "Carried 1 time" in seen
        assert "Thời sự 18 giờ" in seen
        assert 'href="https://ptth.example/1"' in seen
    assert desk.post(page("-strike", carried.pk)).status_code in (403, 409)
    assert client.post(page("-strike", carried.pk)).status_code == 302
    assert client.post(page("-strike", carried.pk)).status_code == 302
    assert Event.objects.filter(kind="bulletin.coverage_struck").count() == 1
    assert "Carried 0 times" in desk.get(page("-bulletin", told.pk)).content.decode()


def _has_prints(told, broadcaster):
    client, item = sign_in(broadcaster), item_of(told, "product")
    poster = client.get(page("-poster", item.pk))
    assert poster["Content-Type"] == "application/pdf"
    assert poster["Content-Disposition"] == f'attachment; filename="to-treo-{item.slug[:60]}.pdf"'
    assert poster.content.startswith(b"%PDF")
    with Image.open(io.BytesIO(client.get(page("-share-image", item.pk)).content)) as image:
        assert image.size == (1200, 630)


@pytest.mark.both_profiles
def test_nobody_else_reads_what_is_not_theirs(told, broadcaster, editor):  # noqa: F811
    draft = editing.begin_bulletin(
        province=factories.province(), span=Span.of_month("2026-09"), audience="public", title="Chưa công bố", by=editor
    )
    client = sign_in(broadcaster)
    assert draft.title not in client.get(page("")).content.decode()
    unknown = client.get(page("-bulletin", 999_999))
    for name in ("-bulletin", "-pdf", "-announcement"):
        assert client.get(page(name, draft.pk)).status_code == unknown.status_code == 404
    assert client.post(page("-bulletin", draft.pk), CARRIED).status_code == 404
    far = factories.agency("xa")
    far.provinces.set([factories.province("24", "Bắc Ninh")])
    stranger = sign_in(factories.member("xa", Role.PRESS))
    assert told.title not in stranger.get(page("")).content.decode()
    for name, pk in (("-bulletin", told.pk), ("-poster", item_of(told, "product").pk), ("-pdf", told.pk)):
        assert stranger.get(page(name, pk)).status_code == 404
    carried = Coverage.objects.create(
        version=told, agency=broadcaster.agency, medium="radio", place="Thời sự", carried_at=told.published_at,
        recorded_by=broadcaster.person, recorded_at=told.published_at,
    )  # fmt: skip
    colleague = sign_in(factories.member("bao", Role.PRESS))
    assert "Thời sự" not in colleague.get(page("-bulletin", told.pk)).content.decode()
    assert colleague.post(page("-strike", carried.pk)).status_code == 404
    assert sign_in(factories.member("sct", Role.HANDLER)).get(page("-bulletin", told.pk)).status_code == 403


def test_what_was_withdrawn_is_not_handed_out_but_its_coverage_is_recorded(told, broadcaster, approver):  # noqa: F811
    item = item_of(told, "product")
    publishing.withdraw(version_id=told.pk, revision=told.revision, reason="Nhầm lô hàng", by=approver)
    client = sign_in(broadcaster)
    shown = client.get(page("-bulletin", told.pk)).content.decode()
    assert "Do not carry it any more" in shown
    assert "Poster, A4" not in shown
    for name, pk in (("-pdf", told.pk), ("-announcement", told.pk), ("-poster", item.pk), ("-share-image", item.pk)):
        assert client.get(page(name, pk)).status_code == 404
    assert client.post(page("-bulletin", told.pk), CARRIED).status_code == 302


def test_after_thirty_days_a_violator_is_in_nothing_that_is_handed_out(told, broadcaster):
    violator = item_of(told, "violator")
    PublishedItem.objects.filter(pk=violator.pk).update(down_on=told.published_at.date() - timedelta(days=1))
    client = sign_in(broadcaster)
    shown = client.get(page("-bulletin", told.pk)).content.decode()
    assert "Hộ kinh doanh Sen Xanh" not in shown
    assert "A listing in it has come down" in shown
    assert "Hộ" not in client.get(page("-announcement", told.pk)).content.decode()
    for name, pk in (("-pdf", told.pk), ("-poster", violator.pk), ("-item-announcement", violator.pk)):
        assert client.get(page(name, pk)).status_code == 404


@pytest.mark.parametrize(("changed", "sentence"), [
    ({"medium": "carrier pigeon"}, "Select a valid choice"),
    ({"place": " "}, "This field is required"),
    ({"carried_on": "31/02/2026"}, "Write the day"),
    ({"carried_on": "03/11/2026", "carried_at": "23:59"}, "in the future"),
    ({"carried_on": "01/11/2026"}, "not published yet"),
    ({"link": "javascript:alert(1)"}, "not an address of the web"),
    ({"link": "file:///etc/passwd"}, "not an address of the web"),
    ({"place": "x" * 500}, "at most 160"),
])  # fmt: skip
def test_bad_input_is_refused_in_words_and_kept(told, broadcaster, changed, sentence):
    answer = sign_in(broadcaster).post(page("-bulletin", told.pk), CARRIED | {"note": "Đã gõ"} | changed)
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in shown
    assert "Đã gõ" in shown
    assert not Coverage.objects.exists()


@pytest.mark.both_profiles
def test_the_pages_cost_a_fixed_number_of_queries(told, broadcaster, django_assert_max_num_queries):
    client = sign_in(broadcaster)
    for minute in range(5):
        client.post(page("-bulletin", told.pk), CARRIED | {"carried_at": f"10:{minute:02}"})
    with django_assert_max_num_queries(12):
        client.get(page(""))
    with django_assert_max_num_queries(20):
        client.get(page("-bulletin", told.pk))


def test_a_commune_is_handed_what_is_for_its_loudspeakers(told, broadcaster):
    told.bulletin.audience = "communes"
    told.bulletin.save()
    commune = factories.agency("commune1")
    commune.commune = factories.commune()
    commune.save()
    assert sign_in(factories.member("commune1", Role.PRESS)).get(page("-bulletin", told.pk)).status_code == 200
    assert sign_in(broadcaster).get(page("-bulletin", told.pk)).status_code == 404


def test_no_case_is_visible_to_the_press_not_even_in_an_agency_that_has_some(at_desk):
    own = factories.case()
    who = factories.member("sct", Role.PRESS)
    assert not Case.objects.visible_to(who).exists()
    client = at_desk(who)
    for url in (
        reverse("backoffice:case", args=[own.number]), reverse("backoffice:search"), reverse("backoffice:figures"),
        reverse("backoffice:bulletins"), reverse("backoffice:reports"), reverse("backoffice:audit"),
        reverse("backoffice:assisted"), reverse("backoffice:exports"),
    ):  # fmt: skip
        answer = client.get(url)
        assert answer.status_code in (403, 404), url
        assert own.number not in answer.content.decode().replace(url, "")
    front = client.get(reverse("backoffice:queue")).content.decode()
    assert own.number not in front
    assert "To publish and broadcast" in front
