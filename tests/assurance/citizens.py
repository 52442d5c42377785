"""Citizens at the public form, outside the server: they know only what came back over HTTP, and write it down.

    python -m tests.assurance.citizens lodge  PORT LEDGER --count N --first N    fill in, send once, note the outcome
    python -m tests.assurance.citizens settle PORT LEDGER                        send again whatever has no receipt

The ledger is JSON Lines, a line before each sending (`sent`) and one after each answer (`receipt`), so that it
tells the truth whenever anything is killed.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookies import SimpleCookie
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

HOST = "127.0.0.1"
# In production these runs stand where the TLS proxy does.
SCHEME = "https" if os.environ.get("TRUSTED_PROXIES") == "1" else "http"
PATIENCE_SECONDS = 300.0
# The server closes a connection that is idle for five; what is sent at that moment would be lost.
IDLE_SECONDS = 2.0
CHECK, RECEIPT = "/gui/kiem-tra/", "/gui/da-nhan/"
_SHOWN = re.compile(r'name="shown" value="([0-9a-f]+)"')
_CODE = re.compile(r'id="tracking-code"[^>]*>(.*?)</p>', re.DOTALL)
_NO_ANSWER = (OSError, http.client.HTTPException)


class Unexpected(RuntimeError):
    """The form answered something a citizen could not go on from."""


class Away(OSError):
    """The page that says nothing was received: the citizen tries again."""


@dataclass
class Browser:
    """Cookies and one connection. What leaves it passes for a browser behind the TLS proxy."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None
    _used: float = 0.0

    def get(self, path: str) -> tuple[int, str, str]:
        return self._ask("GET", path)

    def post(self, path: str, fields: dict[str, str]) -> tuple[int, str, str]:
        body = urlencode(fields | {"csrfmiddlewaretoken": self.cookies.get("csrftoken", "")})
        return self._ask("POST", path, body)

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str, str]:
        """(status, location, text). Raises OSError or HTTPException when no whole answer came."""
        headers = {
            "Accept-Language": "vi",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Origin": f"{SCHEME}://{HOST}:{self.port}",
            "Referer": f"{SCHEME}://{HOST}:{self.port}{path}",
            "X-Forwarded-Proto": SCHEME,
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if self._connection and time.monotonic() - self._used > IDLE_SECONDS:
            self._connection.close()
        self._connection = self._connection or http.client.HTTPConnection(HOST, self.port, timeout=60)
        self._used = time.monotonic()
        try:
            self._connection.request(method, path, body, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode()
        except _NO_ANSWER:
            self._connection.close()
            self._connection = None
            raise
        for line in answer.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if answer.status == 503:
            raise Away
        return answer.status, answer.headers.get("Location", ""), text


def story(number: int) -> str:
    return f"Phiếu thử số {number:07d}. Tôi đặt mua hàng trên mạng, trả tiền rồi nhưng không nhận được hàng."


def steps(number: int) -> dict[str, dict[str, str]]:
    """What citizen ``number`` types. Every fifth has just lost money: that case goes to the police at once."""
    fresh = number % 5 == 0
    moved = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")) - timedelta(hours=2)
    when = {"moved_on": f"{moved:%d/%m/%Y}", "moved_time": f"{moved:%H:%M}"} if fresh else {"occurred_on": "05/11/2025"}
    return {
        "/gui/": {"kind": "crime" if fresh else "consumer", "money_moved": "yes" if fresh else "no"},
        "/gui/nguoi-ban/": {"seller_name": f"Cửa hàng {number}", "phone": f"0912{number % 10**6:06d}", "price": "1.500.000"},
        "/gui/noi-dung/": {"narrative": story(number), "amount": "1.500.000", **when},
        "/gui/lien-he/": {"identity": "named", "name": f"Trần Thị Mẫu {number}", "phone": "0987654321", "consent": "on"},
    }  # fmt: skip


def fill_in(browser: Browser, number: int) -> str:
    """All steps up to the page that shows everything; what that page's form would send. Raises Unexpected."""
    browser.get("/gui/")
    for path, fields in steps(number).items():
        status, _, text = browser.post(path, fields)
        if status != 302:
            raise Unexpected(f"{path} answered {status}: {_plain(text)[:300]}")
    status, _, text = browser.get(CHECK)
    shown = _SHOWN.search(text)
    if status != 200 or shown is None:
        raise Unexpected(f"{CHECK} answered {status}")
    return shown[1]


def hand_in(browser: Browser, shown: str) -> str:
    """The request that lodges; the address of the receipt. Raises Unexpected when it leads elsewhere."""
    status, location, text = browser.post(CHECK, {"shown": shown})
    if (status, location) != (303, RECEIPT):
        raise Unexpected(f"sending answered {status} {location}: {_plain(text)[:300]}")
    return location


def send(browser: Browser, shown: str) -> str:
    """The tracking code. Raises Unexpected when the page is no receipt."""
    status, location, text = browser.get(hand_in(browser, shown))
    code = _CODE.search(text)
    if status != 200 or code is None:
        raise Unexpected(f"the receipt answered {status} {location}: {_plain(text)[:300]}")
    return re.sub(r"<[^>]+>|[\s-]", "", code[1])


def _plain(text: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text.partition("<main")[2] or text).split())


class Ledger:
    """Append-only, safe to write from several threads."""

    def __init__(self, path: Path) -> None:
        self.path, self._lock = path, threading.Lock()

    def note(self, **line: Any) -> None:
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []

    def sent(self) -> dict[int, dict[str, Any]]:
        """Number → what was sent."""
        return {line["number"]: line for line in self.lines() if line["what"] == "sent"}

    def receipts(self) -> dict[int, set[str]]:
        """Number → the codes its receipts showed."""
        found: dict[int, set[str]] = {}
        for line in self.lines():
            if line["what"] == "receipt":
                found.setdefault(line["number"], set()).add(line["code"])
        return found

    def troubles(self) -> list[str]:
        return [f"citizen {line['number']}: {line['why']}" for line in self.lines() if line["what"] == "trouble"]


def lodge(port: int, ledger: Ledger, number: int) -> None:
    """Fill in, patiently; send once; note what came back."""
    browser, shown = _patiently(port, number)
    ledger.note(what="sent", number=number, token=browser.cookies["lodging"], shown=shown)
    _send_and_note(browser, shown, ledger, number)


def _patiently(port: int, number: int) -> tuple[Browser, str]:
    """While the server is away the citizen's browser keeps the text, and tries again from the start."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        browser = Browser(port)
        try:
            return browser, fill_in(browser, number)
        except _NO_ANSWER:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _send_and_note(browser: Browser, shown: str, ledger: Ledger, number: int) -> bool:
    try:
        code = send(browser, shown)
    except _NO_ANSWER:
        return False
    except Unexpected as why:
        ledger.note(what="trouble", number=number, why=str(why))
        return True
    ledger.note(what="receipt", number=number, code=code)
    return True


def settle(port: int, ledger: Ledger, number: int, sent: dict[str, Any]) -> None:
    """The same browser sends the same form again until it is answered."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    browser = Browser(port, {"lodging": sent["token"]})
    # For its CSRF cookie: a lodged draft's own pages lead to the receipt.
    browser.get("/tra-cuu/")
    while not _send_and_note(browser, sent["shown"], ledger, number):
        if time.monotonic() > deadline:
            ledger.note(what="trouble", number=number, why="no answer to the retry")
            return
        time.sleep(0.2)


def work(jobs: Iterable[tuple[Any, ...]], ledger: Ledger, threads: int) -> None:
    """``jobs``: (function, arguments…), shared between the threads."""
    shared, lock = iter(jobs), threading.Lock()

    def next_job() -> tuple[Any, ...] | None:
        with lock:
            return next(shared, None)

    def run() -> None:
        while job := next_job():
            function, *arguments = job
            try:
                function(*arguments)
            except Exception as error:
                ledger.note(what="trouble", number=arguments[2], why=f"{type(error).__name__}: {error}")

    crowd = [threading.Thread(target=run) for _ in range(threads)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()


def _settling(port: int, ledger: Ledger, also_each: int) -> Iterator[tuple[Any, ...]]:
    """What has no receipt; and every ``also_each``-th that has one, which must show the same again."""
    receipts = ledger.receipts()
    for position, (number, sent) in zip(count(), sorted(ledger.sent().items()), strict=False):
        if number not in receipts or (also_each and position % also_each == 0):
            yield settle, port, ledger, number, sent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["lodge", "settle"])
    parser.add_argument("port", type=int)
    parser.add_argument("ledger", type=Path)
    parser.add_argument("--count", type=int, default=1)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--also-each", type=int, default=10)
    given = parser.parse_args()
    ledger = Ledger(given.ledger)
    if given.what == "lodge":
        jobs = ((lodge, given.port, ledger, number) for number in range(given.first, given.first + given.count))
        work(jobs, ledger, given.threads)
    else:
        work(list(_settling(given.port, ledger, given.also_each)), ledger, given.threads)


if __name__ == "__main__":
    main()
