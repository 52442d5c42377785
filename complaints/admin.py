"""The lists a complaint chooses from. Entries are retired, never deleted: old complaints keep their words."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from agencies.admin_scope import LeadMaintainedAdmin
from complaints.models import Bank, Channel, ProductGroup
from events.recorded_admin import ReadOnlyModelAdmin


class LabelledAdmin(LeadMaintainedAdmin):
    family = "reference"
    list_display = ["code", "label_vi", "position", "retired"]
    list_filter = ["retired"]
    search_fields = ["code", "label_vi", "label_en"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["code"] if obj else []


class CategoryAdmin(LabelledAdmin):
    """Registered by ``workflows``, which knows the tracks."""

    told = {"category": ("position", "retired", "parent", "default_track", "first_agency_kind")}
    list_display = ["code", "label_vi", "parent", "default_track", "position", "retired"]
    list_select_related = ["parent"]


@admin.register(ProductGroup)
class ProductGroupAdmin(LabelledAdmin):
    told = {"productgroup": ("position", "retired")}


@admin.register(Channel)
class ChannelAdmin(LabelledAdmin):
    told = {"channel": ("position", "retired", "family", "has_livestream", "has_kol")}
    list_display = ["code", "label_vi", "family", "position", "retired"]


@admin.register(Bank)
class BankAdmin(ReadOnlyModelAdmin):
    list_display = ["bin", "short_name", "name", "retired"]
    search_fields = ["bin", "code", "short_name", "name"]
