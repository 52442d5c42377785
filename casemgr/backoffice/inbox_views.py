"""The bell: the list behind it, opening one, marking all."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agencies.actors import acting_as
from agencies.models import Membership, User
from casemgr.backoffice.middleware import SESSION_KEY
from events.models import Event
from events.registry import KINDS
from notifications.models import Notification
from notifications.selectors import cursor_of, inbox, unread_count
from notifications.services.inbox import mark_read
from search.selectors_saved import names_of
from workflows.models import Case
from workflows.obligations import label_of


class SignedIn(HttpRequest):
    """What the login middleware lets through."""

    user: User
    memberships: list[Membership]


SEARCH_MATCHED = "search.matched"
BELL_LIMIT = 10
PAGE_SIZE = 30


@require_GET
def inbox_page(request: SignedIn) -> HttpResponse:
    """The whole list, or the newest few for the bell's panel (htmx)."""
    notifications = inbox(request.user)
    if request.headers.get("HX-Request"):
        rows = _rows(request.user, list(notifications[:BELL_LIMIT]))
        context = {"rows": rows, "unread_count": unread_count(request.user)}
        return render(request, "backoffice/_inbox_list.html", context)
    older_than = request.GET.get("before", "")
    if older_than.isdecimal() and len(older_than) < 19:
        notifications = notifications.filter(pk__lt=int(older_than))
    found = list(notifications[: PAGE_SIZE + 1])
    rows = _rows(request.user, found[:PAGE_SIZE])
    more = f"?before={found[PAGE_SIZE - 1].pk}" if len(found) > PAGE_SIZE else ""
    return render(request, "backoffice/inbox.html", {"rows": rows, "next_url": more, "paged": bool(older_than)})


@require_GET
def inbox_state(request: SignedIn) -> HttpResponse:
    """How far the person's own inbox is, for a page whose socket does not get through: {cursor, unread}."""
    stands = {"cursor": cursor_of(request.user.pk), "unread": unread_count(request.user)}
    return JsonResponse(stands, headers={"Cache-Control": "no-store"})


@require_POST
def inbox_open(request: SignedIn, pk: int) -> HttpResponse:
    """Mark one read and go to its case, acting for the agency it was told for."""
    notification = inbox(request.user).filter(pk=pk).first()
    if notification is None:
        raise Http404
    mark_read(request.user, [pk])
    request.session[SESSION_KEY] = notification.agency.code
    if place := _shared_page(notification):
        return redirect(place)
    if _still_has(request, notification):
        return HttpResponseRedirect(reverse("backoffice:case", args=[notification.case.number]))
    return redirect(f"{reverse('backoffice:queue')}?tab=receipts")


@require_POST
def inbox_read_all(request: SignedIn) -> HttpResponse:
    mark_read(request.user)
    return redirect("backoffice:inbox")


def _shared_page(notification: Notification) -> str:
    """Where a request for help or a joint action is read: by agencies that see no case too."""
    if not notification.kind.startswith(("cooperation.", "joint_action.")):
        return ""
    about = Event.objects.get(pk=notification.event_id).data
    if "joint_action" in about:
        return reverse("backoffice:joint-action", args=[about["joint_action"]])
    return reverse("backoffice:cooperation", args=[about["cooperation"]])


def _still_has(request: SignedIn, notification: Notification) -> bool:
    actor = acting_as(request.user, request.memberships, notification.agency.code)
    return bool(actor and Case.objects.visible_to(actor).filter(pk=notification.case_id).exists())


def _rows(person: User, notifications: list[Notification]) -> list[dict[str, object]]:
    names, limits = _search_names(person, notifications), _limits(notifications)
    return [_row(one, names.get(one.event_id, ""), limits.get(one.event_id, "")) for one in notifications]


def _limits(notifications: list[Notification]) -> dict[int, str]:
    """Event → the time limit it is about. One query, or none."""
    told = [one.event_id for one in notifications if one.kind.startswith("clock.")]
    if not told:
        return {}
    rows = Event.objects.filter(pk__in=told).values_list("pk", "data__obligation")
    return {event: label_of(obligation) for event, obligation in rows}


def _row(notification: Notification, search: str, limit: str) -> dict[str, object]:
    reason = _("saved search “%(name)s”") % {"name": search} if search else notification.get_reason_display()
    notice = str(KINDS[notification.kind].notice)
    title = f"{notice}: {limit}" if limit else notice
    return {"notification": notification, "title": title, "reason": reason}


def _search_names(person: User, notifications: list[Notification]) -> dict[int, str]:
    """Event → what the person calls the saved search it tells of: events hold no names. Two queries, or none."""
    told = [one.event_id for one in notifications if one.kind == SEARCH_MATCHED]
    if not told:
        return {}
    searches = dict(Event.objects.filter(pk__in=told).values_list("pk", "data__search"))
    names = names_of(searches.values(), person)
    return {event: names[search] for event, search in searches.items() if search in names}
