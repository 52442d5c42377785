"""Writing down what was said: many complaints at once, in a few statements. The caller owns the transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain

from agencies.models import User
from complaints import codes
from complaints.identifiers import Identifier, find_in_text, indicator_rows, normalise
from complaints.lodgement import Lodgement, Person
from complaints.media_types import suffix_of
from complaints.models import Complainant, Complaint, Evidence, Indicator, Respondent, Supplement, Upload

# The fields a complaint takes over unchanged; references are held by their key.
_COPIED = (
    "origin", "product", "brand", "price", "seller_name", "seller_address", "narrative", "wish", "occurred_on",
    "received_on", "money_moved_at", "amount", "place", "is_anonymous", "anonymity_reason", "vulnerability", "consent",
    "language", "source", "source_id",
)  # fmt: skip


class UploadGone(LookupError):
    """A file that was uploaded earlier is no longer there: swept, removed, or lodged already."""


def record_complaints(lodgements: Sequence[Lodgement], kinds: Sequence[str], at: datetime) -> list[Complaint]:
    """Store complaints with complainants, indicators and evidence, in the order given.

    ``kinds``: one `Kind` value for each lodgement. An anonymous complaint stores no identity even when
    some was sent. Every id in ``uploads`` must belong to the draft being lodged: the caller checks.
    Raises `UploadGone`; and ``IntegrityError`` when a key or a source id was stored before.
    """
    key = codes.key()
    complaints = Complaint.objects.bulk_create(
        [_complaint(given, kind, at, key) for given, kind in zip(lodgements, kinds, strict=True)]
    )
    pairs = list(zip(complaints, lodgements, strict=True))
    Complainant.objects.bulk_create([_complainant(c, given.person) for c, given in pairs if _identified(given)])
    Indicator.objects.bulk_create(chain.from_iterable(_indicators(c, given) for c, given in pairs))
    seal_uploads(((c, given.uploads) for c, given in pairs if given.uploads), at=at)
    return complaints


def add_supplement(
    complaint: Complaint,
    text: str,
    *,
    at: datetime,
    recorded_by: User | None = None,
    uploads: Sequence[int] = (),
) -> Supplement:
    """Add to what was said. ``recorded_by`` is the officer who wrote it down for the citizen. Raises `UploadGone`."""
    supplement = Supplement.objects.create(
        complaint=complaint, text=text, salt=secrets.token_hex(16), added_at=at, recorded_by=recorded_by
    )
    _add_indicators(complaint, text)
    if uploads:
        seal_uploads([(complaint, uploads)], at=at, supplement=supplement)
    return supplement


def seal_uploads(
    given: Iterable[tuple[Complaint, Sequence[int]]],
    *,
    at: datetime,
    supplement: Supplement | None = None,
    respondent: Respondent | None = None,
) -> list[Evidence]:
    """Turn uploads into evidence: the same stored files, other rows. ``respondent``: the business that sent them.
    Raises `UploadGone`."""
    owners = {upload: complaint for complaint, uploads in given for upload in uploads}
    if not owners:
        return []
    found = Upload.objects.select_for_update().in_bulk(list(owners))
    if len(found) != len(owners):
        raise UploadGone(sorted(owners.keys() - found.keys()))
    evidence = [
        _evidence(position, found[upload], complaint, at, supplement, respondent)
        for position, (upload, complaint) in enumerate(owners.items(), start=1)
    ]
    Evidence.objects.bulk_create(evidence)
    Upload.objects.filter(pk__in=found).delete()
    return evidence


def _complaint(given: Lodgement, kind: str, at: datetime, key: bytes) -> Complaint:
    return Complaint(
        **{name: getattr(given, name) for name in _COPIED},
        kind=kind,
        province_id=given.province,
        category_id=given.category or None,
        product_group_id=given.product_group or None,
        channel_id=given.channel or None,
        commune_id=given.commune or None,
        received_by_id=given.received_by,
        received_at_agency_id=given.received_at_agency,
        code_hash=codes.code_hash(codes.tracking_code(given.idempotency_key)),
        key_hash=codes.key_hash(given.idempotency_key),
        body_digest=given.body_digest(key),
        lodged_at=at,
    )


def _identified(given: Lodgement) -> bool:
    who = given.person
    return not given.is_anonymous and bool(who.name or who.phone or who.email or who.address)


def _complainant(complaint: Complaint, who: Person) -> Complainant:
    return Complainant(
        complaint=complaint,
        name=who.name,
        phone=who.phone,
        email=who.email,
        address=who.address,
        may_share_with_business=who.may_share_with_business,
    )


def _indicators(complaint: Complaint, given: Lodgement) -> list[Indicator]:
    return [_indicator(complaint, found) for found in indicator_rows(given)]


def _indicator(complaint: Complaint, found: Identifier) -> Indicator:
    return Indicator(
        complaint=complaint,
        kind=found.kind,
        raw=found.raw[:500],
        value=found.value[:500],
        bank=found.bank[:60],
        from_text=found.from_text,
    )


def _add_indicators(complaint: Complaint, text: str) -> None:
    """What a supplement names and the complaint did not; the complainant's own phone is nobody's indicator."""
    told = find_in_text(text)
    if not told:
        return
    known = set(complaint.indicators.values_list("kind", "value"))
    who = Complainant.objects.filter(complaint=complaint).first()
    if who and who.phone:
        known.add(normalise("phone", who.phone).key)
    Indicator.objects.bulk_create([_indicator(complaint, found) for found in told if found.key not in known])


def _evidence(
    position: int,
    upload: Upload,
    complaint: Complaint,
    at: datetime,
    supplement: Supplement | None,
    respondent: Respondent | None,
) -> Evidence:
    # A file is often named after its owner: an anonymous complaint keeps only what sort of file it is.
    return Evidence(
        complaint=complaint,
        supplement=supplement,
        respondent=respondent,
        file=upload.file.name,
        sha256=upload.sha256,
        size=upload.size,
        media_type=upload.media_type,
        original_name=f"{position}{suffix_of(upload.media_type)}" if complaint.is_anonymous else upload.original_name,
        added_at=at,
    )
