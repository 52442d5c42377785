"""Limits, extensions, ladder and calendar on the administration site: what a change would move is shown first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agencies.admin_scope import LeadMaintainedAdmin
from agencies.administration import led_provinces
from events import clock
from events.recorded_admin import ReadOnlyModelAdmin
from workflows.admin_provincial import ProvincialAdmin, SoundForm
from workflows.clocks import local_day
from workflows.errors import InvalidInput
from workflows.forecast import Forecast, foresee, rehearse_limits
from workflows.models import (
    ClockRule,
    EscalationStep,
    ExtensionRule,
    Recomputation,
)
from workflows.rulebook import check_clock_rule, check_period

AT_MOST = 2000
BACK = timedelta(days=30)


def _sound_clock_rule(rule: ClockRule) -> Forecast:
    check_clock_rule(rule, local_day(clock.now()))
    return foresee(rule)


class ClockRuleForm(SoundForm):
    check = staticmethod(_sound_clock_rule)

    class Meta:
        model = ClockRule
        fields = [
            "province", "track", "state", "event", "urgent", "amount", "unit", "rolls_to_working_day",
            "warn_before_amount", "warn_before_unit", "legal_basis", "effective_from", "effective_to",
        ]  # fmt: skip
        help_texts = {
            "state": _("For how long a case may stay in this state. Choose a state or what is owed, not both."),
            "event": _("For what an event asks for. Choose this or a state, not both."),
        }


class ExtensionRuleForm(SoundForm):
    check = staticmethod(check_period)

    class Meta:
        model = ExtensionRule
        fields = [
            "province", "track", "obligation", "step", "amount", "unit", "in_all", "ask_before_amount",
            "ask_before_unit", "legal_basis", "effective_from", "effective_to",
        ]  # fmt: skip


class ForeseenAdmin(LeadMaintainedAdmin):
    """Before a change is saved that would move open clocks, a page says how many, and asks. Counts only:
    administrators see no cases."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if request.method == "POST" and "_confirmed" not in request.POST and (asked := self._ask(request, object_id)):
            return asked
        answer: HttpResponse = super().changeform_view(request, object_id, form_url, extra_context)
        return answer

    def _ask(self, request: HttpRequest, object_id: str | None) -> HttpResponse | None:
        obj = self.get_object(request, object_id) if object_id else None
        allowed = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        if not allowed or (object_id and obj is None):
            return None
        form: Any = self.get_form(request, obj, change=obj is not None)(request.POST, instance=obj)
        if not form.is_valid() or not form.verdict or not form.verdict.moved:
            return None
        typed = [
            (name, value) for name, values in request.POST.lists() for value in values if name != "csrfmiddlewaretoken"
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("What this would move"),
            "opts": self.opts,
            "forecast": form.verdict,
            "typed": typed,
        }
        return TemplateResponse(request, "admin/forecast.html", context)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        obj = self.get_object(request, object_id)
        found = None
        if obj is not None and self.has_delete_permission(request, obj):
            try:
                found = foresee(obj, removed=True)
            except InvalidInput as error:
                messages.error(request, str(error))
                return redirect(reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk]))
        answer: HttpResponse = super().delete_view(request, object_id, {**(extra_context or {}), "forecast": found})
        return answer


@admin.register(ClockRule)
class ClockRuleAdmin(ForeseenAdmin, ProvincialAdmin):
    family = "rules"
    told = {
        "clockrule": (
            "province", "track", "state", "event", "urgent", "amount", "unit", "rolls_to_working_day",
            "warn_before_amount", "warn_before_unit", "effective_from", "effective_to",
        )
    }  # fmt: skip
    form = ClockRuleForm
    list_display = ["what", "track", "urgent", "limit", "province", "legal_basis", "effective_from", "effective_to"]
    list_filter = ["state", "event", "track", ("province", admin.EmptyFieldListFilter)]
    list_select_related = ["province"]
    ordering = ["state", "event", "track", "-effective_from"]
    actions = ["rehearse"]

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **options: Any) -> HttpResponse:
        rule = context.get("original")
        if rule is not None and rule.province_id is None and self.leads(request):
            context["own_rule_url"] = f"{reverse('admin:workflows_clockrule_add')}?{self._as_typed(request, rule)}"
        answer: HttpResponse = super().render_change_form(request, context, *args, **options)
        return answer

    def _as_typed(self, request: HttpRequest, rule: ClockRule) -> str:
        """The rule as the add form begins with it, for the administrator's province. Its legal basis and its days are
        the new rule's own."""
        names = ("track", "state", "event", "amount", "unit", "warn_before_amount", "warn_before_unit")
        typed = {name: getattr(rule, name) for name in names if getattr(rule, name) not in (None, "")}
        flags = {name: "on" if getattr(rule, name) else "" for name in ("urgent", "rolls_to_working_day")}
        province = led_provinces(self.administrator(request)).order_by("code").first()
        return urlencode({"province": province.pk if province else "", **typed, **flags})

    @admin.display(description=_("obligation"), ordering="state")
    def what(self, rule: ClockRule) -> str:
        return rule.get_state_display() if rule.state else rule.get_event_display()

    @admin.display(description=_("limit"))
    def limit(self, rule: ClockRule) -> str:
        return f"{rule.amount} {rule.get_unit_display()}"

    @admin.action(description=_("Try on the cases of the last 30 days"), permissions=["view"])
    def rehearse(self, request: HttpRequest, rules: QuerySet[ClockRule]) -> TemplateResponse:
        province = self.administrator(request).agency.provinces.order_by("code").first()
        looked_at, rehearsals = rehearse_limits(province.pk, list(rules), BACK, AT_MOST)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("What these limits would have done"),
            "opts": self.opts,
            "looked_at": looked_at,
            "at_most": AT_MOST,
            "rehearsals": rehearsals,
        }
        return TemplateResponse(request, "admin/limit_rehearsal.html", context)


@admin.register(ExtensionRule)
class ExtensionRuleAdmin(ProvincialAdmin):
    family = "rules"
    told = {
        "extensionrule": (
            "province", "track", "obligation", "step", "amount", "unit", "in_all", "ask_before_amount",
            "ask_before_unit", "effective_from", "effective_to",
        )
    }  # fmt: skip
    form = ExtensionRuleForm
    list_display = ["obligation", "track", "step", "amount", "unit", "in_all", "province", "legal_basis"]
    list_filter = ["track", ("province", admin.EmptyFieldListFilter)]
    list_select_related = ["province"]
    ordering = ["obligation", "track", "step"]


@admin.register(EscalationStep)
class EscalationStepAdmin(ProvincialAdmin):
    family = "rules"
    told = {"escalationstep": ("province", "track", "obligation", "position", "to", "amount", "unit", "side")}
    list_display = ["position", "to", "amount", "unit", "side", "track", "obligation", "province"]
    list_display_links = ["position", "to"]
    list_filter = ["track", ("province", admin.EmptyFieldListFilter)]
    list_select_related = ["province"]
    ordering = ["track", "obligation", "position"]


@admin.register(Recomputation)
class RecomputationAdmin(ReadOnlyModelAdmin):
    """What the changes set going; the page comes again by itself while one runs."""

    list_display = ["started_at", "province", "share", "moved", "finished_at"]
    list_select_related = ["province"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        served = self.administrator(request).agency.provinces.all()
        return super().get_queryset(request).filter(Q(province__in=served) | Q(province=None))

    @admin.display(description=_("looked at"))
    def share(self, row: Recomputation) -> str:
        return f"{row.done} / {row.total} ({row.percent} %)"

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        answer: HttpResponse = super().changelist_view(request, extra_context)
        if self.get_queryset(request).filter(finished_at=None).exists():
            answer["Refresh"] = "5"
        return answer
