"""From a written version to an approved one: review, number and frozen PDF, approval by SHA-256.

Each verb locks the version's row first and compares the revision, so that an edit and an approval never cross: the
second finds the revision, the state or the hash changed. What nobody may get round is a constraint of the table too.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.folding import normalise
from bulletins.bulletin_states import WORKING
from bulletins.checks import CHECKS
from bulletins.models import BulletinVersion, Rejection, Verdict, VersionEditor, VersionItem, WarningItem
from bulletins.policy import require, require_correctable, require_editor, require_something_to_correct
from bulletins.selectors import items_in
from bulletins.services.checking import holds_personal_data, run_checks
from bulletins.services.readiness import require_passed, require_signatory, require_whole
from bulletins.services.telling import told_of
from documents.services.numbering import take_number, void_number
from events import clock
from events.services.recording import record_event
from workflows.deadlines import HANOI
from workflows.errors import InvalidInput, MoveNotAllowed

DOCUMENT_TYPE = "TB"
#: What the register holds of the reason why a number is void.
IN_REGISTER = 200


def begin(version_id: int, move: str, by: Member, revision: int | None) -> BulletinVersion:
    """The locked version, if ``by`` may see it and make ``move`` now. Raises BulletinNotFound, StaleBulletin,
    MoveNotAllowed."""
    version = BulletinVersion.objects.visible_to(by).locked(version_id, revision)
    require(by, move, version)
    require_something_to_correct(move, version)
    return version


def finish(version: BulletinVersion, kind: str, *, by: Any, **data: Any) -> BulletinVersion:
    version.revision += 1
    version.save()
    about = {"version": version.pk, "state": str(version.state), **data, **told_of(version, kind)}
    record_event(version.bulletin.stream, kind, by=by, **about)
    return version


@transaction.atomic
def submit(*, version_id: int, revision: int, by: Member) -> BulletinVersion:
    """The checks are made; those that fail keep it from its number, not from review. Raises as `begin`, and InvalidInput
    without a signatory, as nothing is edited in review."""
    version = begin(version_id, "submit", by, revision)
    require_signatory(version)
    run_checks(version)
    version.submit()
    version.rejections.filter(answered_at=None).update(answered_at=clock.now())
    return finish(version, "bulletin.submitted", by=by)


@transaction.atomic
def take_back(*, version_id: int, revision: int, by: Member) -> BulletinVersion:
    version = begin(version_id, "take_back", by, revision)
    version.take_back()
    return finish(version, "bulletin.taken_back", by=by)


@transaction.atomic
def discard(*, version_id: int, revision: int, by: Member) -> BulletinVersion:
    """A draft nobody needs. It never had a number, or its numbers are void."""
    version = begin(version_id, "discard", by, revision)
    version.discard(at=clock.now())
    return finish(version, "bulletin.discarded", by=by)


@transaction.atomic
def give_number(*, version_id: int, revision: int, by: Member) -> BulletinVersion:
    """Check once more, take the register's next number and freeze what was checked; the relay lays it out.

    The rows of the items are locked before they are read, as `items.locked_item` locks them before they are changed.
    Raises as `begin`, ChecksFailed, and InvalidInput while something is missing.
    """
    version = begin(version_id, "give_number", by, revision)
    held = VersionItem.objects.filter(version=version).values("item")
    list(WarningItem.objects.select_for_update(of=("self",)).filter(pk__in=held).order_by("pk"))
    snapshot, rows = run_checks(version)
    require_passed([row.code for row in rows if row.verdict == Verdict.FAILED])
    require_whole(version)
    # Under the lock of the rows that were read: a check that was added since is one that was not made.
    if version.checks.count() < len(CHECKS):
        raise InvalidInput("checks", _("Not every check was made."))
    day = clock.now().astimezone(HANOI).date()
    number = take_number(
        agency=by.agency, year=day.year, document_type=DOCUMENT_TYPE, purpose=version.title, by=by.person
    )
    version.give_number(registered=number, issued_on=day, content=dict(snapshot.content))
    return finish(version, "bulletin.numbered", by=by, number=number.number)


@transaction.atomic
def reject(*, version_id: int, revision: int, reason: str, by: Member) -> BulletinVersion:
    """Back to writing. The number stays in the register as void, with the beginning of the reason; the whole stands on
    the draft until it goes to review again. Raises as `begin`, InvalidInput."""
    version = begin(version_id, "reject", by, revision)
    reason = normalise(reason)[:2000]
    if not reason:
        raise InvalidInput("reason", _("Say why the bulletin is rejected."))
    if holds_personal_data(items_in(version), reason):
        raise InvalidInput("reason", _("This tells of somebody who complained. Leave that out: the reason is kept."))
    if version.registered_id is None:
        raise MoveNotAllowed(_("The bulletin has no number."))
    number = void_number(number_id=version.registered_id, reason=_beginning(reason))
    Rejection.objects.create(
        version=version, registered=number, reason=reason, rejected_by=by.person, rejected_at=clock.now()
    )
    version.reject()
    version.signature_place = version.signature_asked_by = None
    return finish(version, "bulletin.rejected", by=by, number=number.number)


def _beginning(reason: str) -> str:
    return reason if len(reason) <= IN_REGISTER else reason[: IN_REGISTER - 1] + "…"


@transaction.atomic
def approve(*, version_id: int, revision: int, sha256: str, by: Member) -> BulletinVersion:
    """Approve the very bytes whose SHA-256 the approver saw; never by who edited the version or an item in it.
    Raises as `begin`, InvalidInput for another hash, MoveNotAllowed for an editor."""
    version = begin(version_id, "approve", by, revision)
    if not version.sha256:
        raise InvalidInput("sha256", _("The final PDF is still being laid out. Please try again in a moment."))
    if sha256.strip().lower() != version.sha256:
        raise InvalidInput("sha256", _("This is not the PDF you looked at. Open it again."))
    editor = VersionEditor.objects.filter(version=version, person=by.person).first()
    if editor:
        raise MoveNotAllowed(editor.why_not_approver)
    version.approve(by=by.person, at=clock.now(), sha256=version.sha256)
    return finish(version, "bulletin.approved", by=by, sha256=version.sha256)


@transaction.atomic
def begin_correction(*, version_id: int, revision: int, what_changed: str, by: Member) -> BulletinVersion:
    """The next version, beginning as a copy of the one that stands, which stays public until the new one is published.
    Raises BulletinNotFound, StaleBulletin, MoveNotAllowed, InvalidInput."""
    require_editor(by)
    old = BulletinVersion.objects.visible_to(by).locked(version_id, revision)
    what_changed = normalise(what_changed)
    require_correctable(old)
    if old.bulletin.versions.filter(state__in=WORKING).exists():
        raise MoveNotAllowed(_("A correction of this bulletin is being written already."))
    if not what_changed:
        raise InvalidInput("what_changed", _("Say what the correction changes, and why."))
    version = _copied(old, what_changed, by)
    record_event(old.bulletin.stream, "bulletin.correction_begun", by=by, version=version.pk, of=old.pk)
    return version


def _copied(old: BulletinVersion, what_changed: str, by: Member) -> BulletinVersion:
    copied = (
        "title", "introduction", "urgency", "signatory_title", "signatory_name", "signatory_authority",
        "signatory_instead_of", "recipients", "figures", "figures_at", "charts",
    )  # fmt: skip
    last = old.bulletin.versions.order_by("-number").values_list("number", flat=True)[0]
    version = BulletinVersion.objects.create(
        bulletin=old.bulletin, number=last + 1, what_changed=what_changed, edited_by=by.person, edited_at=clock.now(),
        **{name: getattr(old, name) for name in copied},
    )  # fmt: skip
    entries = old.entries.filter(item__taken_down_at=None).select_related("item")
    VersionItem.objects.bulk_create(
        VersionItem(version=version, item=entry.item, position=entry.position) for entry in entries
    )
    writers = {by.person.pk} | {pk for entry in entries for pk in (entry.item.created_by_id, entry.item.changed_by_id)}
    VersionEditor.objects.bulk_create(
        VersionEditor(version=version, person_id=pk, by_item=pk != by.person.pk) for pk in sorted(writers)
    )
    return version
