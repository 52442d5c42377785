"""The bell: the list behind it, opening one, marking all."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from agencies.actors import acting_as
from agencies.models import Membership, User
from casemgr.backoffice.inbox_rows import rows_of
from casemgr.backoffice.middleware import SESSION_KEY
from events.models import Event
from notifications.models import Notification
from notifications.selectors import ORDER, cursor_of, inbox_groups, own_notification, put_off, unread_count
from notifications.services import marking
from workflows.models import Case
from workflows.selectors.paging import page


class SignedIn(HttpRequest):
    """What the login middleware lets through."""

    user: User
    memberships: list[Membership]


BELL_LIMIT = 10
PAGE_SIZE = 30


@require_GET
def inbox_page(request: SignedIn) -> HttpResponse:
    """The whole list, or the newest few for the bell's panel (htmx): two queries, and one for names of searches."""
    groups = inbox_groups(request.user)
    if request.headers.get("HX-Request"):
        rows = rows_of(request.user, list(groups[:BELL_LIMIT]))
        context = {"rows": rows, "unread_count": unread_count(request.user)}
        return render(request, "backoffice/_inbox_list.html", context)
    found = page(groups, ORDER, request.GET.get("page", ""), size=PAGE_SIZE, scope="inbox")
    context = {
        "rows": rows_of(request.user, found.rows),
        "newest": found.rows[0].pk if found.rows else "",
        "previous_url": f"?page={found.previous}" if found.previous else "",
        "next_url": f"?page={found.next}" if found.next else "",
        "actions": True,
    }
    return render(request, "backoffice/inbox.html", context)


@require_GET
def inbox_put_off_page(request: SignedIn) -> HttpResponse:
    """What was put off, the first to come first."""
    rows = rows_of(request.user, list(put_off(request.user)[:PAGE_SIZE]))
    return render(request, "backoffice/inbox_later.html", {"rows": rows})


def own_or_404(request: SignedIn, pk: int) -> Notification:
    notification = own_notification(request.user, pk)
    if notification is None:
        raise Http404
    return notification


@require_GET
def inbox_state(request: SignedIn) -> HttpResponse:
    """How far the person's own inbox is, for a page whose socket does not get through: {cursor, unread}."""
    stands = {"cursor": cursor_of(request.user.pk), "unread": unread_count(request.user)}
    return JsonResponse(stands, headers={"Cache-Control": "no-store"})


@require_POST
def inbox_open(request: SignedIn, pk: int) -> HttpResponse:
    """Mark it and its group read and go to its case, acting for the agency it was told for."""
    notification = own_or_404(request, pk)
    marking.mark_group_read(notification)
    request.session[SESSION_KEY] = notification.agency.code
    if place := _shared_page(notification):
        return redirect(place)
    if notification.case is None:
        return redirect("backoffice:reports")
    if _still_has(request, notification):
        return HttpResponseRedirect(reverse("backoffice:case", args=[notification.case.number]))
    return redirect(f"{reverse('backoffice:queue')}?tab=receipts")


@require_POST
def inbox_read_all(request: SignedIn) -> HttpResponse:
    """``newest`` is the first of the list that was looked at: what came after it stays unread."""
    newest = request.POST.get("newest", "")
    if newest.isdecimal() and len(newest) < 19:
        marking.mark_read_until(request.user, int(newest))
        messages.success(request, _("All are marked as read."))
    return redirect("backoffice:inbox")


def _shared_page(notification: Notification) -> str:
    """Where a request for help, a joint action, a periodic report or a bulletin is read: by agencies that see no case too."""
    if notification.kind.startswith("report."):
        about = Event.objects.get(pk=notification.event_id).data
        return reverse("backoffice:questionnaire", args=[about["questionnaire"]])
    if notification.kind.startswith("bulletin."):
        about = Event.objects.get(pk=notification.event_id).data
        return reverse("backoffice:bulletin", args=[about["version"]])
    if not notification.kind.startswith(("cooperation.", "joint_action.")):
        return ""
    about = Event.objects.get(pk=notification.event_id).data
    if "joint_action" in about:
        return reverse("backoffice:joint-action", args=[about["joint_action"]])
    return reverse("backoffice:cooperation", args=[about["cooperation"]])


def _still_has(request: SignedIn, notification: Notification) -> bool:
    actor = acting_as(request.user, request.memberships, notification.agency.code)
    return bool(actor and Case.objects.visible_to(actor).filter(pk=notification.case_id).exists())
