"""Every environment variable the project reads: one row each, and nowhere else.

``docs/operations.md`` and ``.env.example`` are held against these rows by a test.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Variable:
    """One variable: ``default`` is the text used when it is unset (None: required in production)."""

    name: str
    default: str | None
    meaning: str


VARIABLES = (
    Variable("CASEMGR_HOME", "var", "Folder of all embedded state: database, index, uploads, keys."),
    Variable("SECRET_KEY", None, "Django's secret; embedded makes one under CASEMGR_HOME/secrets."),
    Variable("CODE_KEY", None, "Key of tracking codes and their hashes (hex, 32 bytes or more); embedded makes one."),
    Variable(
        "ALLOWED_HOSTS",
        "localhost,127.0.0.1,[::1]",
        "Host names served, separated by commas; `*` is refused in production.",
    ),
    Variable("CSRF_TRUSTED_ORIGINS", "", "Origins behind a TLS proxy, with scheme, separated by commas."),
    Variable("DATABASE_URL", None, "PostgreSQL in production; embedded uses SQLite under CASEMGR_HOME."),
    Variable("REDIS_URL", None, "Channel layer in production; losing it costs only immediacy."),
    Variable("ELASTICSEARCH_URL", None, "Elasticsearch 8/9 or OpenSearch 2/3; embedded searches in process."),
    Variable("ELASTICSEARCH_INDEX_PREFIX", "casemgr", "Prefix of index names on a shared search server."),
    Variable(
        "EMAIL_URL",
        "consolemail://",
        "Where mail goes, e.g. smtp+tls://user:password@host:587; by default to standard output.",
    ),
    Variable("DEFAULT_FROM_EMAIL", "no-reply@casemgr.example", "Sender of mail."),
    Variable(
        "QUIET_HOURS",
        "22-7",
        "Hours in Hanoi in which citizens and businesses get only messages they just asked for; empty: none.",
    ),
    Variable(
        "SMS_URL",
        "",
        "Gateway for short messages, with https://; empty: none are offered. `console:` prints them, embedded only.",
    ),
    Variable("SMS_TOKEN", "", "Bearer token of the gateway."),
    Variable(
        "SMS_FIELDS",
        '{"to": "{to}", "text": "{text}", "id": "{id}"}',
        "Fields of the JSON the gateway is sent: number, text and an id that is the same for each try.",
    ),
    Variable(
        "OUTGOING_MESSAGES_KEPT_DAYS",
        "400",
        "Days for which it is kept what became of a message outside (no address, no text); 30 at least.",
    ),
    Variable(
        "VAPID_KEY",
        "",
        "Key (hex, 32 bytes) that push messages to browsers are signed with; empty: none; embedded makes one.",
    ),
    Variable(
        "PUSH_SERVICES",
        "fcm.googleapis.com,.push.services.mozilla.com,.push.apple.com,.notify.windows.com",
        "Hosts of the browsers' push services; with a leading dot all below it. Nothing is sent anywhere else.",
    ),
    Variable(
        "PUSH_PRIVATE_NETWORKS",
        "",
        "Networks, e.g. 10.1.2.0/28, of a push service of your own; empty: only public addresses are sent to.",
    ),
    Variable("PUBLIC_URL", "http://localhost:8000", "The address citizens use; printed in receipts and mail."),
    Variable("DEFAULT_PROVINCE", "82", "Two-digit code of the province whose citizens this site serves."),
    Variable("MFA_REQUIRED_ROLES", "", "Roles that must have a second factor, e.g. `supervisor,admin`."),
    Variable("CLAMD_SOCKET", "", "Unix socket of ClamAV; empty: files are marked as not scanned."),
    Variable("S3_BUCKET", "", "Bucket for uploads; empty: the folder CASEMGR_HOME/media."),
    Variable(
        "TRUSTED_PROXIES", "0", "How many reverse proxies stand before the server (0: X-Forwarded headers ignored)."
    ),
    Variable(
        "SIGNING_PKCS12", "", "PKCS#12 file (.p12, .pfx) with the key that signs bulletins; empty: none are signed."
    ),
    Variable("SIGNING_PKCS12_PASSWORD", "", "Its password."),
    Variable("SIGNING_PKCS11_MODULE", "", "Library of a token or HSM, instead of the file; needs python-pkcs11."),
    Variable("SIGNING_PKCS11_TOKEN", "", "Label of the token."),
    Variable("SIGNING_PKCS11_PIN", "", "Its PIN."),
    Variable("SIGNING_PKCS11_CERTIFICATE", "", "Label of the certificate on the token."),
    Variable("SIGNING_TSA_URL", "", "Time stamp authority (RFC 3161); empty: signatures carry this machine's time."),
    Variable("SIGNING_IMAGE", "", "Picture of the signature or seal (PNG), shown where a document is signed."),
    Variable(
        "SIGNING_TRUST",
        "",
        "PEM files of certificates that signatures and time stamps may lead to, separated by commas.",
    ),
    Variable("DEBUG", "", "`1` for development: errors in detail and /styleguide/; refused in production."),
    Variable("PORT", "8000", "Port that `manage.py serve` listens on."),
    Variable("LOG_LEVEL", "INFO", "Lowest level logged."),
    Variable(
        "METRICS_TOKEN",
        "",
        "Bearer token that /metrics asks for; empty: only from this machine, and not behind a proxy.",
    ),
)

_BY_NAME = {variable.name: variable for variable in VARIABLES}


def read(name: str) -> str:
    """The variable's text; raises ``ImproperlyConfigured`` when it is required and unset."""
    value = os.environ.get(name, _BY_NAME[name].default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set: {_BY_NAME[name].meaning}")
    return value


def read_if_set(name: str) -> str:
    return os.environ.get(name) or _BY_NAME[name].default or ""


def read_list(name: str) -> list[str]:
    return [item.strip() for item in read(name).split(",") if item.strip()]


def home() -> Path:
    return Path(read("CASEMGR_HOME")).resolve()


def read_or_make(name: str, folder: Path) -> str:
    """The variable, or a key kept in ``folder``, made once (embedded profile only).

    Two processes may start at once: the file is written whole beside its place and linked
    into it, so the first one wins and the other reads what it wrote.
    """
    # Set but empty is unset, as in a `.env` copied from the example: an empty key would sign for everybody.
    if given := os.environ.get(name):
        return given
    path = folder / name.lower()
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = folder / f".{name.lower()}.{secrets.token_hex(8)}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_hex(32))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
