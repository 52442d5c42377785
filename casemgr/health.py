"""Health and metrics, for machines."""

import hmac

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django_prometheus.exports import ExportToDjangoView
from health_check.views import HealthCheckView

from casemgr.checks import READY_CHECKS


@login_not_required
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


ready = login_not_required(HealthCheckView.as_view(checks=READY_CHECKS))


@login_not_required
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for whoever shows the token, or from this machine where none is set.

    Behind a proxy everybody comes from the proxy's address, so there only the token counts.
    """
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    direct = not settings.METRICS_TOKEN and not settings.TRUSTED_PROXIES
    local = direct and request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1")
    if local or (settings.METRICS_TOKEN and hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())):
        return ExportToDjangoView(request)
    return HttpResponse(status=404)
