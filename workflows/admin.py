"""A province's routing rules on the administration site, and its agencies' tracks. Limits: `admin_clocks`."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from agencies.admin import AgencyAdmin
from agencies.admin_forms import AgencyForm
from agencies.models import Agency
from events import clock
from workflows.admin_clocks import CalendarOverrideAdmin, ClockRuleAdmin
from workflows.admin_provincial import ProvincialAdmin, SoundForm
from workflows.deadlines import HANOI
from workflows.models import RoutingRule
from workflows.rehearsal import AT_MOST, rehearse
from workflows.rulebook import check_routing_rule
from workflows.states import Track

__all__ = ["CalendarOverrideAdmin", "ClockRuleAdmin", "CompetentAgencyAdmin", "RoutingRuleAdmin"]


class CompetentAgencyForm(AgencyForm):
    tracks = forms.MultipleChoiceField(
        label=capfirst(_("competent for tracks")), choices=Track.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("A referral on another track needs a written reason."),
    )  # fmt: skip


@admin.register(Agency)
class CompetentAgencyAdmin(AgencyAdmin):
    form = CompetentAgencyForm


class RoutingRuleForm(SoundForm):
    check = staticmethod(lambda rule: check_routing_rule(rule, clock.now().astimezone(HANOI).date()))

    class Meta:
        model = RoutingRule
        fields = [
            "province", "position", "explanation", "kind", "category", "product_group", "channel_family", "commune",
            "keywords", "money_moved_within_hours", "agency", "track", "urgent", "refer_to", "effective_from", "effective_to",
        ]  # fmt: skip


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
