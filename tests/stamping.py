"""A time stamp authority (RFC 3161): OpenSSL behind HTTP, in good and in bad manners."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from documents import signing
from tests.certified import below, certified, root

TSA = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
certs = {folder}/chain.pem
default_policy = 1.3.6.1.4.1.55555.1
digests = {digests}
signer_digest = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class Authority(ThreadingHTTPServer):
    """``manner``: how it answers. ``asked``: how often it was asked."""

    daemon_threads = True
    manner = "granted"
    asked = 0
    #: Seconds that a slow answer takes.
    patience = 20
    folder: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/tsa"

    def stamped(self, query: bytes, digests: str = "sha256") -> bytes:
        name = self.folder / f"query{threading.get_ident()}"
        name.write_bytes(query)
        config = name.with_suffix(".cnf")
        config.write_text(TSA.format(folder=self.folder, digests=digests))
        subprocess.run(
            ["openssl", "ts", "-reply", "-config", config, "-queryfile", name, "-out", name.with_suffix(".tsr")],
            check=True, capture_output=True,
        )  # fmt: skip
        return name.with_suffix(".tsr").read_bytes()


def of_something_else(query: bytes) -> bytes:
    """The same question, nonce and all, about other bytes."""
    from asn1crypto import tsp

    asked = tsp.TimeStampReq.load(query)
    asked["message_imprint"]["hashed_message"] = bytes(32)
    return asked.dump(force=True)


class Answering(BaseHTTPRequestHandler):
    server: Authority

    def do_POST(self) -> None:
        query = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked += 1
        match self.server.manner:
            case "granted":
                self.give(self.server.stamped(query))
            case "refused":
                self.give(self.server.stamped(query, digests="sha512"))
            case "another":
                self.give(self.server.stamped(of_something_else(query)))
            case "error":
                self.give(b"out of order", status=500)
            case "page":
                self.give(b"<html>Sign in</html>", kind="text/html")
            case "garbage":
                self.give(b"\x30\x82garbage")
            case "nothing":
                self.give(b"")
            case "slow":
                time.sleep(self.server.patience)
            case "dripping":
                self.drip()

    def give(self, answer: bytes, *, status: int = 200, kind: str = "application/timestamp-reply") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", "10000")
        self.end_headers()
        for _ in range(self.server.patience * 10):
            self.wfile.write(b"\x30")
            self.wfile.flush()
            time.sleep(0.1)

    def handle(self) -> None:
        with suppress(ConnectionError):  # whoever asked has gone
            super().handle()

    def log_message(self, *words: object) -> None:
        pass


@pytest.fixture
def authority(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """Asked by whoever signs, trusted, and not waited for longer than a second."""
    server = Authority(("127.0.0.1", 0), Answering)
    server.folder = tmp_path / "tsa"
    server.folder.mkdir()
    (server.folder / "serial").write_text("01\n")
    own = certified("Dấu thời gian", below(), stamps=True)
    (server.folder / "tsa.pem").write_bytes(own.pem)
    (server.folder / "tsa.key").write_bytes(own.key_pem)
    (server.folder / "chain.pem").write_bytes(below().pem)
    (server.folder / "root.pem").write_bytes(root().pem)
    settings.SIGNING_TSA_URL = server.url
    settings.SIGNING_TRUST = [*settings.SIGNING_TRUST, str(server.folder / "root.pem")]
    monkeypatch.setattr(signing, "STAMP_SECONDS", 1)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()
