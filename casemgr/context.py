"""What every template may name."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    return {"profile": settings.PROFILE, "public_url": settings.PUBLIC_URL}
