"""From the steps of a draft to a lodged report, once."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator, Mapping

from django.conf import settings
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from casemgr.public import drafts
from casemgr.public.forms import StepForm
from casemgr.public.steps import filled
from complaints import codes
from complaints.identifiers import find_in_text, normalise
from complaints.lodgement import Lodgement, Person
from complaints.models import Draft, Kind
from complaints.services.recording import UploadGone
from workflows.errors import KeyReused
from workflows.models import Case
from workflows.services.intake import Receipt, lodge_complaint

_WEB_ADDRESS = re.compile(r"\S+\.[^\W\d]{2,}\S*")
_IDENTIFIERS = {"phone": "phone", "bank_account": "bank_account", "tax_code": "tax_code", "barcode": "barcode"}


class ChangedMeanwhile(Exception):
    """What would be sent is not what the citizen has just read: another window changed it."""


def identifiers(seller: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """(field, kind of indicator, as typed) of what leads to the seller."""
    for field, kind in _IDENTIFIERS.items():
        if seller.get(field):
            yield field, kind, seller[field]
    if link := seller.get("link"):
        yield "link", "url" if _WEB_ADDRESS.fullmatch(link) else "shop", link


def warnings(forms: Mapping[str, StepForm]) -> dict[str, list[str]]:
    """Field → sentences about what looks mistyped. A warning never blocks."""
    seller, contact = forms["seller"].cleaned_data, forms["contact"].cleaned_data
    found: dict[str, list[str]] = {}
    for field, kind, raw in identifiers(seller):
        several = kind == "phone" and any(f.kind == "phone" for f in find_in_text(raw))
        if sentences := () if several else normalise(kind, raw).warnings:
            found[field] = [str(sentence) for sentence in sentences]
    own = contact.get("phone") if contact.get("identity") != "anonymous" else ""
    if own and (sentences := normalise("phone", own).warnings):
        found["own_phone"] = [str(sentence) for sentence in sentences]
    return found


def compose(draft: Draft, forms: Mapping[str, StepForm]) -> Lodgement:
    """The lodgement of a complete draft; ``forms`` as `steps.filled` returns them, all valid.

    Money moved within the last day makes the report a crime report, whatever the first choice was.
    """
    kind, seller = forms["kind"].cleaned_data, forms["seller"].cleaned_data
    story, contact = forms["story"].cleaned_data, forms["contact"].cleaned_data
    anonymous = contact.get("identity") == "anonymous"
    moved_at, place = story.get("money_moved_at"), contact["place"]
    return Lodgement(
        province=settings.DEFAULT_PROVINCE,
        idempotency_key=draft.idempotency_key,
        kind=str(Kind.CRIME) if moved_at else kind["kind"],
        product_group=seller.get("product_group") or None,
        channel=seller.get("channel") or None,
        product=seller["product"],
        brand=seller.get("brand", ""),
        price=seller.get("price"),
        seller_name=seller["seller_name"],
        seller_address=seller["seller_address"],
        bank=seller["bank"],
        identifiers=tuple((kind, raw) for _field, kind, raw in identifiers(seller)),
        narrative=story["narrative"],
        wish=story["wish"],
        occurred_on=story.get("occurred_on") or story.get("moved_on"),
        money_moved_at=moved_at,
        amount=story["amount"],
        commune=place.pk if place else None,
        place="" if place else contact["commune"],
        is_anonymous=anonymous,
        anonymity_reason=contact.get("anonymity_reason", "") if anonymous else "",
        vulnerability=contact["vulnerability"],
        language=(get_language() or "vi")[:2],
        person=Person() if anonymous else _person(contact),
        uploads=tuple(draft.uploads.values_list("pk", flat=True)),
    )


def _person(contact: Mapping[str, str]) -> Person:
    return Person(
        name=contact["name"],
        phone=contact["phone"],
        email=contact["email"],
        address=contact["address"],
        may_share_with_business=bool(contact.get("may_share_with_business")),
    )


def digest(lodgement: Lodgement) -> str:
    return lodgement.body_digest(codes.key())


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


@transaction.atomic
def send(draft: Draft, shown: str) -> Receipt:
    """Lodge the draft and empty it, both or neither: a retry finds the report, or the draft as it was.

    ``shown`` is the digest of what the citizen read. Raises ChangedMeanwhile; KeyReused when the draft was
    lodged with another body; NoRoute.
    """
    locked = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if locked is None:
        raise ChangedMeanwhile
    if drafts.is_lodged(locked):
        return _receipt_again(locked, shown)
    forms = filled(locked.data)
    if not all(form.is_valid() for form in forms.values()):
        raise ChangedMeanwhile
    lodgement = compose(locked, forms)
    if not _same(digest(lodgement), shown):
        raise ChangedMeanwhile
    try:
        receipt = lodge_complaint(lodgement)
    except UploadGone as gone:
        raise ChangedMeanwhile from gone
    locked.data = drafts.LODGED
    locked.save(update_fields=["data", "updated_at"])
    return receipt


def _receipt_again(draft: Draft, shown: str) -> Receipt:
    case = lodged_case(draft)
    if not _same(case.complaint.body_digest, shown):
        raise KeyReused(_("This form was sent before with other content. Please open a new form."))
    return receipt_of(draft)


def lodged_case(draft: Draft) -> Case:
    """The case of a lodged draft."""
    cases = Case.objects.select_related("complaint")
    return cases.get(complaint__key_hash=codes.key_hash(draft.idempotency_key))


def receipt_of(draft: Draft) -> Receipt:
    """What a lodged draft's key gives whenever it is asked for: the code is computed anew and stored nowhere."""
    case = lodged_case(draft)
    return Receipt(codes.tracking_code(draft.idempotency_key), case.pk, case.number, case.lodged_at, repeated=True)
