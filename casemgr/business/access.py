"""The business's side: a session that a link opened, for one case, apart from the staff's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from agencies.actors import Business
from complaints.models import RespondentContact
from events import clock
from workflows.models import Purpose, RespondentLink
from workflows.services.links import end_sessions

COOKIE, COOKIE_PATH = "business", "/doanh-nghiep/"
LIFETIME_SECONDS = 4 * 60 * 60
# Between the link and its one-time code nothing is open yet.
WAITING, WAITING_SECONDS = "business_waiting", 60 * 60
_SALT = "casemgr.business.access"
# Where a session leads that a link of this purpose opened.
LANDING: dict[str, str] = {
    Purpose.ANSWER: "business:complaint",
    Purpose.RESULT: "business:result",
    Purpose.NEGOTIATION: "business:room",
    Purpose.MEDIATION: "business:room",
    Purpose.CONFIRMATION: "business:room",
}
# The fields of our forms in which people write at length.
WRITTEN = ("answer", "note", "reason", "text", "statement")
View = Callable[..., HttpResponseBase]


def business_of(request: HttpRequest) -> Business | None:
    """The actor of this session's link, while the link holds. Read anew at each request: a revoked link is out."""
    link = link_of(request)
    return Business(link.case_id, link.pk) if link else None


def link_of(request: HttpRequest) -> RespondentLink | None:
    """The link this session acts by. One opened from the account also needs the account to be open still."""
    said = _read(request, COOKIE, LIFETIME_SECONDS)
    if "link" not in said or ("account" in said and account_of(request) is None):
        return None
    link = RespondentLink.objects.select_related("case__owner__kind", "respondent").filter(pk=said["link"]).first()
    if link is None or not link.holds_at(clock.now()) or _was_left(said, link.left_at):
        return None
    if "account" in said and link.respondent_id != said["account"]:
        return None
    return link


def account_of(request: HttpRequest) -> RespondentContact | None:
    """The verified contact that signed in to its business's account, while that account is open."""
    said = _read(request, COOKIE, LIFETIME_SECONDS)
    if "account" not in said:
        return None
    contact = RespondentContact.objects.select_related("respondent").filter(pk=said["contact"]).first()
    if contact is None or contact.verified_at is None or contact.respondent_id != said["account"]:
        return None
    if _was_left(said, contact.left_at):
        return None
    return contact if contact.respondent.may_sign_in else None


def requires_link(view: View) -> View:
    """``view(request, actor, …)`` with ``actor`` the `Business` whose link opened this session; everybody else gets
    one same refusal, whatever was wrong."""
    return requires_purpose()(view)


def requires_purpose(*purposes: Purpose) -> Callable[[View], View]:
    """As `requires_link`, for links of these purposes (any when none is named)."""

    def decorate(view: View) -> View:
        @login_not_required
        @never_cache
        @wraps(view)
        def with_link(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            link = link_of(request)
            if link is None or (purposes and link.purpose not in purposes):
                return refusal(request)
            request.business_link = link  # type: ignore[attr-defined]
            return view(request, Business(link.case_id, link.pk), *args, **kwargs)

        return with_link

    return decorate


def requires_account(view: View) -> View:
    """``view(request, contact, …)`` for a business signed in to its account; others are asked to sign in."""

    @login_not_required
    @never_cache
    @wraps(view)
    def with_account(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        contact = account_of(request)
        if contact is None:
            return refusal(request)
        return view(request, contact, *args, **kwargs)

    return with_account


def refusal(request: HttpRequest) -> HttpResponse:
    """Expired, revoked, forged, another's, nobody's: one answer. What was typed comes back, to be copied."""
    typed = [text for name in WRITTEN if (text := request.POST.get(name, "").strip())]
    return render(request, "business/refusal.html", {"typed": "\n\n".join(typed)}, status=HTTPStatus.FORBIDDEN)


def open_session(response: HttpResponse, link: RespondentLink) -> None:
    _write(response, COOKIE, {"link": link.pk}, LIFETIME_SECONDS)
    response.delete_cookie(WAITING, path=COOKIE_PATH, samesite="Strict")


def open_account(response: HttpResponse, contact: RespondentContact, link: RespondentLink | None = None) -> None:
    """``link``: the complaint that is being answered from within the account."""
    said = {"account": contact.respondent_id, "contact": contact.pk}
    _write(response, COOKIE, said | ({"link": link.pk} if link else {}), LIFETIME_SECONDS)
    response.delete_cookie(WAITING, path=COOKIE_PATH, samesite="Strict")


def close(request: HttpRequest, response: HttpResponse) -> None:
    """Here and on every other device: a copy of the cookie opens nothing any more."""
    link, contact = link_of(request), account_of(request)
    if contact:
        end_sessions(contact=contact)
    elif link:
        end_sessions(link=link)
    for name in (COOKIE, WAITING):
        response.delete_cookie(name, path=COOKIE_PATH, samesite="Strict")


def wait_for_code(response: HttpResponse, **said: int) -> None:
    """Remember what the one-time code is to open: ``link``, or ``contact`` (0: an address nobody knows)."""
    _write(response, WAITING, said, WAITING_SECONDS)


def waiting(request: HttpRequest) -> dict[str, int]:
    return _read(request, WAITING, WAITING_SECONDS)


def _was_left(said: dict[str, int], left_at: datetime | None) -> bool:
    return left_at is not None and said.get("at", 0) <= _microseconds(left_at)


def _microseconds(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)


def _read(request: HttpRequest, name: str, max_age: int) -> dict[str, int]:
    try:
        said = signing.loads(request.COOKIES.get(name, ""), salt=f"{_SALT}.{name}", max_age=max_age)
    except signing.BadSignature:
        return {}
    return said if isinstance(said, dict) else {}


def _write(response: HttpResponse, name: str, said: dict[str, int], seconds: int) -> None:
    response.set_cookie(
        name,
        signing.dumps(said | {"at": _microseconds(clock.now())}, salt=f"{_SALT}.{name}"),
        max_age=seconds,
        path=COOKIE_PATH,
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )
