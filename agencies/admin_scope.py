"""Who changes what on the administration site, for every package that registers there."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from agencies.administration import agencies_in_sight, led_provinces
from agencies.models import Agency, Commune, Province
from events.recorded_admin import RecordedModelAdmin


class LeadMaintainedAdmin(RecordedModelAdmin):
    """What holds for a whole province: its lead agency's administrators change it, the others look."""

    def leads(self, request: HttpRequest) -> bool:
        found = self.administrator(request)
        return found is not None and found.agency.is_lead

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.leads(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.leads(request)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        """Choices end where the administrator's sight ends."""
        choices = _choices(db_field.related_model, self.administrator(request))
        if choices is not None:
            options["queryset"] = choices
        return super().formfield_for_foreignkey(db_field, request, **options)


def _choices(model: Any, actor: Any) -> QuerySet[Any] | None:
    if model is Agency:
        return agencies_in_sight(actor).filter(is_active=True)
    if model is Province:
        return led_provinces(actor)
    if model is Commune:
        return Commune.objects.filter(province__in=actor.agency.provinces.all(), retired=False).order_by("name")
    return None
