"""The server's copy of an unfinished report. A random cookie opens it; the database knows only a keyed hash."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from complaints import codes
from complaints.models import Draft

COOKIE = "lodging"
COOKIE_PATH = "/gui/"
LIFETIME_SECONDS = 24 * 60 * 60
LONGEST_VALUE = 50_000
# All that is left in a draft once its report is lodged: the key stays, so that a reload shows the receipt again.
LODGED = {"lodged": True}
# Beside the steps: why the files last sent were not taken.
REFUSED_FILES = "refused_files"


def _hash(purpose: str, secret: str) -> str:
    return hmac.digest(codes.key(), f"{purpose}:{secret}".encode(), "sha256").hex()


def find(request: HttpRequest) -> Draft | None:
    token = request.COOKIES.get(COOKIE, "")
    return Draft.objects.filter(key_hash=_hash("draft", token)).first() if token else None


def is_lodged(draft: Draft) -> bool:
    return bool(draft.data == LODGED)


def said_in(draft: Draft | None) -> dict[str, Any]:
    """What the steps hold, as typed; nothing once it was lodged."""
    return {} if draft is None or is_lodged(draft) else draft.data


def open_or_start(request: HttpRequest) -> tuple[Draft, str]:
    """The draft being written and the token of its cookie; a new one when there is none or it was lodged."""
    draft = find(request)
    if draft and not is_lodged(draft):
        return draft, request.COOKIES[COOKIE]
    token = secrets.token_urlsafe(32)
    return _new(_hash("draft", token)), token


def _new(key_hash: str) -> Draft:
    return Draft.objects.create(key_hash=key_hash, idempotency_key=codes.new_idempotency_key())


def supplement_of(complaint_id: int) -> Draft | None:
    """Where files wait that are added to a report lodged earlier; None before the first."""
    return Draft.objects.filter(key_hash=_hash("supplement", str(complaint_id))).first()


def for_supplement(complaint_id: int) -> Draft:
    """As `supplement_of`, made when missing."""
    draft, _made = Draft.objects.get_or_create(
        key_hash=_hash("supplement", str(complaint_id)),
        defaults={"idempotency_key": codes.new_idempotency_key()},
    )
    return draft


def of_answer(link_id: int) -> Draft | None:
    """What a business has typed and sent up by this link, and not yet answered with; None before the first."""
    return Draft.objects.filter(key_hash=_hash("business", str(link_id))).first()


def for_answer(link_id: int) -> Draft:
    """As `of_answer`, made when missing."""
    draft, _made = Draft.objects.get_or_create(
        key_hash=_hash("business", str(link_id)), defaults={"idempotency_key": codes.new_idempotency_key()}
    )
    return draft


@transaction.atomic
def drop(draft: Draft, step: str) -> None:
    """Forget what one step held."""
    if locked := Draft.objects.select_for_update().filter(pk=draft.pk).first():
        locked.data = {name: typed for name, typed in locked.data.items() if name != step}
        locked.save(update_fields=["data", "updated_at"])


@transaction.atomic
def keep(draft: Draft, step: str, typed: Mapping[Any, str]) -> Draft:
    """Write one step into the draft; another tab's step is not overwritten."""
    locked = Draft.objects.select_for_update().filter(pk=draft.pk).first()
    if locked is None:  # Deleted in another window this instant: what is not kept is not asked for again.
        return draft
    if not is_lodged(locked):
        locked.data = {**locked.data, step: dict(typed)}
        locked.save(update_fields=["data", "updated_at"])
    return locked


def typed_in(post: Mapping[str, str], names: list[str]) -> dict[str, str]:
    """The named fields exactly as typed, except what no database stores (NUL) or nobody types (50,000 characters)."""
    return {name: str(post[name]).replace("\x00", "")[:LONGEST_VALUE] for name in names if post.get(name)}


def remember(response: HttpResponse, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=LIFETIME_SECONDS,
        path=COOKIE_PATH,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def forget(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=COOKIE_PATH, samesite="Lax")
