"""The inbox socket: it says that something changed; the page fetches what through normal permissions."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import Error as DatabaseError
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from agencies.models import Membership, User
from notifications.push import group_of

SIGNED_OUT, POLICY = 4401, 1008
RECHECK_SECONDS = 4.0
LONGEST_FRAME = 256


class InboxConsumer(AsyncJsonWebsocketConsumer):
    """One socket per page. Sends ``{"kind", "case", "urgent"}``; accepts nothing but a short ping."""

    async def connect(self) -> None:
        self.person = self.scope["user"]
        self.watch: asyncio.Task[None] | None = None
        await self.accept()
        if not await self._still_allowed():
            await self.close(SIGNED_OUT)
            return
        await self.channel_layer.group_add(group_of(self.person.pk), self.channel_name)
        self.watch = asyncio.create_task(self._recheck())
        # What came before the socket was open is only in the list: the page fetches it once.
        await self.send_json({"kind": "hello"})

    async def disconnect(self, code: int) -> None:
        if self.watch:
            self.watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.watch
            with contextlib.suppress(Exception):
                await self.channel_layer.group_discard(group_of(self.person.pk), self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        if bytes_data is not None or text_data != "ping" or len(text_data) > LONGEST_FRAME:
            await self.close(POLICY)

    async def inbox_changed(self, event: dict[str, Any]) -> None:
        if await self._still_allowed():
            await self.send_json({"kind": event["kind"], "case": event["case"], "urgent": event["urgent"]})
        else:
            await self.close(SIGNED_OUT)

    async def _recheck(self) -> None:
        """A session ended or a membership revoked elsewhere closes the socket within five seconds."""
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            try:
                allowed = await self._still_allowed()
            except DatabaseError:
                continue  # Away for a moment. Ending here would leave the socket unwatched from then on.
            if not allowed:
                await self.close(SIGNED_OUT)
                return

    @database_sync_to_async
    def _still_allowed(self) -> bool:
        return self.person.is_authenticated and session_holds(self.scope["session"].session_key, self.person.pk)


def session_holds(session_key: str | None, person_id: int) -> bool:
    """Whether the session lives, its password is still the person's, and the person still belongs somewhere."""
    session = Session.objects.filter(session_key=session_key, expire_date__gt=timezone.now()).first()
    person = User.objects.filter(pk=person_id, is_active=True).first()
    if session is None or person is None:
        return False
    signed = session.get_decoded().get(HASH_SESSION_KEY, "")
    belongs = Membership.objects.filter(person=person, revoked_at=None).exists()
    return belongs and constant_time_compare(signed, person.get_session_auth_hash())
