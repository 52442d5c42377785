"""Choosing the agency one acts for."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from .middleware import SESSION_KEY


@require_POST
def act_as(request: HttpRequest) -> HttpResponse:
    """Act for the agency of one of one's own memberships from now on; another's changes nothing."""
    posted = request.POST.get("membership", "")
    chosen = next(
        (m for m in request.memberships if str(m.pk) == posted and m.agency_id),  # type: ignore[attr-defined]
        None,
    )
    if chosen is None:
        messages.error(request, _("You are not a member of that agency any more."))
    else:
        request.session[SESSION_KEY] = chosen.agency.code
        messages.success(request, _("You now act for %(agency)s.") % {"agency": chosen.agency})
    # Not back to the page before: it may be a case only the other agency may see.
    return redirect("backoffice:queue")
