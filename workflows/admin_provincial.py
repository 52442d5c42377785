"""What every page of provincial rows shares: sound forms, and whose rows an administrator changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from agencies.admin_scope import LeadMaintainedAdmin
from agencies.administration import led_provinces
from workflows.errors import InvalidInput


class SoundForm(forms.ModelForm):
    """Asks the rulebook once the fields alone are right. ``verdict``: what the check gave, as what would move."""

    check: Callable[..., Any]
    verdict: Any = None

    def _post_clean(self) -> None:
        """The rulebook says what is wrong, and where. Of what only the database forbids, Django would name the
        constraint in code, to people who never saw one."""
        super()._post_clean()  # type: ignore[misc]
        forbidden = self.errors.pop(NON_FIELD_ERRORS, None)
        found = forbidden.as_data() if forbidden else []
        nameless = {
            one.get_violation_error_message()
            for one in self.instance._meta.constraints
            if one.violation_error_message == one.default_violation_error_message
        }
        if others := [error for error in found if error.message not in nameless]:
            self.add_error(None, others)
        if not self.errors:
            self._ask_the_rulebook()
        if found and not self.errors:
            self.add_error(None, _("These values contradict each other, or another row. Please check them."))

    def _ask_the_rulebook(self) -> None:
        try:
            self.verdict = type(self).check(self.instance)
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
