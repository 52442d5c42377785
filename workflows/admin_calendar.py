"""Days off, days worked and hours on the administration site, and the years somebody has confirmed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.administration import agencies_in_sight
from events import clock
from workflows.admin_clocks import ForeseenAdmin
from workflows.admin_provincial import ProvincialAdmin, SoundForm
from workflows.deadlines import known_days
from workflows.forecast import foresee
from workflows.models import AgencyHours, CalendarOverride, CalendarYear
from workflows.models.rules import IS_WORKED


class CalendarOverrideForm(SoundForm):
    check = staticmethod(foresee)
    is_working_day = forms.BooleanField(
        label=capfirst(_("that day")),
        required=False,
        initial=False,
        widget=forms.RadioSelect(choices=IS_WORKED),
        help_text=_(
            "A day off that the holiday tables do not know, or a day worked in place of another. It decides last."
        ),
    )

    class Meta:
        model = CalendarOverride
        fields = ["province", "day", "is_working_day", "reason"]


class AgencyHoursForm(SoundForm):
    check = staticmethod(foresee)

    class Meta:
        model = AgencyHours
        fields = ["agency", "closes_at"]


@admin.register(CalendarOverride)
class CalendarOverrideAdmin(ForeseenAdmin, ProvincialAdmin):
    """A day that was entered by mistake is removed: until then deadlines count with it."""

    family = "calendar"
    told = {"calendaroverride": ("province", "day", "is_working_day")}
    form = CalendarOverrideForm
    list_display = ["day", "is_working_day", "reason", "province"]
    list_filter = ["is_working_day"]
    list_select_related = ["province"]
    date_hierarchy = "day"
    ordering = ["-day"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


@admin.register(AgencyHours)
class AgencyHoursAdmin(ForeseenAdmin):
    family = "calendar"
    told = {"agencyhours": ("agency", "closes_at")}
    form = AgencyHoursForm
    list_display = ["agency", "closes_at"]
    list_select_related = ["agency"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return (
            super().get_queryset(request).filter(agency__in=agencies_in_sight(self.administrator(request))).distinct()
        )


@admin.register(CalendarYear)
class CalendarYearAdmin(ProvincialAdmin):
    """Saving a year with the announcement it was compared with confirms it; the job's warning makes the row."""

    family = "calendar"
    told = {"calendaryear": ("province", "year")}
    fieldsets = [
        (
            None,
            {
                "fields": ["province", "year", "known", "source"],
                "description": _("Compare these days with the official announcement. Saving confirms them."),
            },
        )
    ]
    readonly_fields = ["known"]
    list_display = ["plain_year", "province", "confirmed_at", "source"]
    list_select_related = ["province"]

    @admin.display(description=_("year"), ordering="year")
    def plain_year(self, row: CalendarYear) -> str:
        return str(row.year)

    @admin.display(description=_("days known so far"))
    def known(self, row: CalendarYear) -> str:
        if not row.year:
            return gettext("They are shown once the year is saved.")
        own = CalendarOverride.objects.filter(Q(province=row.province_id) | Q(province=None), day__year=row.year)
        days = [
            *((day, name or gettext("worked in place of another day")) for day, name in known_days(row.year)),
            *((o.day, f"{o.get_is_working_day_display()}: {o.reason}") for o in own),
        ]
        lines = [(date_format(day, "l d/m/Y"), words) for day, words in sorted(days)]
        return format_html_join("", "<div>{}: {}</div>", lines)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        form = super().get_form(request, obj, change, **options)
        if "source" in form.base_fields:
            form.base_fields["source"].required = True
        return form

    def save_model(self, request: HttpRequest, obj: CalendarYear, form: Any, change: bool) -> None:
        obj.confirmed_at = obj.confirmed_at or clock.now()
        super().save_model(request, obj, form, change)
