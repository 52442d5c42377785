"""A key on a PKCS#11 token (smart card, HSM): opened for one signature, and everything closed after it.

A token knows processes, not threads: whoever logs in or out does it for all of them. So one signature at a time, and
the module is put away after each, which ends its sessions, a refused login's too, and finds a token plugged in later.
Imported where a token is configured only: no other installation has the package python-pkcs11.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pkcs11
from asn1crypto import x509
from django.conf import settings
from pkcs11 import Attribute, Mechanism, ObjectClass
from pkcs11.constants import TokenFlag
from pkcs11.exceptions import PinExpired, PinIncorrect, PinInvalid, PinLenRange, PinLocked, PKCS11Error
from pyhanko.sign.pkcs11 import PKCS11Signer

from documents import signing_errors as said
from documents.signing_errors import PinRefused, SigningError

WAIT_SECONDS = 60
_one_at_a_time = threading.Lock()
#: By the certificate's kind of key, what a token can do that hashes itself; another one is given the hash.
HASHES_ITSELF = {"rsa": Mechanism.SHA256_RSA_PKCS, "ec": Mechanism.ECDSA_SHA256}


@contextmanager
def token_signer() -> Iterator[PKCS11Signer]:
    """Signs while the block lasts. Raises PinRefused, SigningError."""
    if not _one_at_a_time.acquire(timeout=WAIT_SECONDS):
        raise SigningError(said.TOKEN_BUSY)
    try:
        module = _module()
        try:
            with _chosen(module).open(user_pin=settings.SIGNING_PKCS11_PIN or None) as session:
                yield _signer(session)
        finally:
            with suppress(PKCS11Error):
                module.finalize()
    except (PinLocked, PinExpired) as error:
        raise PinRefused(said.LOCKED_PIN) from error
    except (PinIncorrect, PinInvalid, PinLenRange) as error:
        raise PinRefused(said.WRONG_PIN) from error
    except PKCS11Error as error:
        raise SigningError(said.TOKEN_FAILED) from error
    finally:
        _one_at_a_time.release()


def _module() -> Any:
    try:
        return pkcs11.lib(settings.SIGNING_PKCS11_MODULE)
    except PKCS11Error as error:
        raise SigningError(said.NO_MODULE) from error


def _chosen(module: Any) -> Any:
    """The one token that is meant: a PIN tried on another one brings that one nearer to being locked."""
    present = [token for slot in module.get_slots(token_present=True) if (token := _token(slot))]
    wanted = settings.SIGNING_PKCS11_TOKEN
    found = [token for token in present if wanted in ("", token.label)]
    if len(found) > 1:
        raise SigningError(said.MANY_TOKENS)
    if not found:
        raise SigningError(said.NO_TOKEN)
    return found[0]


def _token(slot: Any) -> Any:
    try:
        token = slot.get_token()
    except PKCS11Error:
        return None
    return token if token.flags & TokenFlag.TOKEN_INITIALIZED else None


def _signer(session: Any) -> PKCS11Signer:
    certificates = [
        (one[Attribute.LABEL], one[Attribute.ID], x509.Certificate.load(one[Attribute.VALUE]))
        for one in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE})
    ]
    wanted = settings.SIGNING_PKCS11_CERTIFICATE
    found = [(number, own) for label, number, own in certificates if wanted in ("", label)]
    if len(found) != 1:
        raise SigningError(said.MANY_ON_TOKEN if found else said.NOT_ON_TOKEN)
    [(number, own)] = found
    _require_key(session, number)
    return PKCS11Signer(
        session, signing_cert=own, key_id=number, ca_chain=_way_up(own, [one for _, _, one in certificates]),
        use_raw_mechanism=_is_given_the_hash(session, own),
    )  # fmt: skip


def _require_key(session: Any, number: bytes) -> None:
    """A key has its certificate's id; their labels may differ."""
    asked = {Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.SIGN: True, Attribute.ID: number}
    if len(list(session.get_objects(asked))) != 1:
        raise SigningError(said.NO_KEY_ON_TOKEN)


def _way_up(own: x509.Certificate, others: list[x509.Certificate]) -> list[x509.Certificate]:
    """From the issuer of ``own`` upwards, as far as the token has them: a reader knows the root, seldom what is between."""
    by_subject = {one.subject.hashable: one for one in others}
    by_subject.pop(own.subject.hashable, None)
    way = []
    above = by_subject.pop(own.issuer.hashable, None)
    while above:
        way.append(above)
        above = by_subject.pop(above.issuer.hashable, None)
    return way


def _is_given_the_hash(session: Any, own: x509.Certificate) -> bool:
    mechanism = HASHES_ITSELF.get(own.public_key.algorithm)
    return mechanism is not None and mechanism not in session.token.slot.get_mechanisms()
