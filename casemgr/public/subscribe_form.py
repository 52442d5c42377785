"""Which bulletins somebody wants by e-mail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bulletins.models import Wish
from complaints.models import ProductGroup


class SubscribeForm(forms.Form):
    use_required_attribute = False
    address = forms.EmailField(
        label=_("E-mail"), max_length=254,
        error_messages={
            "required": _("Write the address we may write to."),
            "invalid": _("Write the address as name@example.com."),
        },
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip
    wish = forms.ChoiceField(
        label=_("What do you want to be told?"), choices=Wish.choices, initial=Wish.ALL, widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you want to be told.")},
    )  # fmt: skip
    groups = forms.ModelMultipleChoiceField(
        label=_("Kinds of goods and services"), queryset=ProductGroup.objects.none(), required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Only if you chose the third answer above. Choose one or more."),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        groups: Any = self.fields["groups"]
        groups.queryset = ProductGroup.objects.filter(retired=False)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("wish") == Wish.GROUPS and not said.get("groups") and "groups" not in self.errors:
            self.add_error("groups", _("Choose at least one kind of goods, or another answer above."))
        return said
