"""Decree 30's measures, taken from the finished PDF and not from the stylesheet."""

import io
import unicodedata
from datetime import UTC, datetime

import pypdf
import pytest

from documents.decree30 import Letterhead, Urgency
from documents.pdf import render_pdf
from tests.documents import paper
from tests.documents.conftest import AS_OF, notice

pytestmark = pytest.mark.anew

LEFT, RIGHT, TOP, BOTTOM = 30.0, 195.0, 20.0, 277.0  # edges of the text area, mm


@pytest.fixture
def printed(pdf) -> bytes:
    """The same two pages for every measurement: equal content gives equal bytes."""
    return pdf


def size_of(pdf: bytes, piece: str) -> tuple[str, float]:
    run = next(run for run in paper.runs(pdf) if piece in unicodedata.normalize("NFC", run.text))
    return run.font, run.size


def line(pdf: bytes, first: str, page: int = 1) -> list[paper.Word]:
    """The words of the line on which the word ``first`` begins."""
    words = [word for word in paper.words(pdf) if word.page == page]
    start = next(word for word in words if word.text == first)
    return [word for word in words if abs(word.bottom - start.bottom) < 1]


def test_sizes_and_faces(printed):
    assert {
        piece: size_of(printed, piece)
        for piece in (
            "CỘNG HÒA", "Độc lập", "ỦY BAN", "SỞ CÔNG", "Số: 05", "Đồng Tháp, ngày", "THÔNG BÁO", "Về việc", "Căn cứ Luật",
            "Trong tháng", "I. SỐ LIỆU", "KT. GIÁM", "Nguyễn Thị", "Nơi nhận", "- UBND tỉnh",
        )
    } == {
        "CỘNG HÒA": ("Liberation-Serif-Bold", 13),
        "Độc lập": ("Liberation-Serif-Bold", 14),
        "ỦY BAN": ("Liberation-Serif", 13),
        "SỞ CÔNG": ("Liberation-Serif-Bold", 13),
        "Số: 05": ("Liberation-Serif", 13),
        "Đồng Tháp, ngày": ("Liberation-Serif-Italic", 14),
        "THÔNG BÁO": ("Liberation-Serif-Bold", 14),
        "Về việc": ("Liberation-Serif-Bold", 14),
        "Căn cứ Luật": ("Liberation-Serif-Italic", 14),
        "Trong tháng": ("Liberation-Serif", 14),
        "I. SỐ LIỆU": ("Liberation-Serif-Bold", 14),
        "KT. GIÁM": ("Liberation-Serif-Bold", 14),
        "Nguyễn Thị": ("Liberation-Serif-Bold", 14),
        "Nơi nhận": ("Liberation-Serif-Bold-Italic", 12),
        "- UBND tỉnh": ("Liberation-Serif", 11),
    }  # fmt: skip


def test_paper_and_margins(printed):
    page = pypdf.PdfReader(io.BytesIO(printed)).pages[0]
    assert [round(float(edge) / paper.MM) for edge in page.mediabox[2:]] == [210, 297]
    body = [word for word in paper.words(printed) if word.top > 18]
    assert min(word.left for word in body) == pytest.approx(LEFT, abs=0.3)
    assert max(word.right for word in body) == pytest.approx(RIGHT, abs=0.5)
    assert min(word.top for word in body) == pytest.approx(TOP, abs=1)
    assert max(word.bottom for word in body) <= BOTTOM


def test_body_is_justified_and_indented(printed):
    first = line(printed, "Trong")
    assert first[0].left == pytest.approx(LEFT + 12.7, abs=0.3)
    assert first[-1].right == pytest.approx(RIGHT, abs=0.3)


def test_line_and_paragraph_spacing(printed):
    words = [word for word in paper.words(printed) if word.page == 1]
    lines = sorted({round(word.bottom, 1) for word in words if word.bottom > line(printed, "Trong")[0].bottom - 1})
    first, second = line(printed, "Trong"), [word for word in words if round(word.bottom, 1) == lines[1]]
    pitch = (second[0].bottom - first[0].bottom) * paper.MM
    single = 14 * 1.149  # the font's own ascent + descent + gap
    assert single - 0.1 <= pitch <= 1.5 * single
    before = line(printed, "Nghị")
    assert (first[0].bottom - before[0].bottom) * paper.MM - pitch >= 5.9


def test_page_number_is_hidden_on_the_first_page_and_centred_on_the_second(printed):
    header = [word for word in paper.words(printed) if word.bottom < TOP]
    assert [(word.page, word.text) for word in header] == [(2, "2")]
    assert (header[0].left + header[0].right) / 2 == pytest.approx((LEFT + RIGHT) / 2, abs=0.3)
    assert ("2", "Liberation-Serif", 13) in {
        (run.text, run.font, run.size) for run in paper.runs(printed) if run.page == 2
    }


def test_rules_have_the_prescribed_lengths(printed):
    image = paper.picture(printed)
    motto = line(printed, "Độc")
    motto = [word for word in motto if word.left > 95]
    left, right = motto[0].left, motto[-1].right
    rule = paper.longest_rule(image, left - 10, motto[0].bottom - 0.5, right + 10, motto[0].bottom + 2)
    assert rule == pytest.approx((left, right), abs=0.6)

    issuer = [word for word in line(printed, "SỞ") if word.left < 95]
    assert_short_rule(image, issuer, issuer)
    subject = line(printed, "Về"), line(printed, "đoạn")
    assert subject[0] != subject[1]
    assert_short_rule(image, max(subject, key=width), subject[1])


def width(words: list[paper.Word]) -> float:
    return words[-1].right - words[0].left


def assert_short_rule(image, longest: list[paper.Word], last: list[paper.Word]) -> None:
    """A third to a half of the longest line, centred below the last."""
    left, right = paper.longest_rule(image, last[0].left, last[0].bottom, last[-1].right, last[0].bottom + 2.5)
    assert 1 / 3 <= (right - left) / width(longest) <= 1 / 2
    assert (left + right) / 2 == pytest.approx((last[0].left + last[-1].right) / 2, abs=1)


@pytest.mark.parametrize(("urgency", "size"), [(u, u.value[1:]) for u in Urgency])
def test_urgency_is_a_red_box_of_the_prescribed_size(urgency, size, print_notice):
    image = paper.picture(print_notice(notice(urgency=urgency)))
    red = [
        (x, y)
        for y in range(image.height // 2)
        for x in range(image.width)
        if (pixel := image.getpixel((x, y)))[0] > 150 and max(pixel[1:]) < 90
    ]
    columns, rows = [x for x, _ in red], [y for _, y in red]
    measured = (paper.mm(max(columns) - min(columns) + 1), paper.mm(max(rows) - min(rows) + 1))
    assert measured == pytest.approx(size, abs=0.5)


def test_text_is_real_vietnamese(printed):
    page = paper.text(printed, 1)
    assert unicodedata.is_normalized("NFC", page)
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "Số: 05/TB-SCT",
        "Đồng Tháp, ngày 05 tháng 02 năm 2026", "Căn cứ Nghị định số 55/2024/NĐ-CP.", "lừa đảo",
    ):  # fmt: skip
        assert words in page
    end = paper.text(printed, 2)
    assert "- Lưu: VT, QLTM." in end
    assert "Nguyễn Thị Ánh Tuyết" in end
    assert "TS." not in end


def test_every_font_is_embedded_and_none_stands_in_for_another(printed):
    rows = paper.fonts(printed)
    assert rows
    for name, *_, embedded, _subset, unicode, _number, _generation in rows:
        assert "Liberation-Serif" in name
        assert (embedded, unicode) == ("yes", "yes")


def test_decomposed_text_is_composed_and_printed_in_the_same_face(print_notice):
    """NFD input, as macOS and some phones send it, must not fall back to another font mid-word."""
    subject = "Về việc cảnh báo hàng giả, lừa đảo"
    pdf = print_notice(notice(subject=unicodedata.normalize("NFD", subject)))
    assert subject in paper.text(pdf, 1)
    assert all("Liberation-Serif" in row[0] for row in paper.fonts(pdf))


def test_what_no_font_can_draw_is_replaced_and_control_characters_vanish(print_notice):
    """PDF/A forbids .notdef; U+10FFFD is private and in no font, U+202E would turn the line around."""
    page = paper.text(print_notice(notice(subject="Về\x00 hàng \U0010fffd giả\u202e \ud800.")), 1)
    assert "Về hàng □ giả ." in page


@pytest.mark.parametrize("paragraphs", [9, 10, 11])
def test_the_signature_never_stands_alone_on_a_page(paragraphs, template):
    long = "Đoạn văn này đủ dài để chiếm hai dòng trên trang giấy khổ A4, canh đều cả hai lề theo đúng quy định."
    name = template(
        '{% extends "documents/decree30.html" %}{% block body %}' + f"<p>{long}</p>" * paragraphs + "{% endblock %}"
    )
    pdf = render_pdf(name, {"document": notice()}, title="x", as_of=AS_OF)
    last = len(pypdf.PdfReader(io.BytesIO(pdf)).pages)
    assert "KT. GIÁM ĐỐC" in paper.text(pdf, last)
    assert "Đoạn văn này" in paper.text(pdf, last)


def test_table_head_is_repeated_on_the_next_page(printed):
    assert "Nhóm hành vi" in paper.text(printed, 1)
    assert "Nhóm hành vi" in paper.text(printed, 2)


def test_metadata(printed):
    reader = pypdf.PdfReader(io.BytesIO(printed))
    assert reader.metadata.title == "Thông báo số 05/TB-SCT"
    assert reader.metadata.author == "Sở Công Thương"
    assert reader.metadata.creation_date == AS_OF
    assert reader.trailer["/Root"]["/Lang"] == "vi"
    xmp = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert 'pdfaid:part="3"' in xmp
    assert 'pdfaid:conformance="U"' in xmp
    assert [entry.title for entry in reader.outline[1]] == ["I. Số liệu trong kỳ", "II. Khuyến cáo"]


@pytest.mark.cold
def test_equal_content_gives_equal_bytes(print_notice):
    first = print_notice()
    assert first == print_notice()
    assert first != print_notice(as_of=datetime(2026, 2, 6, tzinfo=UTC))


def test_a_draft_is_marked_on_every_page(print_notice):
    draft = print_notice(notice(number=None, issued_on=None, draft=True))
    assert "THẢO" in "".join(run.text for run in paper.runs(draft) if run.page == 1)
    assert "THẢO" in "".join(run.text for run in paper.runs(draft) if run.page == 2)
    assert "05/TB" not in paper.text(draft, 1)
    assert "/TB-SCT" in paper.text(draft, 1)


APPENDICES = """{% block appendices %}
<section class="appendix">{% include "documents/appendix_heading.html" with label="Phụ lục I" heading="Sản phẩm" %}
<p>Một</p><p style="break-before: page">Hai</p></section>
<section class="appendix">{% include "documents/appendix_heading.html" with label="Phụ lục II" heading="Đường dẫn" %}
<p>Ba</p><p style="break-before: page">Bốn</p></section>{% endblock %}"""


def test_each_appendix_counts_its_own_pages(print_notice):
    pdf = print_notice(extra=APPENDICES)
    header = [(word.page, word.text) for word in paper.words(pdf) if word.bottom < TOP]
    assert header == [(2, "2"), (4, "2"), (6, "2")]
    assert size_of(pdf, "Phụ lục I") == ("Liberation-Serif-Bold", 14)
    assert "(Kèm theo Thông báo số 05/TB-SCT ngày 05 tháng 02 năm 2026" in paper.text(pdf, 5)


def test_what_people_typed_is_escaped(print_notice):
    document = notice(subject="Về <b>sản phẩm</b> & 55/2024/NĐ-CP", grounds=("Căn cứ <i>x</i> 1/2026/QĐ-SCT",))
    page = paper.text(print_notice(document), 1)
    assert "<b>sản phẩm</b> &" in page
    assert "Căn cứ <i>x</i> 1/2026/QĐ-SCT." in page


def test_a_case_on_paper():
    context = {
        "letterhead": Letterhead("Sở Công Thương", "SCT", "Đồng Tháp", "Ủy ban nhân dân tỉnh Đồng Tháp"),
        "code": "DT-2026-000123",
        "title": "Phản ánh kem dưỡng da giả bán qua mạng xã hội",
        "sections": [{"heading": "Hàng hóa", "rows": [("Sản phẩm", "Kem <dưỡng> da"), ("Mã vạch", "")]}],
        "timeline": [{"when": AS_OF, "what": "Tiếp nhận", "who": "Sở Công Thương"}],
        "printed_by": "Lê Thị Hoa",
        "printed_at": AS_OF,
    }
    pdf = render_pdf("documents/case_summary.html", context, title="DT-2026-000123", as_of=AS_OF)
    page = paper.text(pdf, 1)
    for words in ("PHIẾU TÓM TẮT VỤ VIỆC", "DT-2026-000123", "Kem <dưỡng> da", "–", "08:30 05/02/2026", "Lê Thị Hoa"):
        assert words in page
