"""Identifiers: normalising what was typed, finding what was told, showing it safely. No database."""

import random
import time
import unicodedata

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from agencies.folding import fold
from complaints.identifiers import Identifier, defang, find_in_text, indicator_rows, normalise
from complaints.lodgement import Lodgement, Person


@pytest.mark.parametrize(
    ("raw", "value", "warned"),
    [
        ("0912345678", "+84912345678", False),
        ("0912.345.678", "+84912345678", False),
        ("+84 912 345 678", "+84912345678", False),
        ("84912345678", "+84912345678", False),
        ("0084912345678", "+84912345678", False),
        ("(028) 3822 1234", "+842838221234", False),
        ("０９１２３４５６７８", "+84912345678", False),
        ("0168 123 4567", "+84381234567", True),
        ("+84 168 123 4567", "+84381234567", True),
        ("1900 6838", "+8419006838", False),
        ("1800.6838", "+8418006838", False),
        ("113", "113", False),
        ("156", "156", False),
        ("1022", "1022", False),
        ("+1 650-253-0000", "+16502530000", False),
        ("091234567", "091234567", True),
        ("12", "12", True),
        ("không nhớ", "không nhớ", True),
    ],
)
def test_phone(raw: str, value: str, warned: bool) -> None:
    found = normalise("phone", raw)
    assert (found.value, bool(found.warnings), found.raw) == (value, warned, raw)


@pytest.mark.parametrize(
    ("raw", "bank", "value", "short_name", "warned"),
    [
        ("1903 6666 888 012", "Techcombank", "19036666888012", "Techcombank", False),
        ("0071-0012-34567", "970436", "0071001234567", "Vietcombank", False),
        ("0071001234567", "Ngân hàng Vietcombank", "0071001234567", "Vietcombank", False),
        ("0071001234567", "vcb", "0071001234567", "Vietcombank", False),
        ("0912345678", "MB bank", "0912345678", "MBBank", False),
        ("0912345678", "Ngân hàng TMCP Quân đội", "0912345678", "MBBank", False),
        ("vqr9999abc", "", "VQR9999ABC", "", False),
        ("123456", "Ví điện tử lạ", "123456", "Ví điện tử lạ", False),
        ("12345", "ACB", "12345", "ACB", True),
        ("12345678901234567890", "ACB", "12345678901234567890", "ACB", True),
    ],
)
def test_bank_account(raw: str, bank: str, value: str, short_name: str, warned: bool) -> None:
    found = normalise("bank_account", raw, bank=bank)
    assert (found.value, found.bank, bool(found.warnings)) == (value, short_name, warned)


@pytest.mark.parametrize(
    ("raw", "value", "warned"),
    [
        ("0100109106", "0100109106", False),
        ("0100109106-001", "0100109106001", False),
        ("0100109107", "0100109107", True),
        ("079123456789", "079123456789", False),
        ("12345", "12345", True),
    ],
)
def test_tax_code_warns_and_never_blocks(raw: str, value: str, warned: bool) -> None:
    found = normalise("tax_code", raw)
    assert (found.value, bool(found.warnings)) == (value, warned)


@pytest.mark.parametrize(
    ("raw", "value", "warned"),
    [
        ("8934563138165", "8934563138165", False),
        ("8 934563 138165", "8934563138165", False),
        ("8934563138164", "8934563138164", True),
        ("036000291452", "0036000291452", False),
        ("08934563138165", "8934563138165", False),
        ("96385074", "96385074", False),
        ("893", "893", True),
    ],
)
def test_barcode(raw: str, value: str, warned: bool) -> None:
    found = normalise("barcode", raw)
    assert (found.value, bool(found.warnings)) == (value, warned)


@pytest.mark.parametrize(
    ("raw", "value", "warned"),
    [
        ("https://WWW.Example.VN/San-Pham/?utm_source=fb&id=5&fbclid=x#top", "example.vn/San-Pham?id=5", False),
        ("http://example.vn", "example.vn", False),
        ("example.vn/", "example.vn", False),
        ("HTTPS://example.vn:443/a", "example.vn/a", False),
        ("https://example.vn:8443/a", "example.vn:8443/a", False),
        ("hxxps://lua-dao[.]example[.]com/x", "lua-dao.example.com/x", False),
        ("https://bánhàng.vn/a", "xn--bnhng-tqae.vn/a", False),
        ("https://shopee.vn@evil.example/login", "evil.example/login", True),
        ("http://192.0.2.7/a", "192.0.2.7/a", False),
        ("không có", "không có", True),
        ("http://[::1", "http://[::1", True),
        ("https://a.vn/x?b=2&a=1", "a.vn/x?a=1&b=2", False),
    ],
)
def test_url(raw: str, value: str, warned: bool) -> None:
    found = normalise("url", raw)
    assert (found.value, bool(found.warnings)) == (value, warned)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("https://shopee.vn/Ao-thun-nam-i.12345.67890?sp_atk=1", "shopee:12345"),
        ("https://shopee.vn/product/12345/67890", "shopee:12345"),
        ("shopee.vn/shop/12345", "shopee:12345"),
        ("https://shopee.vn/cuahang.abc", "shopee:@cuahang.abc"),
        ("https://www.tiktok.com/@ShopGiaRe/video/7", "tiktok:shopgiare"),
        ("https://www.facebook.com/profile.php?id=100012345678901", "facebook:100012345678901"),
        ("https://m.facebook.com/Shop.Gia.Re/posts/1", "facebook:shopgiare"),
        ("https://facebook.com/people/Shop-Gia/100012345678901/", "facebook:100012345678901"),
        ("https://www.facebook.com/groups/choonline/permalink/1", "facebook:groups/choonline"),
        ("https://m.me/shopgiare", "facebook:shopgiare"),
        ("https://zalo.me/0912345678", "zalo:+84912345678"),
        ("https://zalo.me/84912345678", "zalo:+84912345678"),
        ("https://zalo.me/1234567890123456", "zalo:1234567890123456"),
        ("https://zalo.me/g/abcxyz123", "zalo:g/abcxyz123"),
        ("https://www.lazada.vn/shop/abc-store/", "lazada:abc-store"),
        ("https://www.instagram.com/shop.abc/", "instagram:shop.abc"),
        ("https://www.youtube.com/@kenhban/videos", "youtube:@kenhban"),
        ("https://t.me/dautu2026", "telegram:dautu2026"),
        ("@ShopGiaRe", "@shopgiare"),
        ("Cửa  hàng Ánh Dương", "cua hang anh duong"),
        ("https://cuahang.example/gian-hang", "cuahang.example/gian-hang"),
    ],
)
def test_shop(raw: str, value: str) -> None:
    assert normalise("shop", raw).value == value


def test_domain() -> None:
    assert normalise("domain", "https://www.Lua-Dao.example/a?b").value == "lua-dao.example"


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(KeyError):
        normalise("passport", "1")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://lua-dao.example/a.b", "hxxps://lua-dao[.]example/a.b"),
        ("HTTP://a.b.example", "hxxp://a[.]b[.]example"),
        ("a.example", "a[.]example"),
        ("a.example?u=b.c", "a[.]example?u=b.c"),
    ],
)
def test_defang(address: str, shown: str) -> None:
    assert defang(address) == shown


STORIES = [
    ("gọi số 0912345678 không nghe máy", {("phone", "+84912345678")}),
    ("goi so 0912.345.678 khong nghe may", {("phone", "+84912345678")}),
    ("sđt:+84 912 345 678.", {("phone", "+84912345678")}),
    ("Zalo 0912 345 678, hoặc 0987-654-321", {("phone", "+84912345678"), ("phone", "+84987654321")}),
    ("sđt0912345678", {("phone", "+84912345678")}),
    ("tổng đài 1900 6838 bận", {("phone", "+8419006838")}),
    ("máy bàn (028) 3822 1234", {("phone", "+842838221234")}),
    ("gọi 0912345678 k nghe máy", {("phone", "+84912345678")}),
    ("gọi 0912345678 2 lần", {("phone", "+84912345678")}),
    ("nạp 0912345678 100k", {("phone", "+84912345678")}),
    ("0912.345.678 0987.654.321", {("phone", "+84912345678"), ("phone", "+84987654321")}),
    ("stk 0911 000 012 345 vcb", {("bank_account", "0911000012345")}),
    ("gọi 0\u200b9\u200b1\u200b2345678", {("phone", "+84912345678")}),
    ("số cũ 01681234567", {("phone", "+84381234567")}),
    ("chuyển vào stk 0071001234567 Vietcombank", {("bank_account", "0071001234567")}),
    ("số tài khoản nhận tiền là 19036666888012", {("bank_account", "19036666888012")}),
    ("so tai khoan 1903 6666 888 012 ngan hang Techcombank", {("bank_account", "19036666888012")}),
    ("TK: 123456789 (ACB)", {("bank_account", "123456789")}),
    ("stk 0912345678 MB", {("bank_account", "0912345678")}),
    ("chuyển khoản đến 123456789012 ngân hàng BIDV", {("bank_account", "123456789012")}),
    ("vào trang lua-dao.com mua", {("domain", "lua-dao.com")}),
    ("link https://lua-dao.vn/khuyen-mai?fbclid=1.", {("url", "lua-dao.vn/khuyen-mai"), ("domain", "lua-dao.vn")}),
    ("trang lua-dao[.]com", {("domain", "lua-dao.com")}),
    ("zalo.me/0912345678 nhé", {("url", "zalo.me/0912345678"), ("shop", "zalo:+84912345678")}),
    (
        "mua tại https://shopee.vn/Ao-i.12.34",
        {("url", "shopee.vn/Ao-i.12.34"), ("shop", "shopee:12")},
    ),
    # What is not an identifier.
    ("tài khoản bị trừ 5000000đ", set()),
    ("tài khoản của tôi còn 15000000", set()),
    ("mất 1.200.000.000 đồng", set()),
    ("giá 84.560.000.000", set()),
    ("ngày 05.11.2025 1430 tôi mua", set()),
    ("mã đơn 250912ABCDEF, mã vận đơn SPX0912345678", set()),
    ("mã đơn hàng 0912345678", set()),
    ("cccd 0912345678", set()),
    ("TK319392817 là mã đơn", set()),
    ("thư gửi nguyen.hoa@gmail.com", set()),
    ("mua trên shopee.vn và facebook.com", set()),
    ("Tôi rất bực mình.Em chờ mãi.co ai giúp không", set()),
    ("hàng tệ quá.Không mua nữa...", set()),
    ("", set()),
]


@pytest.mark.parametrize(("text", "expected"), STORIES)
def test_find_in_text(text: str, expected: set[tuple[str, str]]) -> None:
    for form in (text, unicodedata.normalize("NFD", text), fold(text)):
        found = find_in_text(form)
        assert {i.key for i in found if i.kind not in ("url", "domain")} == {
            key for key in expected if key[0] not in ("url", "domain")
        }, form
        assert all(i.from_text for i in found)
    assert {i.key for i in find_in_text(text)} == expected


def test_the_bank_is_read_beside_the_account() -> None:
    banks = {text: find_in_text(text)[0].bank for text, keys in STORIES if any(k == "bank_account" for k, _ in keys)}
    assert list(banks.values()) == ["Vietcombank", "Vietcombank", "", "Techcombank", "ACB", "MBBank", "BIDV"]


@given(st.text(alphabet=st.characters(codec=None)) | st.text(alphabet="0123456789 .-+()@/:stkvcb[]a"))
def test_find_in_text_takes_anything(text: str) -> None:
    for found in find_in_text(text):
        assert found.value
        assert found.raw


@pytest.mark.parametrize("kind", ["phone", "bank_account", "url", "domain", "shop", "tax_code", "barcode"])
@pytest.mark.parametrize(
    "raw",
    [
        "http://a.vn/?\ud800=1",
        "\x00",
        "http://a.vn:99999/",
        "http://a.vn:x/",
        "http://[v1.x]/",
        "xn--\xad.vn",
        "@",
        "://",
    ],
)
def test_normalise_gives_what_can_be_stored(kind: str, raw: str) -> None:
    found = normalise(kind, raw)
    for text in (found.raw, found.value):
        assert "\x00" not in text
        text.encode()


@given(st.sampled_from(["phone", "bank_account", "url", "domain", "shop", "tax_code", "barcode"]), st.text())
def test_normalise_takes_anything_and_warnings_are_sentences(kind: str, raw: str) -> None:
    with translation.override("en"):
        assert all(str(warning).endswith(".") for warning in normalise(kind, raw).warnings)


@pytest.mark.parametrize(
    "text",
    [
        "a." * 50_000,
        "a-" * 50_000,
        "0" * 100_000,
        "0 " * 50_000,
        "https://" * 12_000,
        "stk " * 25_000,
        "1234567 " * 12_000,
        "(" * 100_000 + "0.com",
    ],
)
def test_hostile_text_ends_in_time(text: str) -> None:
    start = time.perf_counter()
    find_in_text(text)
    assert time.perf_counter() - start < 3


def test_a_plain_text_costs_no_more_than_a_few_microseconds() -> None:
    words = "tôi mua hàng trên mạng nhưng không nhận được hàng đã gọi 3 lần mất 250k rất bực".split()
    chooser = random.Random(7)
    texts = [" ".join(chooser.choices(words, k=40)) + "." for _ in range(2000)]
    best = min(_seconds_for(texts) for _ in range(5))
    assert best / len(texts) < 60e-6


def _seconds_for(texts: list[str]) -> float:
    start = time.perf_counter()
    for text in texts:
        find_in_text(text)
    return time.perf_counter() - start


def _lodgement(**fields: object) -> Lodgement:
    return Lodgement(**({"province": "82", "narrative": "x", "idempotency_key": "0" * 32} | fields))  # type: ignore[arg-type]


def test_given_identifiers_win_over_those_in_the_story() -> None:
    rows = indicator_rows(
        _lodgement(
            narrative="Gọi 0912 345 678, chuyển vào stk 0071001234567 vcb, xem lua-dao.com",
            identifiers=(("phone", "0912345678"), ("bank_account", "0071001234567")),
            bank="970436",
        )
    )
    assert {(r.kind, r.value, r.bank, r.from_text) for r in rows} == {
        ("phone", "+84912345678", "", False),
        ("bank_account", "0071001234567", "Vietcombank", False),
        ("domain", "lua-dao.com", "", True),
    }


def test_the_complainants_own_phone_is_no_indicator() -> None:
    rows = indicator_rows(
        _lodgement(narrative="Liên hệ tôi 0987654321", person=Person(name="Trần Thị Mẫu", phone="0987 654 321"))
    )
    assert rows == []


def test_two_phones_in_one_field_are_two() -> None:
    rows = indicator_rows(_lodgement(identifiers=(("phone", "0912345678 / 0987654321"),)))
    assert {r.value for r in rows} == {"+84912345678", "+84987654321"}
    assert not any(r.from_text for r in rows)


def test_a_link_given_tells_its_shop_or_domain_too() -> None:
    rows = indicator_rows(
        _lodgement(identifiers=(("url", "https://shopee.vn/Ao-i.12.34"), ("url", "https://lua-dao.com/a")))
    )
    assert {r.key for r in rows} == {
        ("url", "shopee.vn/Ao-i.12.34"),
        ("shop", "shopee:12"),
        ("url", "lua-dao.com/a"),
        ("domain", "lua-dao.com"),
    }


def test_an_empty_field_is_no_indicator() -> None:
    assert indicator_rows(_lodgement(identifiers=(("phone", "  "), ("url", "")))) == []


def test_identifiers_compare_by_kind_and_value() -> None:
    assert normalise("phone", "0912345678").key == normalise("phone", "+84912345678").key
    assert isinstance(normalise("phone", "1"), Identifier)
