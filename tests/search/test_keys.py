import pytest

from complaints.identifiers import normalise
from search.keys import keys_of, spans


@pytest.mark.parametrize(
    ("kind", "stored", "typed"),
    [
        ("phone", "0912 345 678", "+84912345678"),
        ("phone", "+84.912.345.678", "0912-345-678"),
        ("phone", "01234567890", "0834567890"),
        ("phone", "0912345678", "5678"),
        ("bank_account", "1903 4567 8901 23", "19034567890123"),
        ("bank_account", "19034567890123", "1903.4567.8901.23"),
        ("bank_account", "0071000123456", "123456"),
        ("tax_code", "0312345678", "0312345678"),
        ("domain", "https://www.Shop-Lua.com.vn/", "shop-lua.com.vn"),
        ("url", "http://shop.example.com/abc?utm_source=x", "https://shop.example.com/abc"),
        ("url", "http://shop.example.com/abc", "shop.example.com"),
        ("shop", "https://www.facebook.com/shop.anh", "facebook.com/shop.anh"),
    ],
)
def test_both_ends_meet(kind, stored, typed):
    keys = keys_of(kind, normalise(kind, stored).value)
    assert any(keys & span.keys for span in spans(typed))


@pytest.mark.parametrize(
    "typed", ["82-7K3F9-Q2MXA", "82-7k3f9-q2mxa", "827K3F9Q2MXA", "82 7K3F9 Q2MXA", "số 82-7K3F9-Q2MXA nhé"]
)
def test_a_case_number(typed):
    [span] = spans(typed)
    assert span.keys == {"82-7k3f9-q2mxa"}
    assert span.whole


@pytest.mark.parametrize("typed", ["20 thang phong", "hàng giả", "ngày 3", "", "💥", "a.b", "100k"])
def test_words_stay_words(typed):
    assert not [span for span in spans(typed) if span.whole]
