"""A violator is listed for thirty days, counted from when its decision was told first (NĐ 55/2024 Đ24.3)."""

from datetime import timedelta

import pytest

from bulletins.models import PublishedItem, WarningItem
from bulletins.selectors_published import LISTED_FOR, is_listing_over
from bulletins.services import editing, items
from bulletins.spans import Span
from bulletins.told_words import unnamed_copies
from events import clock
from tests.bulletins.conftest import VIOLATOR, in_november, published, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(october, editor, approver, signing_key) -> PublishedItem:
    with in_november(3):
        return published(written(october, editor), editor, approver).published_items.get(kind="violator")


def test_the_same_decision_in_a_later_bulletin_begins_nothing_anew(first, october, editor, approver):
    with in_november(20):
        before = written(october, editor, span=Span.of_month("2026-09"))
        later = published(before, editor, approver).published_items.get(kind="violator")
    assert later.item_id != first.item_id
    assert later.down_on == first.down_on == first.published_at.date() + LISTED_FOR


def test_once_it_is_over_the_check_says_so(first, october, editor):
    with clock.frozen(first.published_at + timedelta(days=31)):
        again = items.write_item(province=october, kind="violator", given=VIOLATOR, by=editor)
        other = items.write_item(
            province=october, kind="violator", given=VIOLATOR | {"decision_number": "16/QĐ-XPHC"}, by=editor
        )
        assert [is_listing_over(item) for item in (again, other)] == [True, False]
        assert not is_listing_over(WarningItem(kind="product", province=october))


def test_a_title_that_grows_by_defanging_is_published(october, editor, approver, signing_key):
    """PostgreSQL refuses what is longer than its column; SQLite does not."""
    with in_november(3):
        draft = written(october, editor)
        given = {"title": ("www.a.b.c.example " * 12)[:200], "product": "Kem", "what_to_do": "Ngừng dùng."}
        item = items.write_item(province=october, kind="product", given=given, by=editor)
        draft = editing.add_item(version_id=draft.pk, item_id=item.pk, revision=draft.revision, by=editor)
        made = published(draft, editor, approver).published_items.get(item=item)
    assert len(made.title) > 200
    made.full_clean(exclude=["content", "search_text"])


def test_copies_that_may_name_nobody_are_one_query(first, django_assert_num_queries):
    version = first.version
    with clock.frozen(first.published_at + timedelta(days=31)), django_assert_num_queries(1):
        [copy] = unnamed_copies([version])[version.bulletin_id]
        assert (copy.pk, copy.version.bulletin_id) == (first.pk, version.bulletin_id)
