"""Registers kept as spreadsheets, lodged by the command."""

import csv
import io
import json
import threading
import zipfile
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from complaints.models import Category, Channel, Complaint, ProductGroup
from events.models import Event
from tests import factories
from tests.complaints.test_tables import repacked, workbook
from workflows.import_columns import TARGETS, Columns, carried, heading_key, recognise
from workflows.management.commands.import_complaints import Command
from workflows.models import Case
from workflows.services import importing

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    factories.rules()
    factories.commune()
    Category.objects.get_or_create(
        code="COUNTERFEIT", defaults={"label_vi": "Hàng giả", "label_en": "Counterfeit goods"}
    )
    ProductGroup.objects.get_or_create(code="cosmetics", defaults={"label_vi": "Mỹ phẩm", "label_en": "Cosmetics"})
    Channel.objects.get_or_create(
        code="shopee", defaults={"label_vi": "Shopee", "label_en": "Shopee", "family": "marketplace"}
    )
    return tmp_path


def run(path: Path, data: bytes | str | None = None, **options: object) -> str:
    if data is not None:
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    out, err = StringIO(), StringIO()
    call_command("import_complaints", str(path), **({"province": "82"} | options), stdout=out, stderr=err)
    return out.getvalue() + err.getvalue()


HEADINGS = [
    "STT", "Số hồ sơ", "Ngày nhận", "Họ tên", "Điện thoại", "Nội dung vụ việc", "Người bán", "Số tiền (đồng)", "Lĩnh vực",
    "Nhóm hàng", "Kênh bán", "Xã/phường", "Ghi chú",
]  # fmt: skip
CELLS = [
    1, "12/2024", "05/11/2024", "Trần Thị B", 912345678, "Mua kem trộn bị dị ứng", "Shop Á", "1,5tr", "hàng giả", "MỸ PHẨM",
    "shopee", "Phường Cao Lãnh", "xong",
]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_register_becomes_cases_with_what_it_said(folder, form):
    title = ["SỔ TIẾP NHẬN ĐƠN NĂM 2024"]
    if form == "xlsx":
        said = run(folder / "so.xlsx", workbook(title, [], HEADINGS, CELLS))
    else:
        text = StringIO()
        csv.writer(text, delimiter=";").writerows([title, HEADINGS, CELLS])
        said = run(folder / "so.csv", text.getvalue())
    assert "1 lodged, 0 there before, 0 bad rows" in said
    assert "nobody knows what they say: Ghi chú" in said
    complaint = Complaint.objects.get()
    assert (complaint.source_id, complaint.amount, complaint.commune_id) == ("12/2024", 1_500_000, "29869")
    assert (complaint.category_id, complaint.product_group_id, complaint.channel_id) == (
        "COUNTERFEIT",
        "cosmetics",
        "shopee",
    )
    assert complaint.received_on.isoformat() == "2024-11-05"
    assert (complaint.complainant.name, complaint.complainant.phone) == ("Trần Thị B", "0912345678")
    assert (complaint.seller_name, complaint.origin, complaint.consent) == ("Shop Á", "import", "imported")
    assert "Ghi" not in complaint.narrative


def test_a_column_may_be_mapped_and_left_out(folder):
    data = "Chuyện,Điện thoại,Tên\nMua hàng giả,0912345678,An\n"
    run(folder / "a.csv", data, pairs=["Chuyện=narrative", "điện thoại=phone", "Tên=-"])
    complaint = Complaint.objects.get()
    assert complaint.indicators.get(kind="phone").value == "+84912345678"
    assert not hasattr(complaint, "complainant")


def test_a_mapping_may_stand_in_a_file(folder):
    (folder / "map.json").write_text(json.dumps({"Chuyện": "narrative"}), encoding="utf-8")
    run(folder / "a.csv", "Chuyện,x\nMua hàng giả,1\n", mapping=folder / "map.json")
    assert Complaint.objects.get().narrative == "Mua hàng giả"


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (["Không có=narrative"], "Không có"),
        (["Nội dung=gossip"], "gossip"),
        (["Nội dung=narrative", "x=narrative"], "narrative"),
        (["Nội dung"], "HEADING=FIELD"),
        (["Nội dung=-"], "Không có cột nào"),
    ],
)
def test_a_mapping_that_cannot_be_is_refused(folder, pairs, said):
    with pytest.raises(CommandError, match=said):
        run(folder / "a.csv", "Nội dung,x\na,b\n", pairs=pairs)


BAD = [
    ("Nội dung,Số tiền\n,5\n", "row 2: "),
    ("Nội dung,Số tiền\nx,nhiều\n", "Số tiền: “nhiều”"),
    ("Nội dung,Số tiền\nx,99999999999999999\n", "Số tiền: "),
    ("Nội dung,Ngày mua\nx,31/02/2024\n", "Ngày mua: “31/02/2024”"),
    ("Nội dung,Ngày mua\nx,01/01/2999\n", "tương lai"),
    ("Nội dung,Ngày mua\nx,45234\n", "Ngày mua: "),
    ("Nội dung,Lĩnh vực\nx,chuyện phiếm\n", "Lĩnh vực: không có “chuyện phiếm” trong danh mục"),
    ("Nội dung,Email\nx,không@\n", "Email: "),
    ("Nội dung,Nhãn hiệu\nx," + "b" * 201 + "\n", "200"),
    ("Nội dung,b\nx,#REF!\n,\n" .replace("b\n", "Nhãn hiệu\n", 1), "#REF!"),
    ("Nội dung,Giá\nx,1,2,3\n", "nhiều ô hơn"),
    ("Nội dung\n" + "x" * 100_001 + "\n", "100000"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "reason"), BAD)
def test_a_bad_row_is_told_by_number_and_in_words_and_stops_nobody(folder, data, reason):
    said = run(folder / "a.csv", data + "Hàng tốt\n")
    assert reason in said
    assert "1 lodged, 0 there before, 1 bad rows" in said
    kept = list(csv.reader((folder / "a.csv.rejected.csv").read_text("utf-8-sig").splitlines()))
    assert len(kept) == 2
    assert kept[1][0] == "2"


def test_every_problem_of_a_row_is_told_at_once(folder):
    said = run(folder / "a.csv", "Nội dung,Số tiền,Ngày mua\nx,nhiều,hôm nào\n")
    assert "nhiều" in said
    assert "hôm nào" in said


def test_a_dry_run_tells_the_same_and_writes_nothing(folder):
    data = "Nội dung,Số tiền\nMột,5\nHai,nhiều\nMột,5\n"
    said = run(folder / "a.csv", data, dry_run=True)
    assert "2 would be lodged, 0 there before, 1 bad rows" in said
    assert "row 3: " in said
    assert (Case.objects.count(), Event.objects.count()) == (0, 0)
    assert "2 lodged, 0 there before, 1 bad rows" in run(folder / "a.csv", data)
    assert "0 would be lodged, 2 there before, 1 bad rows" in run(folder / "a.csv", dry_run=True)


def test_a_dry_run_of_lines_writes_nothing_either(folder):
    said = run(folder / "a.jsonl", '{"id": 1, "text": "x"}\n{"id": 1, "text": "y"}\n', dry_run=True)
    assert "1 would be lodged, 0 there before, 1 bad lines" in said
    assert Case.objects.count() == 0


def test_a_dry_run_says_that_there_is_no_route(tmp_path):
    factories.province()
    with pytest.raises(CommandError, match="no routing rule"):
        run(tmp_path / "a.csv", "Nội dung\nx\n", dry_run=True)


def test_all_or_nothing(folder):
    with pytest.raises(CommandError, match="1 bad rows"):
        run(folder / "a.csv", "Nội dung,Số tiền\nMột,5\nHai,nhiều\n", all_or_nothing=True)
    assert Case.objects.count() == 0
    assert "1 lodged" in run(folder / "a.csv", "Nội dung,Số tiền\nMột,5\n", all_or_nothing=True)


def test_all_or_nothing_takes_back_what_fails_late(folder, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 1)
    before = importing.Lodging._lodge

    def refuse(self, new):
        if self.progress.read and new:
            self._reject(new[0][0], "breaks a rule of the database", new[0][1])
        else:
            before(self, new)

    monkeypatch.setattr(importing.Lodging, "_lodge", refuse)
    with pytest.raises(CommandError, match="1 bad rows"):
        run(folder / "a.csv", "Nội dung\nMột\nHai\n", all_or_nothing=True)
    assert Case.objects.count() == 0


def test_killed_in_between_the_next_run_goes_on(folder, monkeypatch):
    monkeypatch.setattr(importing, "BATCH", 2)
    data = "Nội dung\n" + "".join(f"Chuyện {n}\n" for n in range(5)) + "Chuyện 1\n"
    before = importing.Lodging.take

    def killed(self, batch):
        if self.progress.read >= 2:
            raise KeyboardInterrupt
        return before(self, batch)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(importing.Lodging, "take", killed)
        run(folder / "a.csv", data)
    assert Case.objects.count() == 2
    assert "4 lodged, 2 there before, 0 bad rows" in run(folder / "a.csv")
    assert "0 lodged, 6 there before, 0 bad rows" in run(folder / "a.csv")


def test_a_mended_register_lodges_only_what_is_new(folder):
    run(folder / "a.csv", "STT,Nội dung,Số tiền\n1,Một,5\n2,Hai,nhiều\n")
    said = run(folder / "b.csv", "STT,Nội dung,Số tiền\n1,Hai,7\n2,Một,5\n")
    assert "1 lodged, 1 there before, 0 bad rows" in said


def test_the_report_can_be_mended_and_sent_again(folder):
    run(folder / "a.csv", "Nội dung,Người bán,Số tiền\nMột,=Shop(1),5\nHai,+Shop,nhiều\n")
    report = folder / "a.csv.rejected.csv"
    text = report.read_text("utf-8-sig")
    assert "'+Shop" in text
    said = run(folder / "b.csv", text.replace("nhiều", "7", 2).replace("“7”", "x"))
    assert "1 lodged, 0 there before, 0 bad rows" in said
    assert set(Complaint.objects.values_list("seller_name", flat=True)) == {"=Shop(1)", "+Shop"}


def test_a_number_of_the_register_used_for_another_story_is_told(folder):
    run(folder / "a.csv", "Số hồ sơ,Nội dung\n7,Một\n")
    said = run(folder / "b.csv", "Số hồ sơ,Nội dung\n7,Khác hẳn\n")
    assert "row 2: " in said
    assert "0 lodged, 0 there before, 1 bad rows" in said


@pytest.mark.parametrize("data", ["", "\n\n", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1aaaa", b"PK\x03\x04"])
def test_a_file_that_is_none_is_refused_in_a_sentence(folder, data):
    with pytest.raises(CommandError, match=r"a\.xlsx: "):
        run(folder / "a.xlsx", data)


def test_no_heading_leads_to_two_fields():
    names = [name for target in TARGETS for name in target.names]
    assert len(names) == len(set(names))
    assert all(name == heading_key(name) for name in names)


@pytest.mark.parametrize(
    ("heading", "code"),
    [
        ("NỘI DUNG", "narrative"), ("Họ và tên", "complainant_name"), ("Số ĐT", "complainant_phone"),
        ("Ngày tiếp nhận đơn" , ""), ("Ngày nhận", "received_on"), ("Số tiền thiệt hại (VNĐ)", "amount"),
        ("Người bán", "seller_name"), ("Seller name", "seller_name"), ("STK", "bank_account"), ("STT", "-"),
    ],
)  # fmt: skip
def test_headings_are_known_folded(heading, code):
    assert recognise([heading]).targets == (code,)


# More rows than are looked at for the headings.
REGISTER = [["Nội dung", "Số tiền"], ["Một", "5"], ["Hai", "nhiều"], *[[f"Chuyện {n}", "7"] for n in range(28)]]


def damaged_below(path: Path) -> Path:
    """A workbook of some rows, the second a bad one, then nothing but damage."""
    rows = workbook(*REGISTER)
    with zipfile.ZipFile(io.BytesIO(rows)) as old:
        sheet = old.read("xl/worksheets/sheet1.xml").partition(b"</sheetData>")[0]
    # More than the parser takes at a time, so that it gives the rows before it finds the damage.
    path.write_bytes(repacked(rows, sheet1=sheet + b"<row/>" * 20_000 + b"<row>"))
    return path


def test_damage_below_keeps_what_was_lodged_and_says_so(folder, monkeypatch):
    path, out = damaged_below(folder / "a.xlsx"), StringIO()
    monkeypatch.setattr(importing, "BATCH", 1)
    with pytest.raises(CommandError, match=r"a\.xlsx: .*hỏng.* was lodged before that stays") as refused:
        call_command("import_complaints", str(path), province="82", stdout=out, stderr=StringIO())
    assert "send the whole file again" in str(refused.value)
    assert "29 lodged, 0 there before, 1 bad rows" in out.getvalue()
    assert Case.objects.count() == 29
    whole = workbook(*REGISTER[:2], ["Hai", "6"], *REGISTER[3:], ["Cuối", "1"])
    assert "2 lodged, 29 there before, 0 bad rows" in run(folder / "b.xlsx", whole)


@pytest.mark.parametrize("option", ["dry_run", "all_or_nothing"])
def test_damage_below_is_found_before_anything_is_lodged(folder, monkeypatch, option):
    path = damaged_below(folder / "a.xlsx")
    monkeypatch.setattr(importing, "BATCH", 1)
    with pytest.raises(CommandError, match="Nothing was lodged"):
        run(path, **{option: True})
    assert Case.objects.count() == 0


def test_damage_found_only_while_lodging_all_or_nothing_leaves_nothing(folder, monkeypatch):
    path = damaged_below(folder / "a.xlsx")
    monkeypatch.setattr(importing, "BATCH", 1)
    before = Command._run
    monkeypatch.setattr(Command, "_run", lambda self, *, dry_run: None if dry_run else before(self, dry_run=False))
    with pytest.raises(CommandError, match="Nothing was lodged"):
        run(path, all_or_nothing=True)
    assert Case.objects.count() == 0


def test_a_reading_that_comes_to_nothing_leaves_no_child(folder):
    threads = threading.active_count()
    with pytest.raises(CommandError, match="Không có cột nào"):
        run(folder / "a.xlsx", workbook(["x"], *[["y" * 1000]] * 2000))
    assert threading.active_count() == threads


def test_of_several_sheets_it_is_said_which_is_read(folder):
    data = workbook(["Nội dung"], ["Một"], title="2023", Sau=[["Nội dung"], ["Hai"], ["Ba"]])
    assert "sheet “2023”; there are also: Sau" in run(folder / "a.xlsx", data)
    assert "2 lodged" in run(folder / "a.xlsx", sheet="Sau")
    with pytest.raises(CommandError, match="không có trang tính nào tên như vậy"):
        run(folder / "a.xlsx", sheet="2022")


def test_of_a_sheet_that_is_not_there_nothing_is_said_to_be_read(folder, capsys):
    (folder / "a.xlsx").write_bytes(workbook(["Nội dung"], ["Một"], title="2023", Sau=[["Nội dung"], ["Hai"]]))
    with pytest.raises(CommandError):
        call_command("import_complaints", str(folder / "a.xlsx"), province="82", sheet="2022")
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("before", "headings", "targets"),
    [
        # A column without a heading is none that stood before.
        ({"Nội dung": "narrative", "": "complainant_name"}, ["", "Nội dung"], ("", "narrative")),
        ({"Nội dung": "narrative", "SĐT": ""}, ["Nội dung", "SĐT"], ("narrative", "complainant_phone")),
        ({"Nội dung": "narrative", "SĐT": "-"}, ["Nội dung", "SĐT"], ("narrative", "-")),
    ],
)
def test_what_was_said_of_columns_stays_with_equal_headings(before, headings, targets):
    assert carried(headings, Columns(tuple(before), tuple(before.values()))).targets == targets
