"""The finished PDF: measures read out of it, nothing fetched for it, nothing in it that must not be."""

import io
import subprocess
from datetime import UTC, date, datetime

import pypdf
import pytest
from django.template.loader import render_to_string

from bulletins.charts import drawn_charts
from bulletins.content import closing_numbers, period_content, sections
from bulletins.models import WarningItem
from bulletins.rendering import composed, render_content
from bulletins.spans import Span
from documents.pdf import Rendered
from tests.documents import paper

pytestmark = pytest.mark.anew

AS_OF = datetime(2026, 11, 3, 5, tzinfo=UTC)
SPAN = Span.of_month("2026-10")
HEAD = {
    "subject": "Cảnh báo người tiêu dùng tháng 10/2026",
    "signatory": {"title": "Giám đốc", "name": "Nguyễn Văn Ký"},
    "recipients": ["UBND tỉnh (để báo cáo)", "Công an tỉnh"],
    "letterhead": {
        "issuer": "Sở Công Thương", "abbreviation": "SCT", "place": "Đồng Tháp", "superior": "Ủy ban nhân dân tỉnh Đồng Tháp",
    },
}  # fmt: skip
FIGURES = {
    "received": 46, "found": 2, "before": 40, "last_year": 0, "against_before": "tăng 15%",
    "against_last_year": "kỳ so sánh không có phản ánh", "resolved": 12, "resolved_before": 9, "resolved_last_year": 0,
    "on_time": 91, "satisfied": None, "loss": 159_000_000, "loss_before": None, "scams": [],
    "tables": [
        {"code": "kind", "caption": "Phản ánh theo loại", "head": "Loại", "rows": [["Tố giác", 17], ["Khiếu nại", 15], ["", 14]]},
        {"code": "group", "caption": "Theo nhóm hàng", "head": "Nhóm", "rows": [["Mỹ phẩm", 41], ["", None]]},
        {"code": "channel", "caption": "Theo nơi bán", "head": "Nơi", "rows": []},
    ],
}  # fmt: skip


class Place:
    """As much of a province as the content asks for."""

    pk, name, title = "82", "Đồng Tháp", "tỉnh"


def content(items=(), figures=FIGURES, **head):
    charts = drawn_charts(figures, period_content(SPAN)) if figures else []
    return composed({**HEAD, **head}, {"figures": figures, "charts": charts}, SPAN, list(items), Place())


def item(kind="product", **fields) -> WarningItem:
    return WarningItem(kind=kind, **({"title": "Kem Trắng Da", "product": "Kem", "what_to_do": "Ngừng dùng."} | fields))


@pytest.fixture
def no_hotlines(monkeypatch):
    monkeypatch.setattr("bulletins.rendering.hotlines_of", lambda province: [["113", "Công an"]])


_made: list[Rendered] = []


@pytest.fixture
def printed(no_hotlines) -> Rendered:
    """The same pages for every measurement: equal content gives equal bytes."""
    if not _made:
        items = [
            item(),
            item("scam", title="Giả giao hàng", how_it_goes="Gọi báo có đơn."),
            item("advice", text="Xem nhãn."),
        ]
        _made.append(render_content(content(items), number=5, issued_on=date(2026, 11, 3), as_of=AS_OF))
    return _made[0]


def size_of(pdf: bytes, piece: str) -> tuple[str, float]:
    run = next(run for run in paper.runs(pdf) if piece in run.text)
    return run.font, run.size


def test_sizes_and_faces_of_the_decree(printed):
    assert {
        piece: size_of(printed.pdf, piece)
        for piece in (
            "CỘNG HÒA", "Độc lập", "ỦY BAN", "SỞ CÔNG", "Số: 05", "Đồng Tháp, ngày 03", "THÔNG BÁO", "Cảnh báo người",
            "GIÁM ĐỐC", "Nguyễn Văn Ký", "Nơi nhận:", "- UBND tỉnh", "Phụ lục", "CẢNH BÁO NGƯỜI", "I. SỐ LIỆU",
        )
    } == {
        "CỘNG HÒA": ("Liberation-Serif-Bold", 13),
        "Độc lập": ("Liberation-Serif-Bold", 14),
        "ỦY BAN": ("Liberation-Serif", 13),
        "SỞ CÔNG": ("Liberation-Serif-Bold", 13),
        "Số: 05": ("Liberation-Serif", 13),
        "Đồng Tháp, ngày 03": ("Liberation-Serif-Italic", 14),
        "THÔNG BÁO": ("Liberation-Serif-Bold", 14),
        "Cảnh báo người": ("Liberation-Serif-Bold", 14),
        "GIÁM ĐỐC": ("Liberation-Serif-Bold", 14),
        "Nguyễn Văn Ký": ("Liberation-Serif-Bold", 14),
        "Nơi nhận:": ("Liberation-Serif-Bold-Italic", 12),
        "- UBND tỉnh": ("Liberation-Serif", 11),
        "Phụ lục": ("Liberation-Serif-Bold", 14),
        "CẢNH BÁO NGƯỜI": ("Liberation-Serif-Bold", 14),
        "I. SỐ LIỆU": ("Liberation-Serif-Bold", 14),
    }  # fmt: skip


def test_margins_and_pages(printed):
    size = pypdf.PdfReader(io.BytesIO(printed.pdf)).pages[0].mediabox
    assert (round(size.width / paper.MM), round(size.height / paper.MM)) == (210, 297)
    words = paper.words(printed.pdf)
    assert min(word.left for word in words) >= 29.9
    assert max(word.right for word in words) <= 195.1
    body = [word for word in words if word.top > 20]
    assert max(word.bottom for word in body) <= 277.1
    # The attachment begins a page of its own, and hides its first number.
    first = [word.text for word in words if word.page == 2]
    assert first[:2] == ["Phụ", "lục"]


def test_sections_stand_in_the_order_of_an_official_bulletin(printed):
    text = "".join(
        paper.text(printed.pdf, page) for page in range(2, len(pypdf.PdfReader(io.BytesIO(printed.pdf)).pages) + 1)
    )
    heads = [
        "I. SỐ LIỆU",
        "II. CẢNH BÁO SẢN PHẨM",
        "III. THỦ ĐOẠN",
        "IV. CƠ SỞ BỊ XỬ PHẠT",
        "V. KHUYẾN CÁO",
        "VI. NƠI TIẾP",
        "VII. NGUỒN",
    ]
    places = [text.index(head) for head in heads]
    assert places == sorted(places)
    assert "Bản tin này không nêu cơ sở bị xử phạt." in " ".join(text.split())
    assert "Tổng số của cả kỳ được nêu đủ, dù nhỏ." in " ".join(text.split())


def test_the_signature_has_its_place_between_title_and_name(printed):
    page, left, top, right, bottom = printed.places["signature-room"]
    words = [word for word in paper.words(printed.pdf) if word.page == page + 1]
    title = next(word for word in words if word.text == "GIÁM")
    name = next(word for word in words if word.text == "Ký" and word.left > 100)
    assert title.bottom <= top / paper.MM + 0.5
    assert bottom / paper.MM - 0.5 <= name.top
    assert 80 <= left / paper.MM < title.left
    assert right / paper.MM <= 195.5


def test_pdf_a_with_the_figures_attached_and_bookmarks(printed):
    reader = pypdf.PdfReader(io.BytesIO(printed.pdf))
    assert "pdfaid:part" in reader.xmp_metadata.stream.get_data().decode()
    assert list(reader.attachments) == ["so-lieu.csv"]
    csv = reader.attachments["so-lieu.csv"][0].decode("utf-8-sig")
    assert "kind,Tố giác,17" in csv
    assert "group,khac," in csv.splitlines()
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert any("Phụ lục" in title for title in titles)
    assert reader.metadata.title == "Thông báo: Cảnh báo người tiêu dùng tháng 10/2026"


def test_a_draft_is_marked_and_a_numbered_one_is_not(no_hotlines, printed):
    draft = render_content(content(figures=None), number=None, issued_on=None, as_of=AS_OF).pdf
    assert any("DỰ THẢO" in run.text for run in paper.runs(draft))
    assert not any("DỰ THẢO" in run.text for run in paper.runs(printed.pdf))


@pytest.mark.cold
def test_equal_content_gives_equal_bytes(no_hotlines):
    one, two = (
        render_content(content([item()]), number=5, issued_on=date(2026, 11, 3), as_of=AS_OF).pdf for _ in range(2)
    )
    assert one == two


HOSTILE = (
    '<img src="http://evil.example/a.png"><script>alert(1)</script>'
    '<link rel=attachment href="file:///etc/passwd">{{ secret }}{% load x %} file:///etc/passwd http://evil.example/x'
)


def test_hostile_and_endless_words_are_printed_as_words(no_hotlines):
    fields = ("product", "brand", "origin", "risk", "how_to_recognise", "what_to_do", "identifiers", "text")
    told = item(**dict.fromkeys(fields, HOSTILE), title=HOSTILE[:200], barcode="x" * 20)
    long = item("advice", title="Từ dài", text="a" * 5_000)
    pdf = render_content(
        content([told, long], figures=None, subject=HOSTILE[:200]), number=5, issued_on=date(2026, 11, 3), as_of=AS_OF
    ).pdf
    words = paper.words(pdf)
    assert max(word.right for word in words) <= 195.5
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True).stdout.decode()
    assert "hxxp://evil[.]example" in text.replace("\n", "")
    assert "http://evil" not in text.replace("\n", "")
    assert "root:" not in text
    assert pypdf.PdfReader(io.BytesIO(pdf)).attachments == {}


def test_an_endless_word_stays_on_the_page_wherever_it_stands(no_hotlines):
    fields = ("product", "brand", "origin", "risk", "how_to_recognise", "what_to_do", "identifiers")
    endless = item(**dict.fromkeys(fields, "m" * 200), title="m" * 200)
    violator = item(
        "violator",
        title="w" * 200,
        business="w" * 200,
        decision_number="w" * 50,
        decision_issuer="w" * 200,
        act="w" * 200,
    )
    signatory = {"title": "w" * 80, "name": "w" * 80, "authority": "DEPUTY", "instead_of": "w" * 80}
    long = content([endless, violator], figures=None, subject="w" * 200, signatory=signatory, recipients=["w" * 200])
    pdf = render_content(long, number=5, issued_on=date(2026, 11, 3), as_of=AS_OF).pdf
    words = paper.words(pdf)
    assert max(word.right for word in words) <= 195.5
    assert min(word.left for word in words) >= 29.5


def test_a_period_without_cases_says_so(no_hotlines):
    nothing = (
        FIGURES
        | dict.fromkeys(("received", "found", "before", "resolved"), 0)
        | {"loss": None, "on_time": None, "tables": []}
    )
    pdf = render_content(content(figures=nothing), number=None, issued_on=None, as_of=AS_OF).pdf
    assert "tiếp nhận 0 lượt phản ánh" in " ".join(paper.text(pdf, 1).split())


def test_an_urgent_bulletin_has_no_figures_and_no_empty_section(no_hotlines):
    made = content([item(), item("advice", text="Xem nhãn.")], figures=None)
    assert [(one["code"], one["roman"]) for one in made["sections"]] == [("products", "I"), ("advice", "II")]
    assert closing_numbers(made) == ("III", "IV")
    assert sections([item()], start=1)[0]["roman"] == "II"


def test_the_map_shades_only_what_the_table_names():
    table = {
        "code": "commune",
        "caption": "Theo địa bàn",
        "head": "Xã",
        "rows": [["Phường A", 9], ["", 6]],
        "codes": {"29869": 9},
    }
    charts = {chart["code"]: chart for chart in drawn_charts(FIGURES | {"tables": [table]}, period_content(SPAN), "82")}
    svg = charts["map"]["svg"]
    assert "Phường A: 9" in charts["map"]["alt"]
    blank = svg.count('fill="#f4f4f4"')
    assert svg.count("<path") > 100
    assert blank >= 100
    assert "map" not in {
        chart["code"] for chart in drawn_charts(FIGURES | {"tables": [table]}, period_content(SPAN), "00")
    }


def test_the_gateway_is_told_with_its_address(no_hotlines, settings):
    settings.PUBLIC_URL = "https://phananh.dongthap.example"
    told = content()
    assert told["gateway"] == "https://phananh.dongthap.example"
    page = render_to_string("bulletins/_reception.html", {"content": told})
    assert "của tỉnh Đồng Tháp: <strong>https://phananh.dongthap.example</strong>" in page
    # As frozen before the address was kept.
    del told["gateway"]
    assert "tỉnh Đồng Tháp</li>" in render_to_string("bulletins/_reception.html", {"content": told})
