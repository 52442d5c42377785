"""From an officer's form to a lodged complaint, once, with the files that came with it."""

from __future__ import annotations

from typing import Any

import structlog
from django.conf import settings
from django.db import transaction

from agencies.actors import Member
from casemgr.backoffice.assisted_forms import AssistedForm
from casemgr.public.lodging import identifiers
from complaints import codes
from complaints.identifiers import find_in_text, normalise
from complaints.lodgement import Lodgement, Person
from complaints.models import Draft, Kind
from search.similar import SimilarCases, similar_to
from workflows.services.intake import Receipt, lodge_complaint

log = structlog.get_logger(__name__)

CONSENT = "given orally"


def files_token(key: str) -> str:
    """Names the form's files in a URL without telling its idempotency key, which leads to the receipt."""
    return codes.key_hash(f"assisted files:{key}")[:32]


def draft_of(token: str, person_id: int) -> Draft:
    """Where the form's files wait: its writer's own, whoever else learns the token."""
    draft, _made = Draft.objects.get_or_create(
        key_hash=codes.key_hash(f"assisted draft:{person_id}:{token}"),
        defaults={"idempotency_key": codes.new_idempotency_key()},
    )
    return draft


@transaction.atomic
def lodge(form: AssistedForm, draft: Draft, actor: Member) -> Receipt:
    """Lodge what the valid form says, in the name of whoever told it.

    The draft keeps the ids of the files that went with it, so that a second tap has the same body.
    Raises KeyReused, NoRoute, UploadGone.
    """
    locked = Draft.objects.select_for_update().get(pk=draft.pk)
    uploads = locked.data.get("lodged")
    if uploads is None:
        uploads = list(locked.uploads.values_list("pk", flat=True))
    receipt = lodge_complaint(compose(form.cleaned_data, uploads, actor), by=actor)
    locked.data = {"lodged": uploads}
    locked.save(update_fields=["data", "updated_at"])
    return receipt


def compose(said: dict[str, Any], uploads: list[int], actor: Member) -> Lodgement:
    """Money that left by deceit makes it a report of fraud, whatever kind was chosen, as on the public form."""
    is_anonymous, place = said["identity"] == "anonymous", said["place"]
    return Lodgement(
        province=province_of(actor),
        idempotency_key=said["key"],
        origin=said["origin"],
        kind=str(Kind.CRIME) if said["money_moved_at"] else said["kind"],
        category=said["category"] or None,
        product_group=said["product_group"] or None,
        channel=said["channel"] or None,
        product=said["product"],
        brand=said["brand"],
        price=said["price"],
        seller_name=said["seller_name"],
        seller_address=said["seller_address"],
        bank=said["bank"],
        identifiers=tuple((kind, raw) for _field, kind, raw in identifiers(said)),
        narrative=said["narrative"],
        wish=said["wish"],
        occurred_on=said["occurred_on"] or said["moved_on"],
        money_moved_at=said["money_moved_at"],
        amount=said["amount"],
        commune=place.pk if place else None,
        place="" if place else said["commune"],
        is_anonymous=is_anonymous,
        anonymity_reason=said["anonymity_reason"] if is_anonymous else "",
        vulnerability=said["vulnerability"],
        consent=CONSENT,
        received_by=actor.person.pk,
        received_at_agency=actor.agency.pk,
        person=Person() if is_anonymous else _person(said),
        uploads=tuple(uploads),
    )


def _person(said: dict[str, Any]) -> Person:
    return Person(
        name=said["person_name"],
        phone=said["person_phone"],
        email=said["person_email"],
        address=said["person_address"],
        may_share_with_business=said["may_share_with_business"],
    )


def province_of(actor: Member) -> str:
    """The site's own province where the agency serves it, else the first it serves."""
    served = list(actor.agency.provinces.order_by("code").values_list("pk", flat=True))
    return settings.DEFAULT_PROVINCE if settings.DEFAULT_PROVINCE in served or not served else served[0]


def warnings(form: AssistedForm) -> list[str]:
    """A sentence for each number that looks mistyped, after its field's name. A warning never blocks."""
    said = form.cleaned_data
    found = [(field, str(text)) for field, kind, raw in identifiers(said) for text in _doubts(kind, raw)]
    if said["person_phone"] and not form.is_anonymous:
        found += [("person_phone", str(text)) for text in normalise("phone", said["person_phone"]).warnings]
    return [f"{form[field].label}: {text}" for field, text in found]


def similar(form: AssistedForm, actor: Member) -> SimilarCases:
    """To what the form says so far, be it valid or not. Never raises: whatever fails, the report can be lodged."""
    try:
        form.full_clean()
        return similar_to(_so_far(form.cleaned_data), actor)
    except Exception:
        log.exception("no similar cases")
        return SimilarCases(degraded=True)


def _so_far(said: dict[str, Any]) -> Lodgement:
    """What is compared, and what belongs to whoever tells it, which is not."""
    texts = {name: said.get(name, "") for name in ("narrative", "product", "brand", "seller_name", "bank")}
    return Lodgement(
        province="",
        idempotency_key="",
        identifiers=tuple((kind, raw) for _field, kind, raw in identifiers(said)),
        person=Person(name=said.get("person_name", ""), phone=said.get("person_phone", "")),
        **texts,
    )


def _doubts(kind: str, raw: str) -> Any:
    # Several numbers in one field are found as in a text.
    several = kind == "phone" and any(found.kind == "phone" for found in find_in_text(raw))
    return () if several else normalise(kind, raw).warnings
