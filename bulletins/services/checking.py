"""Checking a version, and waiving what a check found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.folding import normalise
from bulletins.bulletin_states import State
from bulletins.checks import CHECKS, NEVER_WAIVED, Haystack, Identity, ItemFacts, Place, Snapshot, found_in
from bulletins.content import correction_content
from bulletins.figures import MIN_GROUP
from bulletins.item_fields import FIELDS
from bulletins.models import BulletinCheck, BulletinVersion, ItemKind, ItemSource, NamedBy, Verdict, WarningItem
from bulletins.policy import may_prepare
from bulletins.rendering import version_content
from bulletins.selectors import findings, items_in, period_figures, sanctions
from bulletins.selectors_published import is_listing_over
from bulletins.services.editing import TEXTS
from bulletins.services.summarising import recount
from bulletins.spans import Span
from events import clock
from events.services.recording import record_event
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import Case
from workflows.states import State as CaseState


def snapshot_of(version: BulletinVersion, *, anew: bool = True) -> Snapshot:
    """Everything the checks look at, read now. Identities are looked through here and kept nowhere. ``anew``: days are
    added up from the cases first; otherwise their sums are taken as they stand, and nothing is written."""
    items = items_in(version)
    cases = _source_cases(items)
    content = version_content(version, items, correction_of(version))
    return Snapshot(
        items=[_facts(item, cases.get(item.pk, [])) for item in items],
        identities=[_identity(case) for of_item in cases.values() for case in of_item],
        words={name: str(getattr(version, name)) for name in TEXTS},
        content=content,
        figures=version.figures,
        recomputed=_recomputed(version, anew=anew),
        offered=_offered(version),
        min_group=MIN_GROUP,
    )


def _offered(version: BulletinVersion) -> list[str]:
    """The sections for which the page of the draft offers something."""
    if version.figures is None:
        return []
    province = version.bulletin.province
    span = Span(version.bulletin.period_kind, version.bulletin.first_day, version.bulletin.last_day)
    offers = {
        "products": findings(province, span), "scams": version.figures["scams"], "violators": sanctions(province, span),
    }  # fmt: skip
    return [code for code, found in offers.items() if found]


def correction_of(version: BulletinVersion) -> dict[str, Any] | None:
    if not version.is_correction:
        return None
    before = (
        version.bulletin.versions.filter(state=State.PUBLISHED).select_related("registered__register__agency").first()
    )
    if before is None or not before.registered or not before.issued_on:
        return None
    symbol = str(before.registered).removeprefix("Số: ")
    return correction_content(symbol, before.issued_on, version.what_changed)


def _source_cases(items: list[WarningItem]) -> dict[int, list[Case]]:
    rows = ItemSource.objects.filter(item__in=items, case__isnull=False).select_related("case__complaint__complainant")
    found: dict[int, list[Case]] = {}
    for row in rows:
        if row.case:
            found.setdefault(row.item_id, []).append(row.case)
    return found


def holds_personal_data(items: list[WarningItem], text: str) -> bool:
    """Whether a text tells who stands behind a source case of one of the items."""
    hay = Haystack(text)
    cases = _source_cases(items)
    return any(True for of_item in cases.values() for case in of_item for _what in found_in(hay, _identity(case)))


def tells_of_sender(item: WarningItem) -> bool:
    """Whether any of its words tell who stands behind one of its source cases."""
    return holds_personal_data([item], "\n".join(_facts(item, []).fields.values()))


def _identity(case: Case) -> Identity:
    who = getattr(case.complaint, "complainant", None)
    if who is None:
        return Identity(number=case.number)
    return Identity(who.name, who.phone, who.email, who.address, case.number)


def _facts(item: WarningItem, cases: list[Case]) -> ItemFacts:
    texts = {name: str(getattr(item, name)) for name in FIELDS[item.kind] if isinstance(getattr(item, name), str)}
    texts |= {f"photo {number}": photo.alt for number, photo in enumerate(item.photos.all(), 1)}
    return ItemFacts(
        pk=item.pk,
        kind=item.kind,
        fields=texts,
        has_decision=bool(item.decision_number and item.decision_date and item.decision_issuer and item.act),
        named_by=NamedBy.DECISION if item.kind == ItemKind.VIOLATOR else item.named_by,
        asked_for_reply=bool(item.reply_asked_on or item.reply),
        sellers=[case.complaint.seller_name for case in cases if case.complaint.seller_name],
        has_withdrawn_source=any(case.state == CaseState.WITHDRAWN for case in cases),
        is_listing_over=is_listing_over(item),
    )


def _recomputed(version: BulletinVersion, *, anew: bool) -> dict[str, Any] | None:
    if version.figures is None:
        return None
    bulletin = version.bulletin
    span = Span(bulletin.period_kind, bulletin.first_day, bulletin.last_day)
    if anew:
        recount(bulletin.province_id, span)
    until = span.counted_until(version.figures_at) if version.figures_at else None
    recomputed: dict[str, Any] = json.loads(json.dumps(period_figures(bulletin.province, span, until)))
    return recomputed


def run_checks(version: BulletinVersion) -> tuple[Snapshot, list[BulletinCheck]]:
    """Check and keep the verdicts, inside the caller's transaction and its lock on the version. A waiver stays while what
    it was given for is found again, in items nobody changed since."""
    snapshot = snapshot_of(version)
    for code, places, digest in _not_waived(version, snapshot):
        BulletinCheck.objects.update_or_create(
            version=version, code=code,
            defaults={
                "verdict": Verdict.FAILED if places else Verdict.PASSED, "places": [place.plain() for place in places],
                "finding": digest, "checked_at": clock.now(), "waived_by": None, "waived_reason": "",
            },
        )  # fmt: skip
    order = list(CHECKS)
    return snapshot, sorted(version.checks.all(), key=lambda row: order.index(row.code))


def failing_now(version: BulletinVersion) -> list[str]:
    """The checks that would fail, without keeping that: for the page that asks before a move."""
    return [code for code, places, _ in _not_waived(version, snapshot_of(version, anew=False)) if places]


def _not_waived(version: BulletinVersion, snapshot: Snapshot) -> Iterator[tuple[str, list[Place], str]]:
    """Each check but those waived for what they find: its code, what it finds, and the digest of that."""
    revisions = dict(version.entries.values_list("item", "item__revision"))
    waived = dict(version.checks.filter(verdict=Verdict.WAIVED).values_list("code", "finding"))
    for code, check in CHECKS.items():
        places = check(snapshot)
        digest = _digest(places, revisions)
        if not places or waived.get(code) != digest:
            yield code, places, digest


def _digest(places: list[Place], revisions: dict[int, int]) -> str:
    told = sorted([place.what, place.item or 0, revisions.get(place.item or 0, 0), place.field] for place in places)
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


@transaction.atomic
def check_version(*, version_id: int, by: Member) -> list[BulletinCheck]:
    """Raises BulletinNotFound, MoveNotAllowed."""
    version = _checkable(version_id, by)
    rows = run_checks(version)[1]
    failed = sorted(row.code for row in rows if row.verdict == Verdict.FAILED)
    record_event(version.bulletin.stream, "bulletin.checked", by=by, version=version.pk, failed=failed)
    return rows


def _checkable(version_id: int, by: Member) -> BulletinVersion:
    version = BulletinVersion.objects.visible_to(by).locked(version_id)
    if not may_prepare(by) or version.state not in (State.DRAFTING, State.IN_REVIEW):
        raise MoveNotAllowed(_("The bulletin is frozen: its checks are done."))
    return version


@transaction.atomic
def waive_check(*, version_id: int, code: str, finding: str, reason: str, by: Member) -> BulletinCheck:
    """Let a finding stand, with the reason. ``finding`` is the digest the page showed: what was found since is not
    waived with it. Raises BulletinNotFound, MoveNotAllowed, InvalidInput."""
    version = _checkable(version_id, by)
    reason = normalise(reason)
    if not reason:
        raise InvalidInput("reason", _("Please write something here."))
    if code in NEVER_WAIVED:
        raise MoveNotAllowed(_("This check is not waived: put right what it found."))
    row = version.checks.filter(code=code, verdict=Verdict.FAILED, finding=finding).first()
    if row is None:
        raise InvalidInput("reason", _("The check found something else meanwhile. Look at it again."))
    row.verdict, row.waived_by, row.waived_reason = Verdict.WAIVED, by.person, reason[:500]
    row.save()
    record_event(version.bulletin.stream, "bulletin.check_waived", by=by, version=version.pk, check=code)
    return row
