"""Pages that wait for long work, or look at a board between agencies: told that it moved, as long as they may read it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from django.db import Error as DatabaseError
from django.db.models import QuerySet

from agencies.actors import Member
from bulletins.models import BulletinVersion
from casemgr.live.batches import Batch
from casemgr.live.frames import BadFrame, frame, hears
from casemgr.live.hub import Hub
from casemgr.live.sight import members_of
from notifications.works import MOVED, TOPIC, topic_of_work
from search.models import SearchExport
from workflows.models import BulkMove, ImportRun, JointAction, Paper

if TYPE_CHECKING:
    from casemgr.live.consumers import InboxConsumer as Socket

# What may be followed, by whom: the querysets that the pages read.
FOLLOWED: dict[str, Callable[[Member], QuerySet[Any]]] = {
    "board": JointAction.objects.visible_to,
    "bulletin": BulletinVersion.objects.visible_to,
    "bulk": lambda member: BulkMove.objects.filter(person=member.person, agency=member.agency),
    "export": SearchExport.objects.visible_to,
    "import": ImportRun.objects.visible_to,
    "paper": Paper.objects.visible_to,
}
MOST, LONGEST_CODE = 30, 40
_WORK = re.compile(rf"({'|'.join(FOLLOWED)}):([1-9][0-9]{{0,17}})", re.ASCII)
# By socket: the agency acted for.
_following: WeakKeyDictionary[Socket, str] = WeakKeyDictionary()


def _clean(value: Any) -> tuple[str, list[str]]:
    """``{"agency": code, "what": ["import:12", …]}``; (code, works)."""
    if not isinstance(value, dict) or value.keys() != {"agency", "what"}:
        raise BadFrame("follow")
    agency, what = value["agency"], value["what"]
    if not isinstance(agency, str) or len(agency) > LONGEST_CODE or not isinstance(what, list) or len(what) > MOST:
        raise BadFrame("follow")
    if any(not isinstance(work, str) or not _WORK.fullmatch(work) for work in what):
        raise BadFrame("follow")
    return agency.replace("\x00", ""), sorted(set(what))


@frame("follow", clean=_clean)
async def follow(socket: Socket, asked: tuple[str, list[str]]) -> None:
    """Follow these in place of what was followed before. What may not be read is passed over in silence: the page that
    shows it would not have opened."""
    agency, what = asked
    for topic in [topic for topic in socket.topics if topic.startswith(f"{TOPIC}.")]:
        socket.leave(topic)
    _following[socket] = agency
    for work in await database_sync_to_async(readable)(socket.person_id, agency, what):
        socket.join(topic_of_work(work))


@hears(TOPIC)
async def hear(socket: Socket, message: dict[str, Any]) -> None:
    """Asked again at each message, right before it is passed on."""
    agency = _following.get(socket)
    if agency is None:
        return
    try:
        may = await _readings(socket).ask((socket.person_id, agency, message["what"]))
    except DatabaseError:
        return  # the page asks by itself after a while
    if may:
        socket.send_soon({"kind": MOVED, "what": message["what"]})
    else:
        socket.leave(topic_of_work(message["what"]))


Asked = tuple[int, str, str]  # person, agency, work
_batches: WeakKeyDictionary[Hub, Batch[Asked, bool]] = WeakKeyDictionary()


def _readings(socket: Socket) -> Batch[Asked, bool]:
    return _batches.setdefault(socket.hub, Batch(_read))


def _read(asked: list[Asked]) -> dict[Asked, bool]:
    members = members_of({person for person, _agency, _work in asked})
    return {
        (person, agency, work): bool((member := members.get((person, agency))) and _readable(member, [work]))
        for person, agency, work in asked
    }


def readable(person_id: int, agency_code: str, what: list[str]) -> list[str]:
    """Those of them that the person may read, acting for the agency. A query for the person and one for each kind."""
    member = members_of({person_id}).get((person_id, agency_code))
    return _readable(member, what) if member else []


def _readable(member: Member, what: list[str]) -> list[str]:
    ids: dict[str, list[int]] = {}
    for work in what:
        kind, _colon, pk = work.partition(":")
        ids.setdefault(kind, []).append(int(pk))
    found = {(kind, pk) for kind, pks in ids.items() for pk in _visible(kind, member, pks)}
    return [f"{kind}:{pk}" for kind, pk in sorted(found)]


def _visible(kind: str, member: Member, pks: list[int]) -> list[int]:
    return list(FOLLOWED[kind](member).filter(pk__in=pks).values_list("pk", flat=True))
