import random

import pytest

from complaints.identifiers import normalise
from search import keys
from search.keys import Span, keys_of, spans


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
        ("bank_account", "123 456", "123456"),
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


PIECES = (
    "82-7K3F9-Q2MXA", "82 7K3F9 Q2MXA", "a.b@shop.example", "shop.example/a?b=1", "0912 345 678", "+84.912.345.678", "5678",
    "tiki-123", "a_1", "ABCDE", "hàng giả", "1.500.000", "-", ",", "(", "https://", " ", " ", "\n",
)  # fmt: skip


def compared_with_each(text: str) -> list[Span]:
    """What `spans` must find, said simply: a match counts unless it overlaps one that counted before it."""
    found: list[Span] = []
    for pattern, keys_in in keys._KINDS:
        for match in pattern.finditer(text):
            made = frozenset(keys_in(match)) - {""}
            if made and not any(one.start < match.end() and match.start() < one.end for one in found):
                plain = pattern in {keys._CODE, keys._HALF_NUMBER} or any(key.startswith("~") for key in made)
                found.append(Span(match.start(), match.end(), made, not plain))
    return sorted(found, key=lambda span: span.start)


def test_overlaps_are_settled_as_if_each_were_compared_with_each():
    chance = random.Random(7)
    for _ in range(300):
        text = "".join(chance.choice(PIECES) + chance.choice(("", " ")) for _ in range(chance.randrange(40)))
        assert spans(text) == compared_with_each(text)


def test_a_statement_of_thousands_of_numbers_is_read_in_steps_that_grow_with_it(monkeypatch):
    looked_at = []
    monkeypatch.setattr(
        Span, "__getattribute__", lambda self, name: looked_at.append(name) or object.__getattribute__(self, name)
    )
    steps = []
    for count in (500, 1000):
        looked_at.clear()
        assert len(spans(" ".join(f"0912{n:06d}" for n in range(count)))) == count
        steps.append(len(looked_at))
    assert steps[1] <= 3 * steps[0] <= 100 * 500
