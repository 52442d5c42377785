"""What of a case may be chosen to be shown to an agency that helps. Who complained, where they live and how they
told it are not on the list: the asker writes a summary instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint


def _money(amount: int | None) -> str:
    return "" if amount is None else f"{amount:,}".replace(",", ".") + " đ"


def _moment(at: Any) -> str:
    return localtime(at).strftime("%H:%M %d/%m/%Y") if at else ""


def _day(day: Any) -> str:
    return day.strftime("%d/%m/%Y") if day else ""


FACTS: dict[str, tuple[Any, Callable[[Complaint], Any]]] = {
    "category": (_("Category"), lambda said: said.category),
    "product": (_("Product or service"), lambda said: said.product),
    "product_group": (_("Product group"), lambda said: said.product_group),
    "brand": (_("Brand"), lambda said: said.brand),
    "price": (_("Price"), lambda said: _money(said.price)),
    "seller_name": (_("Seller"), lambda said: said.seller_name),
    "seller_address": (_("Seller's address"), lambda said: said.seller_address),
    "channel": (_("Sold through"), lambda said: said.channel),
    "amount": (_("Loss"), lambda said: _money(said.amount)),
    "money_moved_at": (_("Left at"), lambda said: _moment(said.money_moved_at)),
    "occurred_on": (_("Happened on"), lambda said: _day(said.occurred_on)),
}


def stated(complaint: Complaint) -> dict[str, tuple[str, str]]:
    """Code → (label, value) of what was stated; what was not is left out."""
    told = ((code, str(label), str(read(complaint) or "")) for code, (label, read) in FACTS.items())
    return {code: (label, value) for code, label, value in told if value}


def chosen(complaint: Complaint, codes: Iterable[str]) -> list[tuple[str, str]]:
    """The (label, value) of these codes, in the list's order; unknown codes and what was not stated are left out."""
    wanted = set(codes)
    return [pair for code, pair in stated(complaint).items() if code in wanted]
