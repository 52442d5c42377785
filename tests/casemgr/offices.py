"""Administrators at work: their pages, and the forms as a browser would send them."""

import re
from datetime import date

from django.contrib import admin
from django.test import Client
from django.urls import reverse

from agencies.models import Agency, Role, User
from agencies.services.accounts import settle
from events.models import Event
from tests import factories


def signed_in(person: User) -> Client:
    client = Client(headers={"accept-language": "vi"})
    client.force_login(person)
    return client


def administrator(agency_code="sct"):
    found = factories.member(agency_code, Role.ADMIN)
    settle(found.person)
    return found


def pages_of(model) -> list[str]:
    """Changelist, add page and the change page of one row that the administrator sees."""
    opts = model._meta
    return [reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}") for name in ("changelist", "add")]


def rows_seen(client, model):
    html = client.get(pages_of(model)[0]).content.decode()
    base = re.escape(pages_of(model)[0])
    return sorted(set(re.findall(rf'href="({base}[^"?]+/change/)', html)))


def every_page(client) -> list[str]:
    """The index, and of each model the list, the first row and its history."""
    urls = [reverse("admin:index")]
    for model in admin.site._registry:
        rows = rows_seen(client, model)
        assert rows, f"no row of {model} is shown"
        urls += [pages_of(model)[0], rows[0]]
    return urls


def posted(client, url, **typed) -> dict[str, str]:
    """The form of the page as a browser would send it, with some fields typed over."""
    form = client.get(url).context["adminform"].form
    formsets = [f.formset for f in client.get(url).context["inline_admin_formsets"]]
    data = {}
    for one in [form, *(f for formset in formsets for f in [formset.management_form, *formset.forms])]:
        for name in one.fields:
            bound = one[name]
            value = bound.value()
            if isinstance(value, bool):
                value = "on" if value else None
            if isinstance(value, list):
                data[bound.html_name] = [getattr(v, "pk", v) for v in value]
            elif value is not None:
                data[bound.html_name] = value.strftime("%d/%m/%Y") if isinstance(value, date) else value
    return {key: value for key, value in (data | typed).items() if value is not None}


def added_since(before: int) -> list[Event]:
    return list(Event.objects.filter(pk__gt=before).order_by("pk"))


def last_event() -> int:
    return Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def new_person(office, **typed):
    url = reverse("admin:agencies_user_add")
    given = {
        "email": "Moi@casemgr.example",
        "name": "Người Mới",
        "language": "vi",
        "memberships-0-agency": str(Agency.objects.get(code="sct").pk),
        "memberships-0-role": "handler",
    }
    return posted(office, url, **(given | typed))
