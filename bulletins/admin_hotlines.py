"""The numbers a province's bulletins print."""

from django.contrib import admin

from bulletins.models import Hotline
from workflows.admin_provincial import ProvincialAdmin


@admin.register(Hotline)
class HotlineAdmin(ProvincialAdmin):
    family = "rules"
    told = {"hotline": ("province", "number", "position")}
    list_display = ["number", "words", "province", "position"]
    list_select_related = ["province"]
    ordering = ["province", "position"]
