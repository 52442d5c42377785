"""Many sockets of one process, read with as little work as can be: the machine is the server's."""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

HOST = "127.0.0.1"
MASK = b"\0\0\0\0"  # the client must mask; nothing says with what
TEXT, CLOSE, PING, PONG = 0x1, 0x8, 0x9, 0xA
Heard = Callable[["CrowdSocket", dict[str, Any], float], None]


class CrowdSocket(asyncio.Protocol):
    """One socket, number ``number``. ``heard(socket, message, when)`` is called for each message, ``when`` from
    time.monotonic(), which all processes of a machine share."""

    def __init__(self, number: int, request: bytes, hello: bytes | None, heard: Heard) -> None:
        self.number, self.request, self.hello, self.heard = number, request, hello, heard
        self.opened = self.lost = False
        self.code: int | None = None
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        when = time.monotonic()
        self._buffer += data
        if not self.opened:
            head, end, rest = self._buffer.partition(b"\r\n\r\n")
            if not end:
                return
            if b" 101 " not in head.partition(b"\r\n")[0]:
                self.transport.abort()
                return
            self.opened, self._buffer = True, rest
            if self.hello:
                self._send(TEXT, self.hello)
        while (frame := self._next()) is not None:
            self._take(*frame, when)

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True

    def _next(self) -> tuple[int, bytes] | None:
        data = self._buffer
        if len(data) < 2:
            return None
        size, begin = data[1] & 0x7F, 2
        if size == 126:
            size, begin = int.from_bytes(data[2:4], "big"), 4
        elif size == 127:
            size, begin = int.from_bytes(data[2:10], "big"), 10
        if len(data) < begin + size:
            return None
        self._buffer = data[begin + size :]
        return data[0] & 0x0F, data[begin : begin + size]

    def _take(self, kind: int, payload: bytes, when: float) -> None:
        if kind == TEXT:
            self.heard(self, json.loads(payload), when)
        elif kind == PING:
            self._send(PONG, payload)
        elif kind == CLOSE:
            self.code = int.from_bytes(payload[:2], "big")
            self.transport.close()

    def _send(self, kind: int, payload: bytes) -> None:
        assert len(payload) < 126
        self.transport.write(bytes([0x80 | kind, 0x80 | len(payload)]) + MASK + payload)


def request_of(port: int, path: str, cookie: str = "") -> bytes:
    lines = [
        f"GET {path} HTTP/1.1", f"Host: {HOST}:{port}", f"Origin: http://{HOST}:{port}", "Upgrade: websocket",
        "Connection: Upgrade", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ]  # fmt: skip
    lines += [f"Cookie: {cookie}"] if cookie else []
    return "\r\n".join([*lines, "", ""]).encode()


async def open_all(
    port: int, requests: Sequence[bytes], hellos: Sequence[bytes | None], heard: Heard, *, within: float
) -> list[CrowdSocket]:
    """Each at a moment of its own within so many seconds, tried again until it connects."""
    loop = asyncio.get_running_loop()

    async def one(number: int) -> CrowdSocket:
        await asyncio.sleep(random.uniform(0, within))
        while True:
            try:
                _, made = await loop.create_connection(
                    lambda: CrowdSocket(number, requests[number], hellos[number], heard), HOST, port
                )
            except OSError:
                await asyncio.sleep(random.uniform(0.5, 1.5))
            else:
                return made

    return list(await asyncio.gather(*map(one, range(len(requests)))))


def resident_kb(pid: int) -> float:
    """VmRSS of one process (proc(5))."""
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        return next(float(line.split()[1]) for line in status if line.startswith("VmRSS"))


def cpu_of(pid: int) -> float:
    """Seconds of processor the process has used (proc(5), stat fields 14 and 15)."""
    with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
