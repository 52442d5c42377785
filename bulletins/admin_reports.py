"""What a province reports, when, and what it asks its units: its lead agency's administrators change these rows."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from agencies.admin_scope import LeadMaintainedAdmin
from agencies.administration import led_provinces
from agencies.models import AgencyKind
from bulletins.models_reports import ReportIndicator, ReportKind
from bulletins.report_computations import choices
from bulletins.services.report_opening import COMMUNE_KIND
from workflows.admin_provincial import ProvincialAdmin


class ReportKindForm(forms.ModelForm):
    class Meta:
        model = ReportKind
        fields = [
            "province", "code", "name", "addressee", "recipients", "legal_basis", "retired", "from_day", "from_month",
            "from_year_before", "to_day", "to_month", "due_day", "due_month", "agency_kinds", "every_commune",
            "units_days_before", "remind_before", "remind_after",
        ]  # fmt: skip
        widgets = {"agency_kinds": forms.CheckboxSelectMultiple}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        kinds = said.get("agency_kinds")
        if said.get("every_commune") and kinds is not None and not kinds.filter(pk=COMMUNE_KIND).exists():
            self.add_error(
                "every_commune", _("Communes report only where their kind of agency is among those that report.")
            )
        return said


@admin.register(ReportKind)
class ReportKindAdmin(ProvincialAdmin):
    family = "rules"
    told = {
        "reportkind": (
            "province", "code", "from_month", "from_day", "from_year_before", "to_month", "to_day", "due_month", "due_day",
            "units_days_before", "remind_before", "remind_after", "every_commune", "retired",
        )
    }  # fmt: skip
    form = ReportKindForm
    list_display = ["code", "name", "due", "units_days_before", "province", "retired"]
    list_display_links = ["code", "name"]
    list_select_related = ["province"]
    ordering = ["province", "code"]
    fieldsets = [
        (None, {"fields": ["province", "code", "name", "addressee", "recipients", "legal_basis", "retired"]}),
        (
            _("Days of the calendar (all empty: made when asked for)"),
            {"fields": [
                ("from_day", "from_month", "from_year_before"), ("to_day", "to_month"), ("due_day", "due_month"),
            ]},
        ),
        (
            _("The units"),
            {"fields": ["agency_kinds", "every_commune", "units_days_before", "remind_before", "remind_after"]},
        ),
    ]  # fmt: skip

    @admin.display(description=_("due before"))
    def due(self, kind: ReportKind) -> str:
        return "—" if kind.is_ad_hoc else f"{kind.due_day:02}/{kind.due_month:02}"

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        options["queryset"] = AgencyKind.objects.filter(retired=False)
        return super().formfield_for_manytomany(db_field, request, **options)


class ReportIndicatorForm(forms.ModelForm):
    computation = forms.ChoiceField(
        label=capfirst(_("computed from the cases")), required=False,
        help_text=_("Empty: the unit types the figure. Otherwise it may correct what the cases give, with a reason."),
    )  # fmt: skip

    class Meta:
        model = ReportIndicator
        fields = [
            "kind", "code", "position", "wording", "hint", "source", "form", "required", "retired", "measure", "decimals",
            "least", "most", "computation", "consolidation", "answered_by",
        ]  # fmt: skip
        widgets = {"answered_by": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("computation"):
            field.choices = [("", "—"), *choices()]  # type: ignore[attr-defined]


@admin.register(ReportIndicator)
class ReportIndicatorAdmin(LeadMaintainedAdmin):
    """Of the led provinces to be changed, of those served to be read."""

    family = "rules"
    told = {
        "reportindicator": (
            "kind", "code", "position", "form", "decimals", "computation", "consolidation", "required", "retired",
        )
    }  # fmt: skip
    form = ReportIndicatorForm
    list_display = ["kind", "position", "code", "wording", "measure", "form", "computation", "required", "retired"]
    list_display_links = ["code", "wording"]
    list_filter = ["kind", "form", "retired"]
    list_select_related = ["kind"]
    search_fields = ["code", "wording"]
    ordering = ["kind", "position", "code"]
    fieldsets = [
        (None, {"fields": ["kind", "code", "position", "wording", "hint", "source", "form", "required", "retired"]}),
        (
            _("A figure"),
            {"fields": ["measure", "decimals", "least", "most", "computation", "consolidation"]},
        ),
        (_("Who answers"), {"fields": ["answered_by"]}),
    ]

    def scope(self, request: HttpRequest, obj: Any) -> str:
        return str(obj.kind.province_id)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        served = self.administrator(request).agency.provinces.all()
        return super().get_queryset(request).filter(Q(kind__province__in=served))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not self.leads(request):
            return False
        led = led_provinces(self.administrator(request))
        return obj is None or led.filter(pk=obj.kind.province_id).exists()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.name == "kind":
            options["queryset"] = ReportKind.objects.filter(province__in=led_provinces(self.administrator(request)))
        return super().formfield_for_foreignkey(db_field, request, **options)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        options["queryset"] = AgencyKind.objects.filter(retired=False)
        return super().formfield_for_manytomany(db_field, request, **options)
