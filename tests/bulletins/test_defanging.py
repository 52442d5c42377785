"""Identifiers as they are printed: to be recognised, not clicked, called or paid."""

import pytest

from bulletins.defanging import defanged


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("vào https://shop-gia.example/kem nhé", "vào hxxps://shop-gia[.]example/kem nhé"),
        ("HTTP://A.example", "hxxp://A[.]example"),
        ("trang shop-gia.com/abc", "trang shop-gia[.]com/abc"),
        ("thư lua@dao.example", "thư lua[@]dao[.]example"),
        ("gọi 0912345678", "gọi 0912••••78"),
        ("gọi 0912 345 678", "gọi 0912 ••• •78"),
        ("tài khoản 19031234567890", "tài khoản 1903••••••••90"),
        ("tk VCB1234567890", "tk VCB1•••••••90"),
        ("ftp://a.example", "ftp://a[.]example"),
        ("file:///etc/passwd", "file:///etc/passwd"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("1800.6838, 113, 5656", "1800.6838, 113, 5656"),
        ("3.000.000.000 đồng", "3.000.000.000 đồng"),
        ("Quyết định 15/QĐ-XPHC ngày 20/10/2026", "Quyết định 15/QĐ-XPHC ngày 20/10/2026"),
        ("Hết câu.Câu sau", "Hết câu.Câu sau"),
    ],
)
def test_defanged(written, printed):
    assert defanged(written) == printed
    assert defanged(printed) == printed
