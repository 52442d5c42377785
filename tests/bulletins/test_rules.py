"""What holds whoever asks: constraints, the second person, violators that come down, the order of a section."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from agencies.models import Role
from bulletins.bulletin_states import State
from bulletins.errors import AlreadyBegun
from bulletins.models import BulletinVersion, ItemSource, VersionEditor, WarningItem
from bulletins.selectors_published import published_items
from bulletins.services import editing, issuing, items, publishing
from bulletins.services.checking import check_version, waive_check
from events import clock
from tests import factories
from tests.bulletins.conftest import ADVICE, OCTOBER, VIOLATOR, in_november, numbered, published, written
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import Case

pytestmark = pytest.mark.django_db


def test_every_editor_of_an_item_is_kept_from_approving(october, editor):
    helper = factories.member("sct", Role.EDITOR, Role.APPROVER)
    with in_november():
        version = written(october, editor)
        item = version.entries.get(item__kind="advice").item
        items.edit_item(item_id=item.pk, revision=item.revision, given=ADVICE | {"title": "Xem nhãn"}, by=helper)
        version.refresh_from_db()
        version = numbered(version, editor)
        with pytest.raises(MoveNotAllowed):
            issuing.approve(version_id=version.pk, revision=version.revision, sha256=version.sha256, by=helper)
    assert VersionEditor.objects.filter(version=version).count() == 2


def test_whose_older_item_was_taken_in_is_told_of_that_alone(client, october, editor):
    writer = factories.member("sct", Role.EDITOR, Role.APPROVER)
    with in_november():
        old = items.write_item(province=october, kind="advice", given=ADVICE, by=writer)
        version = written(october, editor, kinds=("product", "scam", "violator"))
        version = editing.add_item(version_id=version.pk, item_id=old.pk, revision=version.revision, by=editor)
        version = numbered(version, editor)
        with pytest.raises(MoveNotAllowed, match="có mục do bạn soạn"):
            issuing.approve(version_id=version.pk, revision=version.revision, sha256=version.sha256, by=writer)
        client.force_login(writer.person)
        shown = client.get(reverse("backoffice:bulletin-approve", args=[version.pk]))
    assert (shown.context["editors"], shown.context["item_writers"]) == ([editor.person], [writer.person])
    told = shown.content.decode()
    assert "Có mục do những người này soạn" in told
    assert "Bạn đã sửa bản tin này" not in told


def test_who_edits_the_bulletin_too_is_its_editor(october, editor):
    writer = factories.member("sct", Role.EDITOR)
    with in_november():
        old = items.write_item(province=october, kind="advice", given=ADVICE, by=writer)
        version = written(october, editor, kinds=())
        version = editing.add_item(version_id=version.pk, item_id=old.pk, revision=version.revision, by=editor)
        part = VersionEditor.objects.get(version=version, person=writer.person)
        assert part.by_item
        editing.compute_figures(version_id=version.pk, revision=version.revision, by=writer)
    part.refresh_from_db()
    assert not part.by_item


@pytest.mark.parametrize("change", ["hash", "person", "nobody"])
def test_the_database_itself_refuses_an_approval_that_is_none(october, editor, approver, change):
    with in_november():
        version = numbered(written(october, editor), editor)
    given = {
        "hash": {"approved_sha256": "0" * 64, "approved_by": approver.person},
        "person": {"approved_sha256": version.sha256, "approved_by": editor.person},
        "nobody": {"approved_sha256": version.sha256},
    }[change]
    rows = BulletinVersion._base_manager.filter(pk=version.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**given, state=State.APPROVED)


def test_one_working_and_one_published_version(october, editor, approver, signing_key):
    with in_november():
        first = published(written(october, editor), editor, approver)
        issuing.begin_correction(version_id=first.pk, revision=first.revision, what_changed="Sửa", by=editor)
        first.refresh_from_db()
        with pytest.raises(MoveNotAllowed):
            issuing.begin_correction(version_id=first.pk, revision=first.revision, what_changed="Sửa", by=editor)


def test_a_violator_comes_down_after_thirty_days(october, editor, approver, signing_key):
    with in_november():
        published(written(october, editor), editor, approver)
        assert published_items(kind="violator").count() == 1
        soon = clock.now()
    with clock.frozen(soon + timedelta(days=29)):
        assert (publishing.take_down_due(), published_items(kind="violator").count()) == (0, 1)
    with clock.frozen(soon + timedelta(days=30)):
        assert published_items(kind="violator").count() == 0
        assert (publishing.take_down_due(), publishing.take_down_due()) == (1, 0)
        assert published_items().count() == 3
    # Taken down is taken down, whatever the clock says.
    with in_november():
        assert not published_items(kind="violator").exists()


def test_search_and_filters_of_what_is_published(october, editor, approver, signing_key, django_assert_num_queries):
    with in_november():
        published(written(october, editor), editor, approver)
        assert [item.kind for item in published_items(query="kem trang da")] == ["product"]
        assert not published_items(query="không có chữ này")
        with django_assert_num_queries(1):
            list(published_items(october, kind="scam"))


def test_a_published_copy_does_not_follow_its_item(october, editor, approver, signing_key):
    with in_november():
        version = published(written(october, editor), editor, approver)
        item = version.entries.get(item__kind="advice").item
        items.edit_item(item_id=item.pk, revision=item.revision, given=ADVICE | {"title": "Đã đổi"}, by=editor)
    assert "Đã đổi" not in [copy.title for copy in published_items(october)]


def test_items_move_within_their_section(october, editor):
    with in_november():
        version = written(october, editor, kinds=("product", "advice", "product"))
        first, advice, second = [entry.item_id for entry in version.entries.order_by("position")]
        version = editing.move_item(
            version_id=version.pk, item_id=second, up=True, revision=version.revision, by=editor
        )
        assert [entry.item_id for entry in version.entries.order_by("position")] == [second, advice, first]
        version = editing.move_item(
            version_id=version.pk, item_id=second, up=True, revision=version.revision, by=editor
        )
        assert [entry.item_id for entry in version.entries.order_by("position")] == [second, advice, first]


def test_a_waiver_is_void_once_what_it_was_given_for_has_changed(october, editor):
    with in_november():
        version = written(october, editor, kinds=("product", "advice"))
        item = version.entries.get(item__kind="product").item
        item = items.edit_item(item_id=item.pk, revision=item.revision, given={"what_to_do": ""}, by=editor)
        row = next(row for row in check_version(version_id=version.pk, by=editor) if row.code == "what_to_do")
        waive_check(version_id=version.pk, code=row.code, finding=row.finding, reason="Chưa rõ", by=editor)
        row = next(row for row in check_version(version_id=version.pk, by=editor) if row.code == "what_to_do")
        assert row.verdict == "waived"
        items.edit_item(item_id=item.pk, revision=item.revision, given={"risk": "Khác"}, by=editor)
        row = next(row for row in check_version(version_id=version.pk, by=editor) if row.code == "what_to_do")
        assert row.verdict == "failed"


def test_numbers_are_never_waived(october, editor):
    with in_november():
        version = written(october, editor)
        factories.case()
        with clock.frozen(clock.now() - timedelta(days=10)):
            factories.case()
        row = next(row for row in check_version(version_id=version.pk, by=editor) if row.code == "figures")
        assert row.verdict == "failed"
        with pytest.raises(MoveNotAllowed):
            waive_check(version_id=version.pk, code="figures", finding=row.finding, reason="Kệ", by=editor)


def test_a_withdrawn_source_case_is_told(october, editor):
    with in_november():
        version = written(october, editor, kinds=("product", "advice"))
        case = factories.case()
        item = version.entries.get(item__kind="product").item
        ItemSource.objects.create(item=item, kind="case", case=case)
        Case._base_manager.filter(pk=case.pk).update(state="withdrawn")
        row = next(row for row in check_version(version_id=version.pk, by=editor) if row.code == "sources")
    assert (row.verdict, row.places) == ("failed", [{"what": "withdrawn", "item": item.pk, "field": ""}])


def test_a_violator_without_a_decision_is_refused_by_form_and_database(october, editor):
    with pytest.raises(InvalidInput):
        items.write_item(province=october, kind="violator", given=VIOLATOR | {"decision_number": ""}, by=editor)
    item = items.write_item(province=october, kind="violator", given=VIOLATOR, by=editor)
    with pytest.raises(IntegrityError), transaction.atomic():
        WarningItem.objects.filter(pk=item.pk).update(decision_number="")


def test_another_bulletin_of_a_period_is_begun_by_who_knows_the_first(october, editor):
    asked = {"province": october, "span": OCTOBER, "audience": "public", "by": editor}
    with in_november():
        first = editing.begin_bulletin(**asked, beside=())
        with pytest.raises(AlreadyBegun) as told:
            editing.begin_bulletin(**asked, beside=())
        assert told.value.bulletins == [first.bulletin]
        second = editing.begin_bulletin(**asked, beside=[first.bulletin_id])
    assert second.bulletin_id != first.bulletin_id
