"""Suggestions for the commune picker."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from casemgr.public import places


@login_not_required
@require_safe
def communes(request: HttpRequest) -> JsonResponse:
    """``{"results": [{"code", "label", "detail"}]}`` for ``?q=``: new and former names, with or without diacritics."""
    found = places.suggestions(request.GET.get("q", ""))
    results = [{"code": f.commune.pk, "label": places.label(f.commune), "detail": f.why} for f in found]
    return JsonResponse({"results": results})
