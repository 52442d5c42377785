"""What a field takes and what it refuses: tables of what people type, and of what they should not."""

import unicodedata
from datetime import date, datetime, time, timedelta
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from casemgr.public.fields import MOST_VND, Amount, ClockTime, PastDay, TypedText
from complaints.models import Complaint, Draft, Upload
from events import clock
from tests.public.journeys import STORY, send, visible_text, walk
from workflows.deadlines import HANOI


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("1500000", 1_500_000),
        ("1.500.000", 1_500_000),
        ("1,500,000", 1_500_000),
        ("1 500 000", 1_500_000),
        ("1.500.000,00", 1_500_000),
        ("1,500,000.00", 1_500_000),
        ("1.500.000 đ", 1_500_000),
        ("1.500.000đồng", 1_500_000),
        ("1500000 VNĐ", 1_500_000),
        ("\u200e1.500.000\u200f", 1_500_000),
        ("0", 0),
        ("", None),
        ("   ", None),
        (str(MOST_VND), MOST_VND),
        ("50 triệu", 50_000_000),
        ("5tr", 5_000_000),
        ("5 tr đồng", 5_000_000),
        ("500k", 500_000),
        ("500 nghìn", 500_000),
        ("500 ngàn đồng", 500_000),
        ("1 tỷ", 1_000_000_000),
        ("1 tỉ 200 triệu", 1_200_000_000),
        ("1,5 triệu", 1_500_000),
        ("2.5tr", 2_500_000),
        ("1tr5", 1_500_000),
        ("1tr250", 1_250_000),
        ("1.500k", 1_500_000),
    ],
)
def test_an_amount_in_any_usual_writing(typed, amount):
    assert Amount().clean(typed) == amount


@pytest.mark.parametrize(
    "typed",
    ["-5", "−1.500", "1.5", "1.500.00", "12.34.567", "1,500.000", "một triệu", "1e9", "0x10", "١٢٣", "NaN", "inf",
     "1;2", "1,5", "50.000.000.5", "triệu", "5 triệu 3 tỷ", "1tr50", "5x", "99999 tỷ", "1.2.3 triệu", str(MOST_VND + 1), "9" * 40, "9" * 10_000],
)  # fmt: skip
def test_an_amount_that_is_none_is_refused_in_words(typed):
    with pytest.raises(ValidationError) as refusal:
        Amount().clean(typed)
    assert refusal.value.messages[0]


@pytest.mark.parametrize("typed", ["05/11/2025", "5/11/2025", "05-11-2025", "05.11.2025", "05 11 2025", "05112025",
                                   "05/11/25", "2025-11-05", " 05/11/2025\u200b"])  # fmt: skip
def test_a_day_is_read_day_first(typed):
    assert PastDay().clean(typed) == date(2025, 11, 5)


@pytest.mark.parametrize(
    "typed", ["31/02/2025", "11/13/2025", "hôm kìa", "31/02", "05/11/0025", "01/01/1999", "0", "05/11/2025x"]
)
def test_a_day_that_is_none_is_refused(typed):
    with pytest.raises(ValidationError):
        PastDay().clean(typed)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hôm nay", date(2026, 3, 10)),
        ("Hôm  qua", date(2026, 3, 9)),
        ("hom qua", date(2026, 3, 9)),
        ("hôm kia", date(2026, 3, 8)),
        ("10/3", date(2026, 3, 10)),
        ("09-03", date(2026, 3, 9)),
        ("23/11", date(2025, 11, 23)),
        ("11/3", date(2025, 3, 11)),
        ("29/2", date(2024, 2, 29)),
        ("23.11.25", date(2025, 11, 23)),
        ("23-11-25", date(2025, 11, 23)),
    ],
)
def test_a_day_as_people_say_it(typed, meant):
    with clock.frozen(datetime(2026, 3, 10, 1, 0, tzinfo=HANOI)):
        assert PastDay().clean(typed) == meant


def test_tomorrow_is_refused_and_today_is_not():
    today = clock.now().astimezone(HANOI).date()
    assert PastDay().clean(today.strftime("%d/%m/%Y")) == today
    with pytest.raises(ValidationError):
        PastDay().clean((today + timedelta(days=1)).strftime("%d/%m/%Y"))


@pytest.mark.parametrize(
    "typed",
    [
        "14:30",
        "14h30",
        "14g30",
        "1430",
        "14.30",
        " 14 : 30 ",
        "14 giờ 30",
        "14 giờ 30 phút",
        "14giờ30",
        "14:30:00",
        "2h30 chiều",
        "2 giờ rưỡi chiều",
        "2:30 PM",
    ],
)
def test_a_time_in_any_usual_writing(typed):
    assert ClockTime().clean(typed) == time(14, 30)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("14 giờ", time(14)), ("14h", time(14)), ("14", time(14)), ("2h chiều", time(14)), ("8h sáng", time(8)),
     ("9 giờ tối", time(21)), ("12h trưa", time(12)), ("1h trưa", time(13)), ("12h đêm", time(0)), ("2h đêm", time(2)),
     ("11h đêm", time(23)), ("15h chiều", time(15))],
)  # fmt: skip
def test_a_time_as_people_say_it(typed, meant):
    assert ClockTime().clean(typed) == meant


@pytest.mark.parametrize("typed", ["25:00", "14:60", "chiều", "-1:00", "13h sáng", "99"])
def test_a_time_that_is_none_is_refused(typed):
    with pytest.raises(ValidationError):
        ClockTime().clean(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Đồng Tháp", "Đồng Tháp"),
        (unicodedata.normalize("NFD", "Đồng Tháp"), "Đồng Tháp"),
        ("\u202egnaht gnuhk\u202c", "gnaht gnuhk"),
        ("a\x00b", "ab"),
        ("  hai \t khoảng   trắng ", "hai khoảng trắng"),
        ("Shop 🌸 Hoa", "Shop 🌸 Hoa"),
        ("dòng\nhai", "dòng hai"),
    ],
)
def test_text_is_kept_clean_and_composed(typed, kept):
    assert TypedText(max_length=100, required=False).clean(typed) == kept


def test_lines_stay_lines_where_there_is_room_for_them():
    assert TypedText(max_length=100, rows=3).clean("một\r\nhai\n\n\n\nba") == "một\nhai\n\nba"


@pytest.mark.django_db
class TestBadInput:
    """Beside the field, in Vietnamese, nothing typed lost, no 500."""

    def start(self, citizen, **kind):
        citizen.post("/gui/", {"kind": "violation", "money_moved": "no"} | kind)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("seller_name", "X" * 10_240),
            ("link", "https://a.example/" + "x" * 10_240),
            ("price", "-1"),
            ("price", "9" * 30),
            ("product_group", "no-such-group"),
            ("channel", "<script>"),
        ],
    )
    def test_a_wrong_field_keeps_the_others(self, citizen, field, value):
        self.start(citizen)
        page = citizen.post(
            "/gui/nguoi-ban/", {"brand": "Sen Hồng", "seller_address": "Chợ", field: value}, follow=True
        )
        body = page.content.decode()
        assert page.status_code == 200
        assert "field-invalid" in body
        assert 'value="Sen Hồng"' in body
        assert "<script>" not in body.replace('<script type="module"', "")

    @pytest.mark.parametrize("text", ["\x00", "\u202e\u200b", "   "])
    def test_a_story_of_nothing_is_none(self, citizen, text):
        self.start(citizen)
        citizen.post("/gui/nguoi-ban/", {"unknown_seller": "on"})
        page = citizen.post("/gui/noi-dung/", {"narrative": text}, follow=True)
        assert page.status_code == 200
        assert "field-invalid" in page.content.decode()

    def test_a_story_beyond_the_limit_is_kept_whole(self, citizen):
        self.start(citizen)
        citizen.post("/gui/nguoi-ban/", {"unknown_seller": "on"})
        long = "Lừa đảo. " * 2000
        page = citizen.post("/gui/noi-dung/", {"narrative": long}, follow=True)
        assert long.strip() in page.content.decode()

    def test_decomposed_and_hostile_text_is_lodged_clean(self, citizen):
        page = walk(citizen, story={"narrative": unicodedata.normalize("NFD", "Lừa đảo") + " \u202e🌸\x00 <b>đậm</b>"})
        send(citizen, page)
        assert Complaint.objects.get().narrative == "Lừa đảo 🌸 <b>đậm</b>"

    def test_yesterday_stays_the_same_day_when_it_is_sent_tomorrow(self, citizen):
        self.start(citizen)
        citizen.post("/gui/nguoi-ban/", {"unknown_seller": "on"})
        citizen.post("/gui/noi-dung/", {"narrative": STORY, "occurred_on": "hôm qua"})
        yesterday = clock.now().astimezone(HANOI).date() - timedelta(days=1)
        assert Draft.objects.get().data["story"]["occurred_on"] == yesterday.strftime("%d/%m/%Y")

    def test_html_is_shown_as_text(self, citizen):
        page = walk(citizen, story={"narrative": "<b>đậm</b>"})
        assert "&lt;b&gt;đậm&lt;/b&gt;" in page.content.decode()

    @pytest.mark.parametrize("path", ["/gui/khong-co/", "/gui/nguoi-ban/../x/", "/gui/tep/1/xoa/"])
    def test_unknown_addresses_are_not_found_or_not_got(self, citizen, path):
        assert citizen.get(path).status_code in (404, 405)


@pytest.mark.django_db
class TestFiles:
    PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"

    @pytest.fixture
    def story(self, citizen):
        citizen.post("/gui/", {"kind": "violation", "money_moved": "no"})
        citizen.post("/gui/nguoi-ban/", {"unknown_seller": "on"})
        return citizen

    @staticmethod
    def png(number=0, name="anh.png"):
        buffer = BytesIO()
        Image.new("RGB", (20, 20), (number, 100, 100)).save(buffer, "PNG")
        return SimpleUploadedFile(name, buffer.getvalue(), "image/png")

    def test_several_at_once_without_javascript(self, story):
        files = [self.png(number) for number in range(3)]
        assert story.post("/gui/noi-dung/", {"narrative": STORY, "files": files}).status_code == 302
        assert Upload.objects.count() == 3

    def test_bad_ones_are_named_and_the_good_and_the_text_kept(self, story):
        files = [
            self.png(),
            SimpleUploadedFile("rong.png", b"", "image/png"),
            SimpleUploadedFile("hoa-don.pdf.exe", b"MZ\x90", "application/pdf"),
            SimpleUploadedFile("trang.html", b"<html><script>alert(1)</script>", "image/png"),
            SimpleUploadedFile("x" * 5000 + ".txt", b"abc", "text/plain"),
        ]
        page = story.post("/gui/noi-dung/", {"narrative": STORY, "files": files}, follow=True)
        text = visible_text(page)
        assert page.status_code == 200
        assert STORY in text
        for name in ("rong.png", "hoa-don.pdf.exe", "trang.html"):
            assert f"“{name}”" in text
        assert Upload.objects.count() == 1
        assert "anh.png" in visible_text(story.get("/gui/noi-dung/"))

    def test_more_than_the_limit_are_refused_by_name(self, story, settings):
        settings.EVIDENCE_MAX_FILES = 2
        files = [self.png(number, f"anh{number}.png") for number in range(3)]
        page = story.post("/gui/noi-dung/", {"narrative": STORY, "files": files}, follow=True)
        assert "“anh2.png”" in visible_text(page)
        assert Upload.objects.count() == 2

    def test_too_large_is_refused(self, story, settings):
        settings.EVIDENCE_MAX_BYTES = 50
        page = story.post("/gui/noi-dung/", {"narrative": STORY, "files": self.png()}, follow=True)
        assert page.status_code == 200
        assert Upload.objects.count() == 0

    def test_one_by_one_for_the_script(self, story):
        answer = story.post("/gui/tep/", {"file": self.png()}, headers={"accept": "application/json"})
        assert answer.status_code == 201
        stored = answer.json()
        assert stored["name"] == "anh.png"
        removed = story.post(stored["remove_url"], headers={"accept": "application/json"})
        assert removed.json() == {"removed": True}
        assert Upload.objects.count() == 0

    def test_the_script_is_told_why_not(self, story):
        for sent in ({}, {"file": SimpleUploadedFile("a.txt", b"abc")}):
            answer = story.post("/gui/tep/", sent, headers={"accept": "application/json"})
            assert answer.status_code == 400
            assert answer.json()["error"]

    def test_removing_without_javascript_keeps_the_text(self, story):
        story.post("/gui/noi-dung/", {"narrative": STORY, "files": self.png()})
        answer = story.post(f"/gui/tep/{Upload.objects.get().pk}/xoa/", {"narrative": "Sửa lại."})
        assert answer["Location"] == "/gui/noi-dung/"
        assert "Sửa lại." in visible_text(story.get("/gui/noi-dung/"))
        assert Upload.objects.count() == 0

    def test_another_draft_removes_nothing(self, story, client):
        story.post("/gui/noi-dung/", {"narrative": STORY, "files": self.png()})
        client.post("/gui/", {"kind": "crime", "money_moved": "no"})
        client.post(f"/gui/tep/{Upload.objects.get().pk}/xoa/")
        assert Upload.objects.count() == 1

    def test_all_become_evidence_once(self, story):
        story.post("/gui/noi-dung/", {"narrative": STORY, "files": [self.png(1), self.png(2)]})
        story.post("/gui/lien-he/", {"identity": "anonymous", "consent": "on"})
        page = story.get("/gui/kiem-tra/")
        send(story, page), send(story, page)
        complaint = Complaint.objects.get()
        assert complaint.evidence.count() == 2
        assert not any("anh" in name for name in complaint.evidence.values_list("original_name", flat=True))
        assert Draft.objects.get().uploads.count() == 0
