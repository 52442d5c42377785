"""The abbreviations that searching understands, on the administration site."""

import pytest
from django.urls import reverse

from agencies.models import Role
from search.models import Abbreviation
from tests import factories
from tests.casemgr.offices import added_since, administrator, last_event, posted, signed_in

ADD = reverse("admin:search_abbreviation_add")
GIVEN = {"written": "tmđt", "meaning": "thương mại điện tử", "position": "0"}


def change(written: str) -> str:
    return reverse("admin:search_abbreviation_change", args=[written])


def test_one_is_added_changed_and_taken_out_of_use_on_record(office):
    before = last_event()
    assert (
        office.post(ADD, GIVEN | {"written": " TMĐT ", "meaning": " thương mại  điện tử ,  chợ mạng"}).status_code
        == 302
    )
    row = Abbreviation.objects.get()
    assert (row.written, row.meaning) == ("tmđt", "thương mại điện tử, chợ mạng")
    office.post(change("tmđt"), posted(office, change("tmđt"), meaning="thương mại điện tử", retired="on"))
    row.refresh_from_db()
    assert (row.meaning, row.retired) == ("thương mại điện tử", True)
    added, changed = added_since(before)
    assert (added.kind, changed.kind) == ("reference.added", "reference.changed")
    assert changed.data["fields"] == ["meaning", "retired"]
    assert changed.data["values"] == {"retired": True}
    assert "thương" not in str(added.data) + str(changed.data)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("written", "", "Xin điền mục này."),
        ("written", "hai từ", "Chỉ một từ, gồm chữ cái và chữ số."),
        ("written", "t.khoản", "Chỉ một từ, gồm chữ cái và chữ số."),
        ("written", "?", "Chỉ một từ, gồm chữ cái và chữ số."),
        ("written", "x" * 41, "40"),
        ("meaning", "", "Xin điền mục này."),
        ("meaning", "!?", "Mỗi nghĩa gồm từ một đến năm từ"),
        ("meaning", "một hai ba bốn năm sáu", "Mỗi nghĩa gồm từ một đến năm từ"),
        ("meaning", "một, hai, ba, bốn, năm, sáu", "Không quá 5 nghĩa."),
        ("meaning", "x" * 41, "Từ dài nhất là 40 chữ."),
        ("meaning", "tmdt", "Đó chính là từ viết tắt này"),
        ("meaning", "TMĐT", "Đó chính là từ viết tắt này"),
        ("position", "-1", "0"),
    ],
)
def test_what_means_nothing_is_refused_in_words(office, field, typed, said):
    answer = office.post(ADD, GIVEN | {field: typed})
    assert answer.status_code == 200
    assert said in " ".join(answer.context["adminform"].form.errors[field])
    assert not Abbreviation.objects.exists()


def test_one_that_is_there_is_refused_and_said_where(office):
    Abbreviation.objects.create(written="tmđt", meaning="thương mại điện tử")
    answer = office.post(ADD, GIVEN | {"written": "TMĐT", "meaning": "khác"})
    assert "đã có trong bảng" in " ".join(answer.context["adminform"].form.errors["written"])


def test_what_is_written_stays_what_it_is(office):
    Abbreviation.objects.create(written="tmđt", meaning="thương mại điện tử")
    office.post(change("tmđt"), posted(office, change("tmđt")) | {"written": "khác"})
    assert [row.written for row in Abbreviation.objects.all()] == ["tmđt"]


def test_others_than_the_lead_agency_only_look(boss):
    Abbreviation.objects.create(written="tmđt", meaning="thương mại điện tử")
    police = signed_in(administrator("congan").person)
    assert police.get(change("tmđt")).status_code == 200
    assert police.post(change("tmđt"), GIVEN | {"meaning": "khác"}).status_code == 403
    assert police.post(ADD, GIVEN).status_code == 403
    assert signed_in(factories.member("sct", Role.HANDLER).person).get(change("tmđt")).status_code == 302
