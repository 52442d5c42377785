"""Whoever was cheated is asked about the scammer, not about a shop."""

import pytest

from complaints.models import Complaint, Indicator
from tests.public.journeys import lodge, send, visible_text, walk

CHEATED = {"kind": {"kind": "crime"}, "contact": {"identity": "named"}}


def scammer_step(citizen, **kind):
    citizen.post("/gui/", {"kind": "crime", "money_moved": "no"} | kind)
    return citizen.get("/gui/nguoi-ban/")


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [{}, {"kind": "consumer", "money_moved": "yes"}])
def test_the_account_and_the_phone_come_first(citizen, kind):
    page = scammer_step(citizen, **kind).content.decode()
    order = [page.index(f'name="{name}"') for name in ("bank_account", "bank", "phone", "link", "seller_name")]
    assert order == sorted(order)
    for name in ("price", "brand", "barcode", "product_group"):
        assert f'name="{name}"' not in page


@pytest.mark.django_db
def test_it_speaks_of_the_scammer(citizen):
    text = visible_text(scammer_step(citizen))
    assert "Kẻ lừa đảo: số tài khoản nhận tiền" in text
    assert "Tôi không biết gì về kẻ lừa đảo" in text
    assert "người bán" not in text.lower()


@pytest.mark.django_db
def test_the_missing_thing_is_asked_for_in_the_same_words(citizen):
    scammer_step(citizen)
    page = citizen.post("/gui/nguoi-ban/", {}, follow=True)
    assert "người bán" not in visible_text(page).lower()


@pytest.mark.django_db
def test_a_shop_stays_a_shop(citizen):
    page = scammer_step(citizen, kind="consumer")
    assert "Tôi không biết gì về người bán" in visible_text(page)
    assert 'name="barcode"' in page.content.decode()


@pytest.mark.django_db
def test_what_was_typed_is_lodged(citizen):
    lodge(citizen, **CHEATED, seller={"bank_account": "19036123456789", "bank": "Techcombank"})
    assert set(Indicator.objects.values_list("kind", flat=True)) == {"phone", "bank_account"}
    assert Complaint.objects.get().price is None


@pytest.mark.django_db
def test_the_check_speaks_of_the_scammer_too(citizen):
    page = walk(citizen, **CHEATED)
    assert "Kẻ lừa đảo: số điện thoại" in visible_text(page)
    send(citizen, page)
