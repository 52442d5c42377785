"""Registers are looked at here, never written: numbers are taken and voided by services."""

from django.contrib import admin
from django.http import HttpRequest

from documents.models import NumberRegister, RegisteredNumber


class ReadOnlyAdmin(admin.ModelAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@admin.register(NumberRegister)
class NumberRegisterAdmin(ReadOnlyAdmin):
    list_display = ["agency", "year", "document_type", "last_number"]
    list_filter = ["year", "document_type"]


@admin.register(RegisteredNumber)
class RegisteredNumberAdmin(ReadOnlyAdmin):
    list_display = ["register", "number", "purpose", "taken_at", "taken_by", "voided_reason"]
    list_filter = ["register__year", "register__document_type"]
    list_select_related = ["register__agency", "taken_by"]
