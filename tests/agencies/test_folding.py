import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agencies.folding import fold, normalise

VIETNAMESE_LETTERS = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
PLAIN_LETTERS = "a" * 18 + "bcdd" + "e" * 12 + "gh" + "i" * 6 + "klmn" + "o" * 18 + "pqrst" + "u" * 12 + "vx" + "y" * 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Đồng Tháp", "dong thap"),
        ("ĐỒNG THÁP", "dong thap"),
        ("hòa", "hoa"),
        ("hoà", "hoa"),
        ("Thuỷ, Thủy, quý, quí", "thuy, thuy, quy, qui"),
        ("Nguyễn Ỷ Ỵ ưƯ ơƠ", "nguyen y y uu oo"),
        ("giao dịch 5.000.000đ", "giao dich 5.000.000d"),
        ("already plain 123", "already plain 123"),
        ("", ""),
        ("Ðà Nẵng typed with eth", "da nang typed with eth"),
        ("Straße", "strasse"),
        ("ἈΘΉΝΑΙ", "αθηναι"),
        ("lừa đảo 😡 quá", "lua dao 😡 qua"),
    ],
)
def test_fold(text: str, expected: str) -> None:
    assert fold(text) == expected
    assert fold(unicodedata.normalize("NFD", text)) == expected


def test_every_vietnamese_letter_folds_to_its_base() -> None:
    assert len(VIETNAMESE_LETTERS) == len(PLAIN_LETTERS)
    assert fold(VIETNAMESE_LETTERS) == PLAIN_LETTERS
    assert fold(VIETNAMESE_LETTERS.upper()) == PLAIN_LETTERS


@given(st.text(alphabet=VIETNAMESE_LETTERS + VIETNAMESE_LETTERS.upper() + " 0123456789.,!?"))
def test_fold_keeps_positions_in_vietnamese_text(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text())
def test_fold_is_idempotent_and_takes_both_forms(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert fold(unicodedata.normalize("NFC", text)) == fold(unicodedata.normalize("NFD", text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  mua   hàng\tgiả \u00a0 ", "mua hàng giả"),
        ("dòng 1\r\ndòng 2\rdòng 3\u2028dòng 4", "dòng 1\ndòng 2\ndòng 3\ndòng 4"),
        ("a \n\n\n\n b", "a\n\nb"),
        ("nul\x00 bell\x07 del\x7f c1\x9b", "nul bell del c1"),
        ("lừa\u200bđảo", "lừađảo"),
        ("\ufeffđầu tệp", "đầu tệp"),
        ("\u202etxt.exe\u202c và \u2066x\u2069\u200f", "txt.exe và x"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("gia đình 👨\u200d👩\u200d👧", "gia đình 👨\u200d👩\u200d👧"),
        ("chu\u200d thuong", "chu thuong"),
        (unicodedata.normalize("NFD", "Nguyễn Đức Thắng"), "Nguyễn Đức Thắng"),
        ("hoà và hòa", "hoà và hòa"),
        ("", ""),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


@given(st.text(alphabet=st.characters(codec=None)))
def test_normalise_is_idempotent_and_always_storable(text: str) -> None:
    clean = normalise(text)
    assert normalise(clean) == clean
    assert "\x00" not in clean
    clean.encode("utf-8")
