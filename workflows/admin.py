"""A province's routing rules on the administration site, and its agencies' tracks. Limits: `admin_clocks`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from agencies.admin import AgencyAdmin
from agencies.admin_forms import AgencyForm
from agencies.models import Agency
from complaints.admin import LabelledAdmin
from events import clock
from workflows import letter_admin  # noqa: F401  registers the letter templates
from workflows.admin_board import TrackedCategoryAdmin  # noqa: F401 - registers
from workflows.admin_calendar import CalendarOverrideAdmin
from workflows.admin_clocks import ClockRuleAdmin
from workflows.admin_provincial import ProvincialAdmin, SoundForm
from workflows.deadlines import HANOI
from workflows.models import Deliverable, DeliverableLimit, RoutingRule, SatisfactionTarget
from workflows.rehearsal import AT_MOST, rehearse
from workflows.rulebook import check_routing_rule
from workflows.selectors.obligations import obligations
from workflows.states import Track

__all__ = ["CalendarOverrideAdmin", "ClockRuleAdmin", "CompetentAgencyAdmin", "RoutingRuleAdmin"]


class CompetentAgencyForm(AgencyForm):
    tracks = forms.MultipleChoiceField(
        label=capfirst(_("competent for tracks")), choices=Track.choices, required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("A referral on another track needs a written reason."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if self.instance.pk and "is_active" in self.changed_data and not said.get("is_active"):
            for sentence in obligations(self.instance):
                self.add_error("is_active", sentence)
        return said


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
    change_form_template = "admin/workflows/routingrule/change_form.html"
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
        return self._rehearsal(request, list(rules.select_related("agency")))

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.rehearse_typed)
        return [
            path("rehearse/", view, name="workflows_routingrule_rehearse"),
            path("<int:pk>/rehearse/", view, name="workflows_routingrule_rehearse_changed"),
            *super().get_urls(),
        ]

    def rehearse_typed(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """The rule as it is typed on the form, in place of the row ``pk`` if there is one; nothing is saved."""
        held = self.get_object(request, str(pk)) if pk else None
        allowed = self.has_change_permission(request, held) if pk else self.has_add_permission(request)
        if not allowed or (pk and held is None):
            raise PermissionDenied
        if request.method != "POST":
            return redirect("admin:workflows_routingrule_changelist")
        form = self.get_form(request, held, change=bool(held))(request.POST, instance=held)
        if not form.is_valid():
            return self._rehearsal(request, [], form)
        return self._rehearsal(request, [form.instance], form)

    def _rehearsal(self, request: HttpRequest, rules: list[RoutingRule], form: Any = None) -> TemplateResponse:
        looked_at, rehearsals = rehearse(rules[0].province_id, rules) if rules else (0, [])
        context = {
            **self.admin_site.each_context(request),
            "title": _("What these rules would have done"),
            "opts": self.opts,
            "looked_at": looked_at,
            "at_most": AT_MOST,
            "rehearsals": rehearsals,
            "form": form,
        }
        return TemplateResponse(request, "admin/rehearsal.html", context)


@admin.register(SatisfactionTarget)
class SatisfactionTargetAdmin(ProvincialAdmin):
    family = "rules"
    told = {"satisfactiontarget": ("province", "year", "percent")}
    list_display = ["plain_year", "percent", "province", "source"]
    list_select_related = ["province"]
    ordering = ["year"]

    @admin.display(description=_("year"), ordering="year")
    def plain_year(self, row: SatisfactionTarget) -> str:
        return str(row.year)


@admin.register(Deliverable)
class DeliverableAdmin(LabelledAdmin):
    """What agencies may ask of each other, with the usual time for it."""

    told = {"deliverable": ("position", "retired", "amount", "unit")}
    list_display = ["code", "label_vi", "amount", "unit", "position", "retired"]


@admin.register(DeliverableLimit)
class DeliverableLimitAdmin(ProvincialAdmin):
    """The time a province gives for a thing asked, where it is another than the usual one."""

    family = "rules"
    told = {"deliverablelimit": ("province", "deliverable", "amount", "unit")}
    list_display = ["deliverable", "amount", "unit", "province"]
    list_select_related = ["deliverable", "province"]
