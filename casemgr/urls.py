from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from casemgr.health import live, metrics, ready

urlpatterns = [
    path("", include("casemgr.public.urls")),
    path("doanh-nghiep/", include("casemgr.business.urls")),
    path("backoffice/", include("casemgr.backoffice.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("language/", login_not_required(set_language), name="set_language"),
    path("health/live", live, name="health-live"),
    path("health/ready", ready, name="health-ready"),
    path("metrics", metrics, name="metrics"),
]

if settings.DEBUG:
    from casemgr.styleguide import styleguide

    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))

handler400 = "casemgr.errors.bad_request"
handler403 = "casemgr.errors.forbidden"
handler404 = "casemgr.errors.not_found"
handler500 = "casemgr.errors.server_error"
