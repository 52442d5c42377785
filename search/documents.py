"""A case as each of its audiences may read it: whitelisted, plain, ready to index.

An audience is an agency and a clearance. What an audience may not read is not in its document, so it cannot leak
through hits, totals, facets, highlights or suggestions. Only people who handle cases see any
(`Case.objects.visible_to`): the police's read as ``police``, all others as ``identity``. Whoever is cleared as
``ordinary`` sees no case, so no document is made for them to find.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from django.db.models import Max, Q
from django.utils.translation import override

from agencies.models import Agency
from complaints.identifiers import normalise as normalise_identifier
from complaints.models import Complainant, Respondent
from events.models import Event
from workflows.deadlines import HANOI
from workflows.models import Audience as RemarkAudience
from workflows.models import Case, FilesShared, Referral, Remark, Resolution
from workflows.states import OPEN, Outcome

from .backends.base import Document, Part, Withdrawn
from .keys import key_of, keys_of
from .received import received_at
from .text import normalise

# A letter's words are the case's, too.
LETTER = "letter.sent"
# And what its business is called in the register.
REGISTER = (
    "respondent.changed",
    "respondent.merged",
    "respondent.merged_away",
    "respondent.unmerged",
    "respondent.restored",
)
# Where each band of the amount lost begins, in đồng.
AMOUNT_BANDS = (0, 1_000_000, 5_000_000, 20_000_000, 100_000_000, 500_000_000)


class Audience(NamedTuple):
    """``shares_identity``: whether the complainant's identity is theirs to read in this case. ``offer``: because of
    which they read it and what it keeps back; None for those who read it whole."""

    agency: Agency
    shares_identity: bool
    offer: Referral | None = None

    @property
    def clearance(self) -> str:
        return "police" if self.agency.is_police else "identity"

    @property
    def name(self) -> str:
        return audience_name(self.agency, self.clearance)


class Prepared(NamedTuple):
    documents: list[Document]
    withdrawn: list[Withdrawn]


def audience_name(agency: Agency, clearance: str) -> str:
    """An agency that becomes another sort of agency is another audience: it finds nothing until its cases are written
    anew, and never what it could read before."""
    return f"{agency.code}:{'assisted' if agency.assisted_intake_only else clearance}"


# What an audience of an agency may ever have been called.
CLEARANCES = ("identity", "police", "assisted")


def document_id(case_id: int, audience: str) -> str:
    return f"{case_id}:{audience}"


def prepare(case_ids: Iterable[int], resorted: Collection[Agency] = ()) -> Prepared:
    """Read these cases and write them out for every audience. A dozen queries, however many cases. ``resorted``: agencies
    that became of another sort, and are the audience no more that they were."""
    wanted = list(case_ids)
    versions = latest_events(wanted)
    documents: list[Document] = []
    withdrawn: list[Withdrawn] = []
    for case in _read(wanted):
        version = versions.get(case.pk, 0)
        now = audiences(case)
        documents += (_document(case, audience, version) for audience in now)
        withdrawn += _withdrawn(case, now, version, resorted)
    return Prepared(documents, withdrawn)


def latest_events(case_ids: Sequence[int]) -> dict[int, int]:
    """Case id → id of its last event: what makes an older write recognisable."""
    streams = defaultdict(set)
    for case_id in case_ids:
        streams[f"case:{case_id}"].add(case_id)
    named = Case.objects.filter(pk__in=case_ids, complaint__respondents__isnull=False)
    for case_id, respondent_id in named.values_list("pk", "complaint__respondents__respondent"):
        streams[f"respondent:{respondent_id}"].add(case_id)
    # Only what the index follows: a clock that ran out changes no document.
    followed = Q(kind__startswith="case.") | Q(kind__in=(LETTER, *REGISTER))
    rows = Event.objects.filter(followed, stream__in=streams).values("stream").annotate(last=Max("id")).order_by()
    latest: dict[int, int] = {}
    for row in rows:
        for case_id in streams[row["stream"]]:
            latest[case_id] = max(latest.get(case_id, 0), row["last"])
    return latest


def audiences(case: Case) -> list[Audience]:
    """Who may find the case: the agencies that `Case.objects.visible_to` shows it to, with or without identity as
    `complaints.policy.may_see_identity` decides."""
    found = {}
    if not case.owner.assisted_intake_only:
        found[case.owner_id] = Audience(case.owner, True)
    if case.offered_to and not case.offered_to.assisted_intake_only:
        offer = _open_offer(case)
        shares_identity = bool(offer and offer.shares_identity)
        found.setdefault(case.offered_to.pk, Audience(case.offered_to, shares_identity, offer))
    if case.escalated_to and not case.escalated_to.assisted_intake_only:
        found.setdefault(case.escalated_to.pk, Audience(case.escalated_to, False, _open_offer(case)))
    lodged_at = case.complaint.received_at_agency
    if lodged_at and lodged_at.assisted_intake_only:
        found.setdefault(lodged_at.pk, Audience(lodged_at, False))
    return list(found.values())


def _read(case_ids: Sequence[int]) -> Iterable[Case]:
    related = ("complaint__received_at_agency__kind", "complaint__complainant", "owner__kind", "offered_to__kind",
               "escalated_to__kind")  # fmt: skip
    also = ("complaint__supplements", "complaint__indicators", "complaint__evidence__file_text", "remarks__agency",
            "referrals__sender__kind", "referrals__target__kind", "referrals__lead__kind", "referrals__files", "resolutions__goods", "complaint__respondents__respondent")  # fmt: skip
    return Case.objects.filter(pk__in=case_ids).select_related(*related).prefetch_related(*also).order_by("pk")


def _open_offer(case: Case) -> Referral | None:
    return next((r for r in case.referrals.all() if r.state == Referral.State.OFFERED), None)


def _withdrawn(case: Case, now: Sequence[Audience], version: int, resorted: Collection[Agency]) -> Iterator[Withdrawn]:
    """Every agency that once had the case and has it no longer; every audience that one with it is no longer."""
    current = {audience.agency.pk for audience in now}
    past = {a.pk: a for r in case.referrals.all() for a in (r.sender, r.target, r.lead) if a and a.pk not in current}
    names = {f"{agency.code}:{one}" for agency in (*past.values(), *resorted) for one in CLEARANCES}
    for name in names.difference(audience.name for audience in now):
        yield Withdrawn(document_id(case.pk, name), case.pk, version)


def _document(case: Case, audience: Audience, version: int) -> Document:
    complaint = case.complaint
    parts = [*_said(case, audience), *_written(case, audience)]
    keys = {*_number_keys(case.number), key_of(complaint.source_id)}
    keys.update(chain.from_iterable(keys_of(i.kind, i.value) for i in complaint.indicators.all()))
    if audience.agency.pk == case.owner_id:
        parts += [Part("respondent", one.name) for one in _named(case)]
        keys.update(chain.from_iterable(keys_of("tax_code", one.tax_code) for one in _named(case) if one.tax_code))
    if audience.shares_identity and (who := _complainant(case)):
        parts += [Part("complainant", text) for text in (who.name, who.phone, who.email) if text]
        keys |= _identity_keys(who)
    return Document(
        id=document_id(case.pk, audience.name),
        case=case.pk,
        audience=audience.name,
        version=version,
        parts=[Part(name, text) for name, raw in parts if (text := normalise(raw))],
        keys=sorted(keys - {""}),
        filters=_filters(case),
        lodged_at=int(received_at(case).timestamp()),
        amount=complaint.amount,
    )


def _number_keys(number: str) -> set[str]:
    """The case number, its beginning, and each of its parts but the province."""
    whole = number.casefold()
    province, first, last = whole.split("-")
    return {whole, f"{province}-{first}", first, last}


def _said(case: Case, audience: Audience) -> Iterator[Part]:
    """What the citizen said: every audience of the case reads it, but for files that do not go along."""
    complaint = case.complaint
    yield Part("narrative", complaint.narrative)
    yield Part("wish", complaint.wish)
    yield from (Part("supplement", row.text) for row in complaint.supplements.all())
    for name in ("product", "brand", "seller_name", "seller_address", "place"):
        yield Part(name.partition("_")[0] if name == "seller_name" else name, getattr(complaint, name))
    yield Part("identifiers", " · ".join(dict.fromkeys(map(attrgetter("raw"), complaint.indicators.all()))))
    kept = {row.pk for row in audience.offer.files.all()} if audience.offer else set()
    whole = audience.offer is None or audience.offer.shares_files == FilesShared.ALL
    for row in complaint.evidence.all():
        if whole or row.pk in kept:
            yield Part("file", row.original_name)
            yield Part("file_text", row.file_text.text if hasattr(row, "file_text") else "")


def _written(case: Case, audience: Audience) -> Iterator[Part]:
    """What was written about it, as far as this audience may read it."""
    yield from (Part(remark.kind, remark.text) for remark in case.remarks.all() if _readable(remark, audience))
    with override("vi"):
        for row in case.resolutions.all():
            yield Part("outcome", " · ".join(filter(None, (str(Outcome(row.outcome).label), *_facts(row)))))


def _facts(row: Resolution) -> Iterator[str]:
    """What was decided, under which number, of which goods."""
    for name in ("decision_number", "decision_issuer", "legal_basis", "decree", "sanctioned_party", "removed_content"):
        yield getattr(row, name)
    yield from (goods.name for goods in row.goods.all())


def _named(case: Case) -> list[Respondent]:
    """The businesses that the handler found it to be about, as their agency's register has them. Who sells as a person
    is left out: their name is personal data."""
    rows = (row.respondent for row in case.complaint.respondents.all())
    return [one for one in rows if not one.is_individual]


def _readable(remark: Remark, audience: Audience) -> bool:
    """As `RemarkQuerySet.visible_to` decides it."""
    if remark.audience == RemarkAudience.CITIZEN:
        return True
    if remark.audience == RemarkAudience.SHARED:
        return not audience.agency.assisted_intake_only and not _withheld(remark, audience)
    if remark.audience == RemarkAudience.AGENCY:
        return remark.agency_id == audience.agency.pk
    return remark.audience == RemarkAudience.POLICE and audience.agency.is_police


def _withheld(remark: Remark, audience: Audience) -> bool:
    """As `workflows.models.correspondence.withheld_from` decides it."""
    offer = audience.offer
    if offer is None or offer.shares_notes or remark.agency_id == audience.agency.pk:
        return False
    return remark.pk not in (offer.reason_id, offer.explanation_id)


def _complainant(case: Case) -> Complainant | None:
    return getattr(case.complaint, "complainant", None)


def _identity_keys(who: Complainant) -> set[str]:
    phone = keys_of("phone", normalise_identifier("phone", who.phone).value) if who.phone else set()
    return phone | ({key_of(who.email)} if who.email else set())


def _filters(case: Case) -> dict[str, str]:
    complaint = case.complaint
    found = {
        "state": str(case.state),
        "track": case.track,
        "province": case.province_id,
        "owner": case.owner.code,
        "handler": str(case.handler_id or ""),
        "category": case.category_id or "",
        "product_group": complaint.product_group_id or "",
        "channel": complaint.channel_id or "",
        "commune": complaint.commune_id or "",
        "urgent": "yes" if case.urgent else "",
        "is_open": "yes" if case.state in OPEN else "no",
        "month": local_month(received_at(case)),
        "amount_band": amount_band(complaint.amount),
    }
    return {name: value for name, value in found.items() if value}


def local_month(at: datetime) -> str:
    """``2026-11``, in Hanoi."""
    return f"{at.astimezone(HANOI):%Y-%m}"


def amount_band(amount: int | None) -> str:
    """The lower end of its band in đồng, as text; empty when no amount was said."""
    return "" if amount is None else str(max(least for least in AMOUNT_BANDS if least <= amount))
