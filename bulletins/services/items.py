"""Writing warnings: by hand, or drafted from what agencies found; where from is linked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.folding import normalise
from agencies.models import Province
from bulletins.bulletin_states import WORKING, State
from bulletins.errors import BulletinNotFound, StaleBulletin
from bulletins.item_fields import FIELDS, REQUIRED, UNTITLED
from bulletins.models import BulletinVersion, ItemKind, ItemSource, NamedBy, SourceKind, VersionEditor, WarningItem
from bulletins.policy import require_editor
from bulletins.proposing import advice_item, product_item
from bulletins.selectors import Finding, advice_for, without_numbers
from complaints.models import Category
from events import clock
from events.services.recording import record_event
from workflows.errors import InvalidInput, MoveNotAllowed
from workflows.models import Case

# While a version that is reviewed or frozen holds the item, it stays what was looked at.
_FROZEN = tuple(state for state in WORKING if state != State.DRAFTING)

#: A violator is named with its decision, which no set of cases has.
FROM_CASES = tuple(kind for kind in ItemKind if kind != ItemKind.VIOLATOR)


@transaction.atomic
def write_item(*, province: Province, kind: str, given: Mapping[str, Any], by: Member) -> WarningItem:
    """A warning by hand. Raises MoveNotAllowed, InvalidInput."""
    require_editor(by)
    item = WarningItem(kind=kind)
    _fill(item, given)
    return _kept(item, province, by)


def _kept(item: WarningItem, province: Province, by: Member) -> WarningItem:
    item.agency, item.province = by.agency, province
    item.created_by = item.changed_by = by.person
    item.created_at = item.changed_at = clock.now()
    item.save()
    record_event(item.stream, "warning.written", by=by, item=item.pk, kind_of_item=str(item.kind))
    return item


@transaction.atomic
def keep_proposed(*, item: WarningItem, province: Province, cases: Iterable[int], by: Member) -> WarningItem:
    """Keep what `proposing` made, with the cases it was made from. Raises MoveNotAllowed."""
    require_editor(by)
    kept = _kept(item, province, by)
    ItemSource.objects.bulk_create(ItemSource(item=kept, kind=SourceKind.CASE, case_id=case) for case in cases)
    return kept


@transaction.atomic
def draft_advice(*, province: Province, by: Member) -> WarningItem:
    """The general advice as the agency wrote it before, so that the public's list tells it once; anew where it was
    changed since, or taken down. Raises MoveNotAllowed."""
    require_editor(by)
    offered = advice_item()
    same = {name: getattr(offered, name) for name in ("kind", "title", "text")}
    before = WarningItem.objects.visible_to(by).filter(province=province, taken_down_at=None, **same).first()
    return before or keep_proposed(item=offered, province=province, cases=[], by=by)


def draft_from_finding(*, finding: Finding, province: Province, by: Member) -> WarningItem:
    return keep_proposed(item=product_item(finding), province=province, cases=finding.cases, by=by)


def draft_from_case(*, case: Case, by: Member) -> WarningItem:
    """From a case the editor may see; of what the citizen wrote only the names of goods, without long numbers.
    Raises MoveNotAllowed, BulletinNotFound."""
    _require_visible([case.pk], by)
    return keep_proposed(item=_of_case(case), province=case.province, cases=[case.pk], by=by)


def _of_case(case: Case) -> WarningItem:
    said, scam = case.complaint, _scam_of(case)
    product = without_numbers(said.product)
    subject, code = ("scam", scam.pk) if scam else ("product", said.product_group_id or "other")
    recognise, advice = advice_for(subject, code)
    title = scam.label_vi if scam else product or _("Product warning")
    return WarningItem(
        kind=ItemKind.SCAM if scam else ItemKind.PRODUCT, title=title[:200], product="" if scam else product,
        brand="" if scam else without_numbers(said.brand), product_group=said.product_group, channel=said.channel,
        scam=scam, how_to_recognise=recognise, what_to_do=advice,
    )  # fmt: skip


def _scam_of(case: Case) -> Category | None:
    category = case.category or case.complaint.category
    return category if category and "FRAUD" in (category.pk, category.parent_id) else None


def draft_from_cases(
    *, kind: str, reference: int, cases: Iterable[int], province: Province, by: Member, item_kind: str = ""
) -> WarningItem:
    """From a saved search or a campaign (``reference``) and the cases it holds now, all of which the editor may see.
    Its name was written for colleagues and is not taken over. ``item_kind`` none of `FROM_CASES`: as most of the cases
    are. Raises MoveNotAllowed, BulletinNotFound."""
    ids = list(dict.fromkeys(cases))
    _require_visible(ids, by)
    item = WarningItem(kind=item_kind if item_kind in FROM_CASES else _kind_of(ids), title=UNTITLED)
    with transaction.atomic():
        kept = keep_proposed(item=item, province=province, cases=ids, by=by)
        ItemSource.objects.create(item=kept, kind=kind, reference=reference)
    return kept


def _kind_of(case_ids: list[int]) -> ItemKind:
    cases = Case.objects.filter(pk__in=case_ids).select_related("category", "complaint__category")
    scams = sum(_scam_of(case) is not None for case in cases)
    return ItemKind.SCAM if scams * 2 > len(case_ids) else ItemKind.PRODUCT


def _require_visible(case_ids: list[int], by: Member) -> None:
    if Case.objects.visible_to(by).filter(pk__in=case_ids).count() != len(case_ids):
        raise BulletinNotFound(_("There is no such case, or it is not yours to see."))


@transaction.atomic
def edit_item(*, item_id: int, revision: int, given: Mapping[str, Any], by: Member) -> WarningItem:
    """Change a warning. Raises BulletinNotFound, StaleBulletin, MoveNotAllowed, InvalidInput."""
    item = locked_item(item_id, by, revision)
    _fill(item, given)
    return touch_item(item, by, "warning.edited")


def locked_item(item_id: int, by: Member, revision: int | None = None) -> WarningItem:
    """The item, to be changed. The versions that hold it are locked before its own row, the order in which
    `issuing.give_number` locks them: nobody numbers a version while a word of it changes. Raises BulletinNotFound,
    StaleBulletin, MoveNotAllowed."""
    require_editor(by)
    list(BulletinVersion.objects.select_for_update(of=("self",)).filter(entries__item=item_id).order_by("pk"))
    item = WarningItem.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=item_id).first()
    if item is None:
        raise BulletinNotFound(_("There is no such warning, or it is not yours to see."))
    if revision is not None and item.revision != revision:
        raise StaleBulletin(_("Someone changed this warning while you were on the page."), item)
    # Read anew: a version that took the item in between is held up by the lock on the item.
    if BulletinVersion.objects.filter(entries__item=item, state__in=_FROZEN).exists():
        raise MoveNotAllowed(
            _(
                "A bulletin in review, or numbered, holds this warning. Take it back to writing first, or correct it afterwards."
            )
        )
    return item


def touch_item(item: WarningItem, by: Member, kind: str, **data: int) -> WarningItem:
    """Save, count up, and name the person among the editors of the versions being written that hold it."""
    item.revision += 1
    item.changed_by, item.changed_at = by.person, clock.now()
    item.save()
    versions = BulletinVersion.objects.filter(entries__item=item, state=State.DRAFTING)
    VersionEditor.objects.bulk_create(
        [VersionEditor(version=version, person=by.person, by_item=True) for version in versions], ignore_conflicts=True
    )
    record_event(item.stream, kind, by=by, item=item.pk, revision=item.revision, **data)
    return item


def _fill(item: WarningItem, given: Mapping[str, Any]) -> None:
    """Raises InvalidInput."""
    for name in FIELDS[item.kind]:
        if name in given:
            value = given[name]
            setattr(item, name, normalise(value) if isinstance(value, str) else value)
    if item.title == UNTITLED:
        raise InvalidInput("title", _("Give it a title of its own: the public reads it."))
    for name in REQUIRED[item.kind]:
        if not getattr(item, name):
            raise InvalidInput(name, _("Please write something here."))
    if item.kind == ItemKind.VIOLATOR:
        item.named_by = NamedBy.DECISION
    if item.business and item.named_by == NamedBy.NOBODY:
        raise InvalidInput("named_by", _("A business is named: say what allows it."))
