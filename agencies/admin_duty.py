"""The duty roster on the administration site: of the agencies administered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from agencies.administration import administered_agencies
from agencies.duty import able_people
from agencies.models import Agency, DutyShift
from events.recorded_admin import RecordedModelAdmin


class DutyShiftForm(forms.ModelForm):
    class Meta:
        model = DutyShift
        fields = ["agency", "person", "starts_at", "ends_at"]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        starts, ends = said.get("starts_at"), said.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("The end must be later than the beginning."))
        agency, person = said.get("agency"), said.get("person")
        if agency and person and not able_people(Agency.objects.filter(pk=agency.pk)).filter(pk=person.pk).exists():
            self.add_error("person", _("This person handles no cases there."))
        return said


@admin.register(DutyShift)
class DutyShiftAdmin(RecordedModelAdmin):
    """Turns are taken off on the roster's own page; here they are ended."""

    family = "duty"
    told = {"dutyshift": ("starts_at", "ends_at")}
    form = DutyShiftForm
    list_display = ["agency", "person", "starts_at", "ends_at"]
    list_select_related = ["agency", "person"]
    date_hierarchy = "starts_at"
    ordering = ["-starts_at"]

    def scope(self, request: HttpRequest, obj: DutyShift) -> str:
        return obj.agency.code

    def get_queryset(self, request: HttpRequest) -> QuerySet[DutyShift]:
        seen = administered_agencies(self.administrator(request))
        return super().get_queryset(request).filter(agency__in=seen)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        agencies = administered_agencies(self.administrator(request)).filter(is_active=True)
        options["queryset"] = agencies if db_field.name == "agency" else able_people(agencies)
        return super().formfield_for_foreignkey(db_field, request, **options)
