"""A province's rules on the administration site: routing, limits, calendar; and its agencies' tracks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from agencies.admin import AgencyAdmin
from agencies.admin_forms import AgencyForm
from agencies.admin_scope import LeadMaintainedAdmin
from agencies.administration import led_provinces
from agencies.models import Agency
from events import clock
from workflows import letter_admin  # noqa: F401  registers the letter templates
from workflows.deadlines import HANOI
from workflows.errors import InvalidInput
from workflows.models import CalendarOverride, ClockRule, RoutingRule
from workflows.rehearsal import AT_MOST, rehearse
from workflows.rulebook import check_clock_rule, check_routing_rule
from workflows.states import Track


class CompetentAgencyForm(AgencyForm):
    tracks = forms.MultipleChoiceField(
        label=capfirst(_("competent for tracks")), choices=Track.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("A referral on another track needs a written reason."),
    )  # fmt: skip


@admin.register(Agency)
class CompetentAgencyAdmin(AgencyAdmin):
    form = CompetentAgencyForm


class SoundForm(forms.ModelForm):
    """Asks the rulebook once the fields alone are right."""

    check: Callable[[Any], None]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            type(self).check(self.instance)
        except InvalidInput as error:
            self.add_error(error.field if error.field in self.fields else None, str(error))


class ClockRuleForm(SoundForm):
    check = staticmethod(check_clock_rule)

    class Meta:
        model = ClockRule
        fields = [
            "province", "track", "state", "urgent", "amount", "unit", "rolls_to_working_day", "legal_basis",
            "effective_from", "effective_to",
        ]  # fmt: skip


class RoutingRuleForm(SoundForm):
    check = staticmethod(lambda rule: check_routing_rule(rule, clock.now().astimezone(HANOI).date()))

    class Meta:
        model = RoutingRule
        fields = [
            "province", "position", "explanation", "kind", "category", "product_group", "channel_family", "commune",
            "keywords", "money_moved_within_hours", "agency", "track", "urgent", "refer_to", "effective_from", "effective_to",
        ]  # fmt: skip


class ProvincialAdmin(LeadMaintainedAdmin):
    """Rows of the led provinces, to be changed; of the provinces served and of the whole country, to be read."""

    def scope(self, request: HttpRequest, obj: Any) -> str:
        return obj.province_id or "all"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        served = self.administrator(request).agency.provinces.all()
        return super().get_queryset(request).filter(Q(province__in=served) | Q(province=None))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if not self.leads(request):
            return False
        return obj is None or led_provinces(self.administrator(request)).filter(pk=obj.province_id).exists()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        """A new row is for a province; what holds for the whole country comes with the program."""
        form = super().get_form(request, obj, change, **options)
        province: Any = form.base_fields.get("province")
        if province:
            province.required, province.empty_label = True, None
        return form


@admin.register(RoutingRule)
class RoutingRuleAdmin(ProvincialAdmin):
    family = "rules"
    told = {
        "routingrule": (
            "province", "position", "kind", "category", "product_group", "channel_family", "commune",
            "money_moved_within_hours", "agency", "refer_to", "track", "urgent", "effective_from", "effective_to",
        )
    }  # fmt: skip
    form = RoutingRuleForm
    list_display = [
        "position",
        "explanation",
        "kind",
        "category",
        "agency",
        "refer_to",
        "track",
        "urgent",
        "effective_from",
        "effective_to",
    ]
    list_display_links = ["position", "explanation"]
    list_filter = ["track", "kind", "urgent"]
    list_select_related = ["category", "agency", "refer_to"]
    search_fields = ["explanation", "keywords"]
    ordering = ["province", "position", "-effective_from"]
    actions = ["rehearse"]
    fieldsets = [
        (None, {"fields": ["province", "position", "explanation"]}),
        (
            _("When all of these hold (empty: always)"),
            {"fields": ["kind", "category", "product_group", "channel_family", "commune", "keywords", "money_moved_within_hours"]},
        ),
        (_("The report goes"), {"fields": ["agency", "track", "urgent", "refer_to"]}),
        (_("In force"), {"fields": ["effective_from", "effective_to"]}),
    ]  # fmt: skip

    @admin.action(description=_("Try on the reports of the last 30 days"), permissions=["view"])
    def rehearse(self, request: HttpRequest, rules: QuerySet[RoutingRule]) -> TemplateResponse:
        """Counts only: administrators see no cases."""
        chosen = list(rules.select_related("agency"))
        looked_at, rehearsals = rehearse(chosen[0].province_id, chosen) if chosen else (0, [])
        context = {
            **self.admin_site.each_context(request),
            "title": _("What these rules would have done"),
            "opts": self.opts,
            "looked_at": looked_at,
            "at_most": AT_MOST,
            "rehearsals": rehearsals,
        }
        return TemplateResponse(request, "admin/rehearsal.html", context)


@admin.register(ClockRule)
class ClockRuleAdmin(ProvincialAdmin):
    family = "rules"
    told = {
        "clockrule": (
            "province", "track", "state", "urgent", "amount", "unit", "rolls_to_working_day", "effective_from", "effective_to",
        )
    }  # fmt: skip
    form = ClockRuleForm
    list_display = ["state", "track", "urgent", "limit", "province", "legal_basis", "effective_from", "effective_to"]
    list_filter = ["state", "track", ("province", admin.EmptyFieldListFilter)]
    list_select_related = ["province"]
    ordering = ["state", "track", "-effective_from"]

    @admin.display(description=_("limit"))
    def limit(self, rule: ClockRule) -> str:
        return f"{rule.amount} {rule.get_unit_display()}"


@admin.register(CalendarOverride)
class CalendarOverrideAdmin(ProvincialAdmin):
    """A day that was entered by mistake is removed: until then deadlines count with it."""

    family = "calendar"
    told = {"calendaroverride": ("province", "day", "is_working_day")}
    list_display = ["day", "is_working_day", "reason", "province"]
    list_filter = ["is_working_day"]
    list_select_related = ["province"]
    date_hierarchy = "day"
    ordering = ["-day"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)
