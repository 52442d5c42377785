"""Registers are looked at here, never written: numbers are taken and voided by services."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from agencies.administration import administered_agencies
from documents.models import NumberRegister, RegisteredNumber
from events.recorded_admin import ReadOnlyModelAdmin


@admin.register(NumberRegister)
class NumberRegisterAdmin(ReadOnlyModelAdmin):
    list_display = ["agency", "plain_year", "document_type", "last_number"]
    list_filter = ["year", "document_type"]
    list_select_related = ["agency"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(agency__in=administered_agencies(self.administrator(request)))

    @admin.display(description=_("year"), ordering="year")
    def plain_year(self, register: NumberRegister) -> str:
        return str(register.year)


@admin.register(RegisteredNumber)
class RegisteredNumberAdmin(ReadOnlyModelAdmin):
    list_display = ["register", "number", "purpose", "taken_at", "taken_by", "voided_reason"]
    list_filter = ["register__year", "register__document_type"]
    list_select_related = ["register__agency", "taken_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        own = administered_agencies(self.administrator(request))
        return super().get_queryset(request).filter(register__agency__in=own)
