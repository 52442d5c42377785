"""Checks are pure: what they find in a snapshot, and what they must not."""

from dataclasses import replace

import pytest

from bulletins.checks import CHECKS, NEVER_WAIVED, Identity, ItemFacts, Place, Snapshot
from bulletins.item_fields import UNTITLED

WHO = Identity("Lê Thị Kín", "0987 654 321", "kin@thu.example", "12 Lê Lợi, phường Cao Lãnh", "82-7K3F9-Q2MXA")
GOOD = ItemFacts(1, "product", {"title": "Kem trắng", "what_to_do": "Ngừng dùng", "business": ""})
CLEAN = Snapshot(
    items=[GOOD], identities=[WHO], words={"title": "Tháng 10"},
    content={"sections": [{"code": "products", "items": [{"title": "Kem trắng"}]}]},
    figures={"tables": [{"code": "kind", "rows": [["A", 7], ["", None]]}]},
    recomputed={"tables": [{"code": "kind", "rows": [["A", 7], ["", None]]}]},
)  # fmt: skip


def found(code, snapshot=CLEAN):
    return CHECKS[code](snapshot)


def with_text(text, field="text"):
    return replace(CLEAN, items=[replace(GOOD, fields={**GOOD.fields, field: text})])


@pytest.mark.parametrize("code", CHECKS)
def test_what_is_clean_passes(code):
    assert found(code) == []


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Chị Lê Thị Kín đã mua", "name"),
        ("chi LE THI KIN da mua", "name"),
        ("Lê  Thị\nKín", "name"),
        ("gọi 0987654321", "phone"),
        ("gọi +84 987 654 321", "phone"),
        ("gọi 0987.654.321 nhé", "phone"),
        ("thư Kin@Thu.example", "email"),
        ("ở 12 Lê Lợi gần chợ", "address"),
        ("hồ sơ 82-7k3f9-q2mxa", "number"),
    ],
)
@pytest.mark.parametrize("field", ["text", "photo 1", "identifiers"])
def test_personal_data_is_found_wherever_it_stands(text, what, field):
    assert found("personal", with_text(text, field)) == [Place(what, 1, field)]


@pytest.mark.parametrize("text", ["Lê Thị Kính", "Kín", "Phường Cao Lãnh", "1800.6838", "gọi 0912345678", "112 Lê Lợi"])
def test_what_only_looks_like_it_is_left_alone(text):
    assert found("personal", with_text(text)) == []


def test_what_is_found_is_not_repeated_in_the_finding():
    places = found("personal", with_text("Chị Lê Thị Kín, 0987654321"))
    assert "Kín" not in str([place.plain() for place in places])
    assert {place.what for place in places} == {"name", "phone"}


def test_what_is_only_in_print_is_found_too():
    printed = replace(CLEAN, content={"sections": [{"code": "products", "items": [{"title": "Chị Lê Thị Kín"}]}]})
    assert found("personal", printed) == [Place("name", None, "content")]


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({}, ["no_basis", "no_reply"]),
        ({"named_by": "decision"}, ["no_decision", "no_reply"]),
        ({"named_by": "decision", "has_decision": True, "asked_for_reply": True}, []),
        (
            {"named_by": "decision", "has_decision": True, "asked_for_reply": True, "is_listing_over": True},
            ["listed_already"],
        ),
        ({"named_by": "own", "asked_for_reply": True}, ["no_responsibility"]),
        ({"named_by": "own", "asked_for_reply": True, "fields": {"business": "A", "responsibility": "Hội chịu"}}, []),
    ],
)
def test_a_business_is_named_with_a_reason_and_a_reply(change, what):
    item = replace(GOOD, **{"fields": {"business": "Cửa hàng A"}, **change})
    assert [place.what for place in found("named", replace(CLEAN, items=[item]))] == what


def test_the_business_of_a_source_case_is_not_named_unmarked():
    item = replace(GOOD, fields={"text": "Mua ở cửa hàng Ánh Dương"}, sellers=["Cửa hàng Ánh Dương"])
    assert [place.what for place in found("named", replace(CLEAN, items=[item]))] == ["unmarked"]


def test_numbers():
    assert found("figures", replace(CLEAN, recomputed={"tables": []})) == [Place("differ", None, "figures")]
    small = {"tables": [{"code": "kind", "rows": [["A", 4]]}]}
    assert found("groups", replace(CLEAN, figures=small)) == [Place("small", None, "kind")]


@pytest.mark.parametrize(
    ("received", "rows", "what"),
    [
        # The total of a period is no group: it is told, however small it is.
        (3, [], []),
        (0, [], []),
        (12, [["A", 7], ["", 5]], []),
        (12, [["A", 7], ["", None]], []),
        (9, [["A", 7], ["", None]], ["left"]),
        (9, [["A", 7]], ["left"]),
        (7, [["A", 7]], []),
    ],
)
def test_what_a_table_leaves_of_the_total_gives_no_small_group_away(received, rows, what):
    figures = {"received": received, "tables": [{"code": "kind", "rows": rows}]}
    assert [place.what for place in found("groups", replace(CLEAN, figures=figures))] == what


def test_a_scam_method_tells_no_small_number():
    figures = {"tables": [], "scams": [["FRAUD_DEPOSIT", "Nhận cọc", 4]]}
    assert found("groups", replace(CLEAN, figures=figures)) == [Place("small", None, "scams")]


def test_a_title_that_only_stands_in_is_found_and_never_waived():
    bare = replace(CLEAN, items=[replace(GOOD, fields={**GOOD.fields, "title": UNTITLED})])
    assert found("titles", bare) == [Place("untitled", 1, "title")]
    assert "titles" in NEVER_WAIVED


def test_what_to_do_empty_sections_and_withdrawn_sources():
    bare = replace(GOOD, fields={"title": "x"}, has_withdrawn_source=True)
    snapshot = replace(CLEAN, items=[bare], content={"sections": [{"code": "scams", "items": []}]})
    assert found("what_to_do", snapshot) == [Place("missing", 1, "what_to_do")]
    assert found("empty", snapshot) == [Place("scams")]
    assert found("sources", snapshot) == [Place("withdrawn", 1)]
    offered = replace(snapshot, offered=["scams", "violators"])
    assert found("empty", offered) == [Place("scams_offered")]
    # An urgent bulletin is about one thing; without anything it says nothing.
    assert found("empty", replace(snapshot, figures=None)) == []
    assert found("empty", replace(snapshot, items=[])) == [Place("all")]
