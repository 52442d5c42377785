"""What is handed in: plain data, already checked for shape."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, fields
from datetime import date, datetime


@dataclass(frozen=True)
class Person:
    """Who lodges. All empty when anonymous."""

    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    may_share_with_business: bool = False


@dataclass(frozen=True)
class Lodgement:
    """One complaint to be lodged. ``idempotency_key``: 32 hex digits; ``amount`` and ``price`` in VND;
    ``identifiers``: pairs (IndicatorKind value, text as typed); ``uploads``: ids of a draft's files;
    ``kind`` may be empty: routing proposes one; ``received_on``: when an agency had it, before it was entered here."""

    province: str
    narrative: str
    idempotency_key: str
    kind: str = ""
    origin: str = "web"
    category: str | None = None
    product_group: str | None = None
    channel: str | None = None
    product: str = ""
    brand: str = ""
    price: int | None = None
    seller_name: str = ""
    seller_address: str = ""
    wish: str = ""
    occurred_on: date | None = None
    received_on: date | None = None
    money_moved_at: datetime | None = None
    amount: int | None = None
    commune: str | None = None
    place: str = ""
    is_anonymous: bool = False
    anonymity_reason: str = ""
    vulnerability: str = ""
    consent: str = "given"
    language: str = "vi"
    source: str = ""
    source_id: str = ""
    received_by: int | None = None
    received_at_agency: int | None = None
    bank: str = ""
    identifiers: tuple[tuple[str, str], ...] = ()
    person: Person = Person()
    uploads: tuple[int, ...] = ()

    def body_digest(self, key: bytes) -> str:
        """Keyed digest of all that was said, to tell a retry from another body under the same key.

        An anonymous body leaves the person out: not even a digest of an identity is stored.
        """
        said = {name: getattr(self, name) for name in _FIELDS}
        said["person"] = None if self.is_anonymous else vars(self.person)
        if self.received_on is None:
            # As digests were before there was such a day: what was lodged then is recognised still.
            del said["received_on"]
        body = json.dumps(said, sort_keys=True, default=str, ensure_ascii=False)
        return hmac.digest(key, body.encode(), "sha256").hex()


_FIELDS = tuple(field.name for field in fields(Lodgement))
