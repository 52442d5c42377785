"""The administration site writes what it changes into the event log, in the same transaction, and nowhere else.

It stands on Django's own three calls (`log_addition`, `log_change`, `log_deletions`), which the admin makes exactly
once per object inside the transaction of the change: in place of its history table they append an event.

A site that these classes are registered with has ``administrator(request)``, the actor or None; ``scope(request)``,
what the streams are named by; and ``agency_names(codes)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events.models import Event
from events.registry import KINDS
from events.services.recording import record_event

SHOWN = 100


class Guarded:
    """Whoever the site admits may look and change; nobody deletes. Django's own permissions are not asked."""

    admin_site: Any
    show_facets = admin.ShowFacets.NEVER

    def administrator(self, request: HttpRequest) -> Any:
        return self.admin_site.administrator(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.administrator(request) is not None

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.administrator(request) is not None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.administrator(request) is not None

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest | None, **options: Any) -> Any:
        """Without the pop-up buttons beside a reference: each thing is changed on its own page."""
        field = super().formfield_for_dbfield(db_field, request, **options)  # type: ignore[misc]
        for button in ("can_add_related", "can_change_related", "can_delete_related", "can_view_related"):
            if field is not None and hasattr(field.widget, button):
                setattr(field.widget, button, False)
        return field


class ReadOnlyModelAdmin(Guarded, admin.ModelAdmin):
    """To be looked at: what is written here is written by services or loaded from seeds."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise PermissionDenied


class RecordedModelAdmin(Guarded, admin.ModelAdmin):
    """Every addition, change and removal is one event ``FAMILY.added | changed | removed`` in ``FAMILY:SCOPE``.

    The event holds the model, the key and the names of the changed fields. ``told`` names, per model, the fields
    whose new values it holds too: codes, numbers and dates, never text or identity.
    """

    family: str
    told: Mapping[str, tuple[str, ...]] = {}

    def scope(self, request: HttpRequest, obj: Any) -> str:
        """What the stream is about: a province's code, as a rule."""
        return str(self.admin_site.scope(request))

    def stream(self, request: HttpRequest, obj: Any) -> str:
        return f"{self.family}:{self.scope(request, obj)}"

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        """What changed, as data; Django hands it to the ``log_…`` calls below."""
        return {
            "fields": sorted(form.changed_data),
            "values": self._values(form.instance, None if add else form.changed_data),
            "rows": [row for formset in formsets or () for row in self._rows(formset)],
        }

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        return self.record(request, obj, "added", **message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        if message["fields"] or message["rows"]:
            return self.record(request, obj, "changed", **message)
        return None

    def log_deletions(self, request: HttpRequest, queryset: Iterable[Any]) -> Any:
        return [self.record(request, obj, "removed", values=self._values(obj, None)) for obj in queryset]

    def record(self, request: HttpRequest, obj: Any, deed: str, **data: Any) -> Event:
        """Append the event. The administrator acts for the agency that makes them one."""
        given = {name: value for name, value in data.items() if value}
        about = {"model": obj._meta.model_name, "pk": obj.pk}
        kind = f"{self.family}.{deed}"
        return record_event(self.stream(request, obj), kind, by=self.administrator(request), **about, **given)

    def _values(self, obj: Model, changed: Iterable[str] | None) -> dict[str, Any]:
        told = self.told.get(obj._meta.model_name or "", ())
        return {name: _plain(getattr(obj, name)) for name in told if changed is None or name in changed}

    def _rows(self, formset: Any) -> Iterable[dict[str, Any]]:
        """What happened to the rows under an object."""
        for obj in formset.new_objects:
            yield self._row(obj, "added", [])
        for obj, fields in formset.changed_objects:
            yield self._row(obj, "changed", sorted(fields))

    def _row(self, obj: Any, deed: str, fields: list[str]) -> dict[str, Any]:
        return {
            "model": obj._meta.model_name, "pk": obj.pk, "deed": deed, "fields": fields, "values": self._values(obj, None)
        }  # fmt: skip

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """The object's events, newest first."""
        obj = self.get_object(request, object_id)
        if obj is None or not self.has_view_permission(request, obj):
            raise PermissionDenied
        about = {"data__model": obj._meta.model_name, "data__pk": obj.pk}
        events = list(Event.objects.filter(stream=self.stream(request, obj), **about).order_by("-sequence")[:SHOWN])
        people = get_user_model()._default_manager.in_bulk([e.actor["person"] for e in events if "person" in e.actor])
        agencies = self.admin_site.agency_names({e.actor.get("agency", "") for e in events})
        context = {
            **self.admin_site.each_context(request),
            "title": _("History"),
            "subtitle": str(obj),
            "opts": self.opts,
            "object": obj,
            "entries": [self._entry(event, people, agencies) for event in events],
        }
        return TemplateResponse(request, "admin/recorded_history.html", context)

    def _entry(self, event: Event, people: Mapping[Any, Any], agencies: Mapping[str, str]) -> dict[str, Any]:
        data, values = event.data, event.data.get("values", {})
        who = agencies.get(event.actor.get("agency", "")) or _("The system")
        return {
            "at": event.at,
            "who": people.get(event.actor.get("person"), ""),
            "sentence": KINDS[event.kind].sentence % {"who": who, "to": ""},
            "fields": [self._label(name) for name in data.get("fields", ()) if name not in values],
            "values": {self._label(name): _words(value) for name, value in values.items()},
            "rows": [[_words(v) for v in row.get("values", {}).values() if v] for row in data.get("rows", ())],
        }

    def _label(self, name: str) -> str:
        return str(label_for_field(name, self.model)) if hasattr(self.model, name) else name


def _plain(value: Any) -> Any:
    """As JSON holds it; a reference by its code, or its key."""
    if isinstance(value, Model):
        return getattr(value, "code", value.pk)
    return value.isoformat() if isinstance(value, date) else value


def _words(value: Any) -> Any:
    return (_("yes") if value else _("no")) if isinstance(value, bool) else value
