import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from complaints.models import Complaint
from tests import factories
from workflows.models import Case

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    factories.rules()
    factories.commune()
    return tmp_path


def run(folder: Path, *lines: object, **options: str) -> str:
    path = folder / "lines.jsonl"
    path.write_bytes(b"\n".join(x if isinstance(x, bytes) else json.dumps(x).encode() for x in lines))
    out, err = StringIO(), StringIO()
    call_command("import_complaints", str(path), province="82", stdout=out, stderr=err, **options)
    return out.getvalue() + err.getvalue()


def test_a_line_becomes_a_case_with_what_it_said(folder):
    run(
        folder,
        {
            "source_id": "a1", "text": "Giao thiếu hàng, gọi không nghe.", "kind": "consumer", "occurred_on": "03/11/2026",
            "product": "Nồi chiên", "brand": "Ánh", "seller_name": "Shop A", "phone": "0912 345 678", "amount": "1.250.000",
            "commune": "phuong cao lanh", "complainant_name": "Trần Thị B", "complainant_phone": "0987654321",
        },
    )  # fmt: skip
    complaint = Complaint.objects.get()
    assert (complaint.source_id, complaint.amount, complaint.commune_id) == ("a1", 1_250_000, "29869")
    assert complaint.occurred_on.isoformat() == "2026-11-03"
    assert (complaint.consent, complaint.origin) == ("imported", "import")
    assert complaint.complainant.name == "Trần Thị B"
    assert complaint.indicators.get(kind="phone").value == "+84912345678"
    assert complaint.case.owner.code == "sct"


def test_only_text_is_needed_and_id_is_read_as_source_id(folder):
    run(folder, {"id": "x9", "text": "Hàng kém."})
    complaint = Complaint.objects.get()
    assert (complaint.source_id, complaint.kind) == ("x9", "consumer")
    # Nobody chose to be anonymous: the file simply does not say who it was.
    assert not complaint.is_anonymous
    assert not hasattr(complaint, "complainant")


def test_a_second_run_lodges_nothing(folder):
    lines = [{"id": n, "text": f"Chuyện {n}"} for n in range(5)]
    assert "5 lodged, 0 there before" in run(folder, *lines)
    assert "0 lodged, 5 there before" in run(folder, *lines)
    assert "1 lodged, 5 there before" in run(folder, *lines, {"id": 99, "text": "Mới"})
    assert Case.objects.count() == 6


def test_a_repeated_line_without_an_id_is_one_case(folder):
    assert "1 lodged, 1 there before" in run(folder, {"text": "Giống nhau"}, {"text": "Giống nhau"})


def test_an_agency_may_be_named(folder):
    factories.agency("hoi")
    run(folder, {"text": "Chuyện"}, agency="hoi")
    assert Case.objects.get().owner.code == "hoi"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{not json", "not JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b"[1, 2]", "not a JSON object"),
        ({"id": 1}, "text is missing"),
        ({"text": "   "}, "text is missing"),
        ({"text": 5}, "text is missing"),
        ({"text": "a" * 100_001}, "longer than"),
        ({"text": "x", "kind": "gossip"}, "kind is none of"),
        ({"text": "x", "occurred_on": "31/02/2026"}, "no date"),
        ({"text": "x", "occurred_on": "2999-01-01"}, "future"),
        ({"text": "x", "amount": -5}, "no sum"),
        ({"text": "x", "amount": "nhiều"}, "no sum"),
        ({"text": "x", "amount": 10**15}, "no sum"),
        ({"text": "x", "amount": True}, "no sum"),
        ({"text": "x", "product": ["a"]}, "not a text"),
        ({"text": "x", "brand": "b" * 201}, "longer than"),
        (b'{"text": "\\ud800"}', "not valid Unicode"),
    ],
)
def test_a_bad_line_is_reported_kept_and_stops_nobody(folder, line, reason):
    said = run(folder, {"text": "Trước"}, line, {"text": "Sau"})
    assert f"line 2: {reason}" in said or ("line 2: " in said and reason in said)
    assert "2 lodged, 0 there before, 1 bad lines" in said
    kept = (folder / "lines.jsonl.rejected.jsonl").read_bytes()
    assert kept.strip() == (line if isinstance(line, bytes) else json.dumps(line).encode())


def test_nul_and_decomposed_text_are_stored(folder):
    run(folder, {"text": "Hàng\x00 giả"})
    assert Complaint.objects.get().narrative == "Hàng giả"


@pytest.mark.parametrize(
    ("options", "message"), [({"agency": "nowhere"}, "no agency"), ({"province": "99"}, "no province")]
)
def test_a_wrong_place_is_refused(folder, options, message):
    path = folder / "a.jsonl"
    path.write_text('{"text": "x"}')
    with pytest.raises(CommandError, match=message):
        call_command("import_complaints", str(path), **({"province": "82"} | options))


def test_a_missing_file_is_said_plainly(folder):
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_complaints", str(folder / "none.jsonl"), province="82")


def test_a_province_without_rules_is_said_plainly(tmp_path):
    factories.province()
    path = tmp_path / "a.jsonl"
    path.write_text('{"text": "x"}')
    with pytest.raises(CommandError, match="no routing rule"):
        call_command("import_complaints", str(path), province="82")


@pytest.mark.parametrize(
    "written",
    ["1.500.000đ", "1.500.000 đồng", "1,500,000VND", "1 500 000 vnđ", "1.500.000₫", "1500000 đ", 1500000, 1.5e6],
)
def test_an_amount_is_read_the_way_people_write_it(folder, written):
    run(folder, {"text": "Chuyện", "amount": written})
    assert Complaint.objects.get().amount == 1_500_000


def test_an_id_used_before_with_another_story_is_reported_and_kept(folder):
    run(folder, {"id": "a", "text": "Chuyện thứ nhất"})
    said = run(folder, {"id": "a", "text": "Chuyện khác hẳn"})
    assert "đã dùng trước đây với nội dung khác" in said
    assert "0 lodged, 0 there before, 1 bad lines" in said
    assert Complaint.objects.get().narrative == "Chuyện thứ nhất"
