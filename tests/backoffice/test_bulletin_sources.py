"""Warnings drafted from cases: of which kind, under which title, from which of them."""

import pytest

from agencies.models import Role
from bulletins.content import item_content
from bulletins.errors import BulletinNotFound
from bulletins.item_fields import UNTITLED
from bulletins.models import ItemPhoto, SourceKind, WarningItem
from bulletins.services import items, sources
from tests import factories
from tests.backoffice.test_bulletins import page
from tests.bulletins.conftest import (
    in_november,
    october,  # noqa: F401 - a fixture
    written,
)
from tests.bulletins.test_photos import photographed  # noqa: F401 - a fixture
from workflows.errors import InvalidInput
from workflows.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def both(db):
    return factories.member("sct", Role.EDITOR, Role.HANDLER)


def of_search(cases, by, **more):
    asked = {"kind": SourceKind.SEARCH, "reference": 1, "province": factories.province(), "by": by}
    return items.draft_from_cases(cases=[case.pk for case in cases], **asked, **more)


def test_the_kind_is_as_most_cases_are_or_as_the_editor_chooses(october, both):  # noqa: F811
    goods = [factories.case(kind="violation", category="COUNTERFEIT", product=f"Kem {n}") for n in range(3)]
    fraud = factories.case(kind="violation", category="FRAUD_DEPOSIT")
    assert of_search([*goods, fraud], both).kind == "product"
    assert of_search([fraud], both).kind == "scam"
    assert of_search(goods, both, item_kind="advice").kind == "advice"
    # A violator is named with its decision, which no search has.
    assert of_search(goods, both, item_kind="violator").kind == "product"


def test_the_page_asks_for_the_kind_and_counts_cases_alone(client, october, both):  # noqa: F811
    client.force_login(both.person)
    with in_november():
        version = written(october, both, kinds=())
        item = of_search([factories.case(), factories.case()], both, item_kind="product")
        shown = client.get(page("warning", version.pk, item.pk)).content.decode()
    assert "2 hồ sơ nguồn" in shown
    assert "3 hồ sơ nguồn" not in shown


def test_a_stand_in_for_a_title_is_neither_saved_nor_printed(october, both):  # noqa: F811
    item = of_search([factories.case()], both, item_kind="product")
    assert item.title == UNTITLED
    assert UNTITLED not in str(item_content(item))
    with pytest.raises(InvalidInput, match="tiêu đề riêng"):
        items.edit_item(item_id=item.pk, revision=1, given={"title": UNTITLED, "product": "Kem"}, by=both)
    with pytest.raises(InvalidInput, match="tiêu đề riêng"):
        items.write_item(province=october, kind="advice", given={"title": UNTITLED, "text": "Xem nhãn."}, by=both)


def test_one_case_is_taken_out(client, october, both):  # noqa: F811
    client.force_login(both.person)
    with in_november():
        version = written(october, both, kinds=())
        kept, other = factories.case(), factories.case()
        item = of_search([kept, other], both, item_kind="product")
        given = {"do": "remove_source", "case": other.pk}
        assert client.post(page("warning", version.pk, item.pk), given).status_code == 302
        shown = client.get(page("warning", version.pk, item.pk)).content.decode()
    assert kept.number in shown
    assert other.number not in shown
    assert set(item.sources.values_list("kind", "case")) == {("case", kept.pk), ("search", None)}


def test_a_case_with_a_photo_in_the_warning_stays_and_so_does_one_nobody_sees(photographed):  # noqa: F811
    item, evidence, editor = photographed
    case = Case.objects.get(complaint=evidence.complaint)
    ItemPhoto.objects.create(
        item=item, evidence=evidence, alt="Hộp", nothing_to_hide=True, file="x", sha256="0" * 64, width=1, height=1,
        placed_by=editor.person, placed_at=item.created_at,
    )  # fmt: skip
    with pytest.raises(InvalidInput, match="ảnh"):
        sources.remove_source(item_id=item.pk, case_id=case.pk, by=editor)
    blind = factories.member("sct", Role.EDITOR)
    with pytest.raises(BulletinNotFound):
        sources.remove_source(item_id=item.pk, case_id=case.pk, by=blind)


def test_a_draft_of_a_case_leaves_the_risk_to_its_editor(client, october, both):  # noqa: F811
    client.force_login(both.person)
    case = factories.case(kind="violation", category="COUNTERFEIT", product="Kem")
    item = items.draft_from_case(case=case, by=both)
    assert (item.kind, item.risk) == ("product", "")
    with in_november():
        version = written(october, both, kinds=())
        shown = client.get(page("warning", version.pk, item.pk)).content.decode()
    label = shown.split('for="warning-what_to_do"')[1].split("</label>")[0]
    assert "không bắt buộc" not in label
    assert "Cần có trước khi cấp số" in shown


@pytest.mark.parametrize("named_by", ["own", "decision"])
def test_a_business_without_its_basis_has_no_empty_brackets(client, october, both, named_by):  # noqa: F811
    client.force_login(both.person)
    with in_november():
        version = written(october, both, kinds=("product",))
        item = version.entries.get().item
        WarningItem.objects.filter(pk=item.pk).update(business="Cửa hàng A", named_by=named_by)
        shown = client.get(page("bulletin", version.pk)).content.decode()
    assert "Cửa hàng A" in shown
    assert "căn cứ:" not in shown


def test_a_case_is_not_taken_out_while_the_words_tell_who_complained(october, both):  # noqa: F811
    case, other = factories.case(), factories.case()
    item = of_search([case, other], both, item_kind="product")
    WarningItem.objects.filter(pk=item.pk).update(risk=f"Như phản ánh của {case.complaint.complainant.name}")
    with pytest.raises(InvalidInput, match="thông tin của người phản ánh"):
        sources.remove_source(item_id=item.pk, case_id=case.pk, by=both)
    WarningItem.objects.filter(pk=item.pk).update(risk="")
    sources.remove_source(item_id=item.pk, case_id=case.pk, by=both)
    assert not item.sources.filter(case=case).exists()
