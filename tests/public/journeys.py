"""A citizen's way through the form, by plain HTTP, as a browser without JavaScript goes it."""

from __future__ import annotations

import html
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

STORY = "Tôi đặt mua điện thoại trên mạng, chuyển khoản xong thì người bán chặn liên lạc."
STEPS: dict[str, tuple[str, dict[str, Any]]] = {
    "kind": ("/gui/", {"kind": "consumer", "money_moved": "no"}),
    "seller": ("/gui/nguoi-ban/", {"seller_name": "Cửa hàng Ánh Dương", "phone": "0912 345 678", "price": "1.500.000"}),
    "story": ("/gui/noi-dung/", {"narrative": STORY, "occurred_on": "05/11/2025", "amount": "1.500.000 đ"}),
    "contact": ("/gui/lien-he/", {"name": "Trần Thị Mẫu", "phone": "0987654321", "consent": "on"}),
}


def walk(client: Client, **changes: dict[str, Any]) -> HttpResponse:
    """Fill in every step, with ``changes`` by step, and open the page that shows it all."""
    for name, (url, values) in STEPS.items():
        answer = client.post(url, values | changes.get(name, {}))
        assert answer.status_code == 302, f"{name}: {visible_text(answer)[:3000]}"
    return client.get("/gui/kiem-tra/")


def shown_in(page: HttpResponse) -> str:
    found = re.search(r'name="shown" value="([0-9a-f]+)"', page.content.decode())
    assert found, visible_text(page)[:2000]
    return found.group(1)


def send(client: Client, page: HttpResponse) -> HttpResponse:
    """The receipt, as the redirect leads to it."""
    return client.post("/gui/kiem-tra/", {"shown": shown_in(page)}, follow=True)


def code_in(receipt: HttpResponse) -> str:
    """The tracking code of a receipt, without dashes."""
    found = re.search(r'id="tracking-code"[^>]*>(.*?)</p>', receipt.content.decode(), re.DOTALL)
    assert found, visible_text(receipt)[:2000]
    return re.sub(r"<[^>]+>|[\s-]", "", found.group(1))


def lodge(client: Client, **changes: dict[str, Any]) -> str:
    """The code of a report lodged through the pages."""
    return code_in(send(client, walk(client, **changes)))


def follow(client: Client, code: str) -> HttpResponse:
    return client.post("/tra-cuu/", {"code": code}, follow=True)


def visible_text(page: HttpResponse) -> str:
    body = re.sub(r"<(script|style|template)\b.*?</\1>", " ", page.content.decode(), flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())
