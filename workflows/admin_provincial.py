"""What every page of provincial rows shares: sound forms, and whose rows an administrator changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from agencies.admin_scope import LeadMaintainedAdmin
from agencies.administration import led_provinces
from workflows.errors import InvalidInput


class SoundForm(forms.ModelForm):
    """Asks the rulebook once the fields alone are right."""

    # What it gives is kept by forms that ask for it.
    check: Callable[..., Any]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            type(self).check(self.instance)
        except InvalidInput as error:
            self.add_error(error.field if error.field in self.fields else None, str(error))


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
