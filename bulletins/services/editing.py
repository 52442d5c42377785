"""Writing a bulletin: begun for a period, its words, its items in their order, its figures."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.folding import normalise
from agencies.models import Agency, Province
from bulletins.bulletin_states import State
from bulletins.content import SECTIONS
from bulletins.errors import AlreadyBegun, BulletinNotFound
from bulletins.models import (
    Audience,
    Bulletin,
    BulletinVersion,
    PeriodKind,
    VersionEditor,
    VersionItem,
    WarningItem,
)
from bulletins.policy import require_editor
from bulletins.proposing import default_recipients, default_title
from bulletins.selectors import begun_for, period_figures
from bulletins.services.summarising import recount
from bulletins.spans import Span
from events import clock
from events.services.recording import record_event
from workflows.deadlines import HANOI
from workflows.errors import InvalidInput, MoveNotAllowed

TEXTS = (
    "title", "introduction", "urgency", "signatory_title", "signatory_name", "signatory_authority",
    "signatory_instead_of", "recipients", "what_changed",
)  # fmt: skip
MOST_ITEMS = 60


@transaction.atomic
def begin_bulletin(
    *, province: Province, span: Span, audience: str, by: Member, title: str = "", beside: Collection[int] | None = None
) -> BulletinVersion:
    """A new bulletin with its first version; figures follow unless it is urgent. ``beside``: the bulletins of the period
    that are known to who begins another; None asks nothing. Raises MoveNotAllowed, InvalidInput, AlreadyBegun."""
    require_editor(by)
    if span.last < span.first:
        raise InvalidInput("last_day", _("The last day lies before the first."))
    if span.kind != PeriodKind.URGENT and span.first >= clock.now().astimezone(HANOI).date():
        raise InvalidInput(
            "day", _("This period has no whole day yet: there are no figures of it. Begin it tomorrow or later.")
        )
    if beside is not None:
        _require_known(province, span, beside, by)
    now = clock.now()
    bulletin = Bulletin.objects.create(
        province=province, agency=by.agency, period_kind=span.kind, first_day=span.first, last_day=span.last,
        audience=audience or Audience.PUBLIC, created_by=by.person, created_at=now,
    )  # fmt: skip
    version = BulletinVersion.objects.create(
        bulletin=bulletin, number=1, title=normalise(title)[:200] or default_title(span),
        recipients="\n".join(default_recipients(province)), signatory_title="Giám đốc",
        urgency="URGENT" if span.kind == PeriodKind.URGENT else "", edited_by=by.person, edited_at=now,
    )  # fmt: skip
    VersionEditor.objects.create(version=version, person=by.person)
    record_event(bulletin.stream, "bulletin.begun", by=by, bulletin=bulletin.pk, version=version.pk)
    if span.kind != PeriodKind.URGENT:
        compute_figures(version_id=version.pk, revision=version.revision, by=by)
    return BulletinVersion.objects.select_related("bulletin").get(pk=version.pk)


def _require_known(province: Province, span: Span, known: Collection[int], by: Member) -> None:
    """Under the agency's lock, so that of a button pressed twice the second press is told of what the first began."""
    Agency.objects.select_for_update(of=("self",), no_key=True).get(pk=by.agency.pk)
    found = begun_for(province, span, by)
    if not {bulletin.pk for bulletin in found} <= set(known):
        raise AlreadyBegun(_("There is a bulletin of this period already."), found)


def editable(version_id: int, revision: int | None, by: Member) -> BulletinVersion:
    """The locked version while it is being written. Raises BulletinNotFound, StaleBulletin, MoveNotAllowed."""
    require_editor(by)
    version = BulletinVersion.objects.visible_to(by).locked(version_id, revision)
    if version.state != State.DRAFTING:
        raise MoveNotAllowed(_("The bulletin is not being written any more. Take it back to writing first."))
    return version


def keep_edit(version: BulletinVersion, by: Member, kind: str = "bulletin.edited", **data: Any) -> BulletinVersion:
    """Save with the next revision; whoever edits is kept among the editors, for good."""
    version.revision += 1
    version.edited_by, version.edited_at = by.person, clock.now()
    version.save()
    VersionEditor.objects.update_or_create(version=version, person=by.person, defaults={"by_item": False})
    record_event(version.bulletin.stream, kind, by=by, version=version.pk, revision=version.revision, **data)
    return version


@transaction.atomic
def edit_version(*, version_id: int, revision: int, given: Mapping[str, str], by: Member) -> BulletinVersion:
    """Raises BulletinNotFound, StaleBulletin, MoveNotAllowed, InvalidInput."""
    version = editable(version_id, revision, by)
    for name in TEXTS:
        if name in given:
            setattr(version, name, normalise(given[name]))
    if not version.title:
        raise InvalidInput("title", _("Please write something here."))
    if version.is_correction and not version.what_changed:
        raise InvalidInput("what_changed", _("Say what the correction changes, and why."))
    needs = version.signatory_authority not in ("", "ACTING")
    if needs != bool(version.signatory_instead_of):
        raise InvalidInput("signatory_instead_of", _("Say in whose stead, or choose no “instead of”."))
    return keep_edit(version, by)


@transaction.atomic
def add_item(*, version_id: int, item_id: int, revision: int | None, by: Member) -> BulletinVersion:
    """At the end of its section. The item's writers count as editors. Raises as `editable`, and InvalidInput."""
    version = editable(version_id, revision, by)
    item = WarningItem.objects.visible_to(by).filter(pk=item_id, taken_down_at=None).first()
    if item is None:
        raise BulletinNotFound(_("There is no such warning, or it is not yours to see."))
    if version.entries.count() >= MOST_ITEMS:
        raise InvalidInput("item", _("A bulletin holds at most %(n)d items.") % {"n": MOST_ITEMS})
    last = version.entries.aggregate(last=Max("position"))["last"] or 0
    VersionItem.objects.get_or_create(version=version, item=item, defaults={"position": last + 1})
    writers = {item.created_by_id, item.changed_by_id}
    VersionEditor.objects.bulk_create(
        [VersionEditor(version=version, person_id=pk, by_item=True) for pk in writers], ignore_conflicts=True
    )
    return keep_edit(version, by, item=item.pk)


@transaction.atomic
def remove_item(*, version_id: int, item_id: int, revision: int | None, by: Member) -> BulletinVersion:
    version = editable(version_id, revision, by)
    version.entries.filter(item=item_id).delete()
    return keep_edit(version, by, item=item_id)


@transaction.atomic
def move_item(*, version_id: int, item_id: int, up: bool, revision: int | None, by: Member) -> BulletinVersion:
    """Past its neighbour of the same section; at the end nothing happens."""
    version = editable(version_id, revision, by)
    entries = list(version.entries.select_related("item").order_by("position", "pk"))
    moved = next((entry for entry in entries if entry.item_id == item_id), None)
    if moved is None:
        raise BulletinNotFound(_("There is no such warning, or it is not yours to see."))
    beside = [entry for entry in entries if section_of(entry.item.kind) == section_of(moved.item.kind)]
    at = beside.index(moved)
    other = at - 1 if up else at + 1
    if 0 <= other < len(beside):
        moved.position, beside[other].position = beside[other].position, moved.position
        VersionItem.objects.bulk_update([moved, beside[other]], ["position"])
    return keep_edit(version, by, item=item_id)


def section_of(kind: str) -> str:
    return next(code for code, _heading, kinds, _empty in SECTIONS if kind in kinds)


@transaction.atomic
def compute_figures(*, version_id: int, revision: int | None, by: Member) -> BulletinVersion:
    """Add the period up from the cases as they are now, whole days only; the relay draws the charts. Raises as
    `editable`."""
    version = editable(version_id, revision, by)
    bulletin = version.bulletin
    span = Span(bulletin.period_kind, bulletin.first_day, bulletin.last_day)
    recount(bulletin.province_id, span)
    version.figures_at = clock.now()
    version.figures = period_figures(bulletin.province, span, span.counted_until(version.figures_at))
    version.charts = None
    return keep_edit(version, by, "bulletin.figures_computed")
