import unicodedata

import pytest

from agencies.place_names import address_keys, former_unit_found, former_units, name_key, search_text

LAP_VO = "Xã Tân Mỹ (huyện Lấp Vò); Xã Hội An Đông; Xã Mỹ An Hưng A; Xã Mỹ An Hưng B"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Xã Mỹ An Hưng", "mi an hung"),
        ("my an hung", "mi an hung"),
        ("MĨ AN HƯNG", "mi an hung"),
        ("TT. Lấp Vò", "lap vo"),
        ("P.Mỹ Ngãi", "mi ngai"),
        ("Xã Phương Thịnh", "phuong thinh"),
        ("Xã Tân Tây", "tan tay"),
        ("Mỹ Quý", "mi qui"),
        ("Phường 1 (thành phố Cao Lãnh)", "phuong 1 cao lanh"),
        ("p1 cao lãnh", "phuong 1 cao lanh"),
        ("Xã Ea H'Leo", "ea h leo"),
        ("  ", ""),
        ("%_", ""),
    ],
)
def test_name_key(name: str, key: str) -> None:
    assert name_key(name) == key
    assert name_key(unicodedata.normalize("NFD", name)) == key


def test_search_text_bounds_every_name() -> None:
    assert search_text("Xã Mỹ An Hưng", LAP_VO) == (
        " | mi an hung | tan mi lap vo | hoi an dong | mi an hung a | mi an hung b | "
    )


def test_search_text_names_an_unchanged_unit_once() -> None:
    assert search_text("Xã Vụ Bổn", "") == " | vu bon | "
    assert search_text("Xã Trà Leng", "Xã Trà Dơn; Xã Trà Leng") == " | tra leng | tra don | "


def test_former_units() -> None:
    assert former_units(LAP_VO)[0] == "Xã Tân Mỹ (huyện Lấp Vò)"
    assert len(former_units(LAP_VO)) == 4
    assert former_units("") == []


@pytest.mark.parametrize(
    ("wanted", "unit"),
    [
        ("mi an hung b", "Xã Mỹ An Hưng B"),
        ("tan mi", "Xã Tân Mỹ (huyện Lấp Vò)"),
        ("hoi an", "Xã Hội An Đông"),
        ("dong", "Xã Hội An Đông"),
        ("sa dec", None),
    ],
)
def test_former_unit_found(wanted: str, unit: str | None) -> None:
    assert former_unit_found(LAP_VO, wanted) == unit


def test_address_keys_shorten_an_address_from_its_end() -> None:
    assert address_keys("Xã Tân Mỹ, huyện Lấp Vò, Đồng Tháp")[:2] == ["tan mi lap vo", "tan mi"]
    assert "mi an hung b" in address_keys("my an hung b lap vo dong thap")
    assert address_keys("") == address_keys(", ,") == []
    assert len(address_keys("a " * 50)) <= 6
