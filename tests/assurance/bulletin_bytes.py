"""Editors and approvers at the same moment: what is published begins with the bytes that were approved."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from datetime import date
from typing import Any

from tests.assurance.outcome import Outcome


def run(runs: int) -> Outcome:
    """``runs`` bulletins, each raced three times on its way: an edit against the number, a rejection against the approval,
    a rejection against the signature. Every file is laid out and signed for real."""
    outcome, won = Outcome(runs), Counter[str]()
    _set_up_key()
    for number in range(runs):
        version = _begun(number)
        won.update(_race(_number(version), _edit(version, f"Sửa lúc đánh số {number}")))
        version = _laid_out(version)
        won.update(_race(_approve(version), _reject_and_edit(version, f"Sửa lúc duyệt {number}")))
        version = _approved(version)
        won.update(_race(_sign(version), _reject_and_edit(version, f"Sửa lúc ký {number}")))
        version = _published(version)
        _judge(outcome, version, number)
    outcome.remarks.append("won: " + ", ".join(f"{name} {n}" for name, n in sorted(won.items())))
    return outcome


def _set_up_key() -> None:
    from pathlib import Path

    from django.conf import settings

    from documents import signing
    from documents.trial_key import make_trial_key
    from events import clock

    folder = Path(settings.CASEMGR_HOME) / "secrets"
    folder.mkdir(parents=True, exist_ok=True)
    key, certificate = make_trial_key("Khóa thử", "Sở Công Thương", signing.DEMO_PASSWORD, at=clock.now())
    (folder / signing.DEMO_KEY).write_bytes(key)
    (folder / signing.DEMO_CERTIFICATE).write_bytes(certificate)
    settings.SIGNING_PKCS12, settings.SIGNING_PKCS12_PASSWORD = str(folder / signing.DEMO_KEY), signing.DEMO_PASSWORD


def _people() -> tuple[Any, Any]:
    from agencies.actors import member

    return member("editor@sct.dongthap.example"), member("approver@sct.dongthap.example")


def _begun(number: int) -> Any:
    from bulletins.services import editing, issuing, items
    from bulletins.spans import Span

    editor, _approver = _people()
    province = editor.agency.provinces.first()
    span = Span.holding("urgent", date(2026, 11, 1))
    version = editing.begin_bulletin(
        province=province, span=span, audience="public", title=f"Bản tin {number}", by=editor
    )
    given = {"title": "Lời khuyên", "text": f"Xem nhãn trước khi mua {number}"}
    item = items.write_item(province=province, kind="advice", given=given, by=editor)
    version = editing.add_item(version_id=version.pk, item_id=item.pk, revision=version.revision, by=editor)
    words = {"signatory_name": "Nguyễn Văn Ký"}
    version = editing.edit_version(version_id=version.pk, revision=version.revision, given=words, by=editor)
    return issuing.submit(version_id=version.pk, revision=version.revision, by=editor)


def _now(version: Any) -> Any:
    from bulletins.models import BulletinVersion

    return BulletinVersion.objects.select_related("bulletin", "registered").get(pk=version.pk)


def _number(version: Any) -> Any:
    from bulletins.services import issuing

    return lambda: issuing.give_number(version_id=version.pk, revision=version.revision, by=_people()[0])


def _edit(version: Any, text: str) -> Any:
    from bulletins.services import issuing, items

    def take_back_and_edit() -> None:
        editor = _people()[0]
        issuing.take_back(version_id=version.pk, revision=version.revision, by=editor)
        item = version.entries.get().item
        items.edit_item(item_id=item.pk, revision=item.revision, given={"text": text}, by=editor)

    return take_back_and_edit


def _approve(version: Any) -> Any:
    from bulletins.services import issuing

    asked = {"version_id": version.pk, "revision": version.revision, "sha256": version.sha256}
    return lambda: issuing.approve(**asked, by=_people()[1])


def _reject_and_edit(version: Any, text: str) -> Any:
    from bulletins.services import issuing, items

    def reject_and_edit() -> None:
        editor, approver = _people()
        issuing.reject(version_id=version.pk, revision=version.revision, reason="Sửa lại", by=approver)
        item = version.entries.get().item
        items.edit_item(item_id=item.pk, revision=item.revision, given={"text": text}, by=editor)

    return reject_and_edit


def _sign(version: Any) -> Any:
    from bulletins.services import signing

    return lambda: signing.sign_asked(version.pk, version.approved_sha256)


def _race(*verbs: Any) -> list[str]:
    """Each verb in a thread of its own at the same moment; names of those that came through."""
    start, won = threading.Barrier(len(verbs)), []

    def make(verb: Any) -> None:
        from django.db import connection

        from workflows.errors import WorkflowError

        connection.ensure_connection()
        start.wait()
        try:
            verb()
            won.append(verb.__qualname__.split(".")[0].strip("_"))
        except WorkflowError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=make, args=(verb,)) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return won


def _laid_out(version: Any) -> Any:
    """Numbered and laid out, whoever won."""
    from bulletins.services import freezing, issuing

    version, editor = _now(version), _people()[0]
    if version.state == "drafting":
        version = issuing.submit(version_id=version.pk, revision=version.revision, by=editor)
    if version.state == "in_review":
        version = issuing.give_number(version_id=version.pk, revision=version.revision, by=editor)
    freezing.lay_out(version.pk)
    return _now(version)


def _approved(version: Any) -> Any:
    version = _laid_out(version)
    if version.state == "numbered":
        _approve(version)()
    return _now(version)


def _published(version: Any) -> Any:
    from bulletins.services import publishing

    version = _approved(version)
    if version.state == "approved":
        _sign(version)()
    version = _now(version)
    publishing.publish(version_id=version.pk, revision=version.revision, by=_people()[0])
    return _now(version)


def _judge(outcome: Outcome, version: Any, number: int) -> None:
    from django.core.files.storage import default_storage

    from documents.models import RegisteredNumber

    def stored(file: Any) -> bytes:
        with default_storage.open(str(file.name)) as opened:
            return opened.read()

    frozen, issued = stored(version.frozen), stored(version.issued)
    outcome.check(
        issued.startswith(frozen), f"bulletin {number}: the published file does not begin with the frozen one"
    )
    approved = hashlib.sha256(frozen).hexdigest() == version.approved_sha256
    outcome.check(approved, f"bulletin {number}: the frozen file is not what was approved")
    told = version.published_items.get().content["paragraphs"]
    outcome.check(told == [version.entries.get().item.text], f"bulletin {number}: an edit passed the approval: {told}")
    standing = RegisteredNumber.objects.filter(purpose=version.title, voided_reason="")
    outcome.check(
        [row.pk for row in standing] == [version.registered_id], f"bulletin {number}: numbers in use: {standing}"
    )
