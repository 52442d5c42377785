"""Tokens to sign with, in SoftHSM's module."""

import importlib.util
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.certified import DER, Holder, below, certified, root
from tests.conftest import MISSING

PIN, OTHER_PIN, SO_PIN = "24681357", "97538642", "13579086"
MODULES = ("usr/lib/softhsm/libsofthsm2.so", "usr/lib/*/softhsm/libsofthsm2.so")


def softhsm() -> Path:
    found = [path for pattern in MODULES for path in Path("/").glob(pattern)]
    if not found:
        pytest.skip(f"{MISSING}the Debian package softhsm2 is not there")
    return found[0]


@dataclass(frozen=True)
class Tokens:
    """``casemgr``: the signer's key and chain, and labels with which something is wrong. ``khác``: another PIN, another
    key under the same label. ``đôi``: twice."""

    module: Path
    folder: Path

    def make(self, label: str, pin: str) -> None:
        words = ["--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", SO_PIN]
        subprocess.run(["softhsm2-util", *words], check=True, capture_output=True)

    def bring_key(self, holder: Holder, *, token: str, pin: str, label: str, id: str) -> None:
        file = self.folder / "key.pem"
        file.write_bytes(holder.key_pem)
        words = ["--import", str(file), "--token", token, "--pin", pin, "--label", label, "--id", id]
        subprocess.run(["softhsm2-util", *words], check=True, capture_output=True)
        file.unlink()

    def bring_certificates(self, token: str, pin: str, *brought: tuple[str, str, Holder]) -> None:
        import pkcs11
        from pkcs11.util.x509 import decode_x509_certificate

        module = pkcs11.lib(str(self.module))
        with module.get_token(token_label=token).open(rw=True, user_pin=pin) as session:
            for label, id, holder in brought:
                about = decode_x509_certificate(holder.certificate.public_bytes(DER))
                about |= {pkcs11.Attribute.TOKEN: True, pkcs11.Attribute.LABEL: label}
                session.create_object(about | {pkcs11.Attribute.ID: bytes.fromhex(id)})
        module.finalize()


@pytest.fixture(scope="session")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tokens]:
    if importlib.util.find_spec("pkcs11") is None:
        pytest.skip(f"{MISSING}python-pkcs11 is not installed")
    made = Tokens(softhsm(), tmp_path_factory.mktemp("tokens"))
    (made.folder / "kept").mkdir()
    (made.folder / "softhsm2.conf").write_text(
        f"directories.tokendir = {made.folder}/kept\nobjectstore.backend = file\nlog.level = ERROR\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(made.folder / "softhsm2.conf"))
        _fill(made)
        yield made


def _fill(made: Tokens) -> None:
    signer, other, double = (certified(name, below()) for name in ("Nguyễn Văn Ký", "Người Khác", "Hai Lần"))
    curve = certified("Đường Cong", below(), key=ec.generate_private_key(ec.SECP256R1()))
    made.make("khác", OTHER_PIN)
    made.make("casemgr", PIN)
    made.make("đôi", PIN)
    made.make("đôi", PIN)
    # As vendors do it: what belongs together has one id, and labels of its own.
    for holder, label, id in ((signer, "khóa 1", "a1"), (curve, "khóa 2", "a2"), (other, "không khớp", "a3")):
        made.bring_key(holder, token="casemgr", pin=PIN, label=label, id=id)
    made.bring_key(other, token="khác", pin=OTHER_PIN, label="chữ ký", id="a1")
    made.bring_certificates(
        "casemgr", PIN, ("chữ ký", "a1", signer), ("đường cong", "a2", curve), ("không khớp", "a3", double),
        ("không khóa", "a4", double), ("hai", "a5", double), ("hai", "a6", other), ("Sub CA", "c1", below()),
    )  # fmt: skip
    made.bring_certificates("khác", OTHER_PIN, ("chữ ký", "a1", other))


@pytest.fixture
def token(tokens: Tokens, settings: Any, tmp_path: Path) -> Tokens:
    """The settings name the token; what leads to the root is trusted."""
    (tmp_path / "root.pem").write_bytes(root().pem)
    settings.SIGNING_PKCS12 = settings.SIGNING_DEMO = ""
    settings.SIGNING_PKCS11_MODULE, settings.SIGNING_PKCS11_TOKEN = str(tokens.module), "casemgr"
    settings.SIGNING_PKCS11_PIN, settings.SIGNING_PKCS11_CERTIFICATE = PIN, "chữ ký"
    settings.SIGNING_TRUST = [str(tmp_path / "root.pem")]
    return tokens
