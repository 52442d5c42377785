"""How the lines of a watchlist are understood."""

import pytest

from search.watchlists import MOST_LINES, Sort, query, read


@pytest.mark.parametrize(
    ("line", "sort", "shown"),
    [
        ("0912 345 678", Sort.PHONE, "0912345678"),
        ("+84 912.345.678", Sort.PHONE, "0912345678"),
        ("STK 1903 5678 9012 34 Techcombank", Sort.NUMBER, "19035678901234"),
        ("https://kemtron.example.com/a?utm_source=x", Sort.LINK, "kemtron.example.com/a"),
        ("shopee.vn/bichngoc", Sort.LINK, "shopee.vn/bichngoc"),
        ("a.b@thu.example", Sort.EMAIL, "a.b@thu.example"),
        ("82-7k3f9-q2mxa", Sort.CASE, "82-7K3F9-Q2MXA"),
        ("827K3F9Q2MXA", Sort.CASE, "82-7K3F9-Q2MXA"),
        ("tiki-123", Sort.CODE, "tiki-123"),
    ],
)
def test_a_line_is_understood(line, sort, shown):
    (one,) = read(line).understood
    assert (one.sort, one.shown) == (sort, shown)


@pytest.mark.parametrize("line", ["5678", "Bích Ngọc", "kem trộn 5 lọ", "?!", "🙂", "x" * 400, "..."])
def test_what_is_no_identifier_is_told(line):
    reading = read(f"0912345678\n{line}")
    assert len(reading.understood) == 1
    assert reading.unknown == (line,)


def test_blank_lines_and_repetitions_are_left_out():
    reading = read("0912345678\n\n  \r\n+84912345678\n\x00\n\ud800\n")
    assert len(reading.understood) == 1
    assert reading.unknown == ()
    assert not reading.too_many


def test_at_most_so_many_lines():
    lines = [f"09{n:08d}" for n in range(MOST_LINES + 1)]
    assert not read("\n".join(lines[:-1])).too_many
    assert read("\n".join(lines)).too_many
    assert len(query("\n".join(lines)).identifiers) == MOST_LINES


def test_what_is_kept_is_understood_again():
    reading = read("STK 1903 5678 9012 34\nshopee.vn/bichngoc\n0912 345 678")
    assert read(reading.text) == reading
