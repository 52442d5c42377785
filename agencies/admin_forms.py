"""Shapes of the administration forms of people and agencies."""

from __future__ import annotations

from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from agencies.actors import Member
from agencies.administration import administered_agencies, led_provinces
from agencies.models import Agency, Membership, Role, User
from events import clock


class PersonForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["email", "name", "language", "is_active"]
        help_texts = {"email": _("People sign in with it. A link for setting the password is sent there.")}

    language = forms.ChoiceField(label=capfirst(_("language")), choices=[("vi", _("Vietnamese")), ("en", _("English"))])

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(
                _("There is an account with this address already. Give that person a role under “Memberships”.")
            )
        return email


class RoleForm(forms.ModelForm):
    """A role to give; or one that is held, which can only be revoked. ``actor`` is set by the admin."""

    actor: Member
    revoke = forms.BooleanField(label=_("Revoke now"), required=False)

    class Meta:
        model = Membership
        fields = ["agency", "role"]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            is_shown_only = "role" not in self.fields
            for name in self.fields.keys() & {"agency", "role"}:
                self.fields[name].disabled = True
            self.fields["revoke"].disabled = is_shown_only or self.instance.revoked_at is not None
        else:
            self.fields["revoke"].disabled = True
            self.fields["agency"].queryset = administered_agencies(self.actor)  # type: ignore[attr-defined]
            if not self.actor.agency.is_lead:
                roles = [choice for choice in Role.choices if choice[0] != Role.OVERSEER]
                self.fields["role"].choices = [("", "---------"), *roles]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if self.instance.pk is None and said.get("role"):
            self._check_new(said)
        if self.instance.pk and said.get("revoke"):
            self.instance.revoked_at = clock.now()
        return said

    def _check_new(self, said: dict[str, Any]) -> None:
        if said["role"] == Role.OVERSEER:
            said["agency"] = None
            self.instance.province = led_provinces(self.actor).first()
        elif not said.get("agency"):
            self.add_error("agency", _("Choose the agency this role is for."))

    def held_already(self, person: User) -> bool:
        said = self.cleaned_data
        same = {"agency": said.get("agency"), "role": said.get("role"), "province": self.instance.province}
        return Membership.objects.filter(person=person, revoked_at=None, **same).exists()


class RolesFormSet(BaseInlineFormSet):
    """The roles of one person: at least one for somebody new, none twice."""

    def clean(self) -> None:
        super().clean()
        added: list[Any] = [form for form in self.extra_forms if form.has_changed() and not form.errors]
        if self.instance._state.adding and not added:
            raise forms.ValidationError(_("Give this person at least one role: without any they can do nothing."))
        seen = set()
        for form in added:
            role = (form.cleaned_data.get("agency"), form.cleaned_data.get("role"))
            if role in seen or (self.instance.pk and form.held_already(self.instance)):
                form.add_error("role", _("They hold this role there already."))
            seen.add(role)


class NewRoleForm(RoleForm):
    """A role for somebody who has an account already, maybe through another agency."""

    person_email = forms.EmailField(label=_("E-mail of the person"), help_text=_("They must have an account already."))

    class Meta(RoleForm.Meta):
        fields = ["person_email", "agency", "role"]

    def clean_person_email(self) -> str:
        email = str(self.cleaned_data["person_email"]).lower()
        person = User.objects.filter(email=email).first()
        if person is None:
            raise forms.ValidationError(_("Nobody has an account with this address. Add them under “People”."))
        if person == self.actor.person:
            raise forms.ValidationError(_("Nobody changes their own roles. Ask another administrator."))
        self.instance.person = person
        return email

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if self.instance.person_id and said.get("role") and self.held_already(self.instance.person):
            self.add_error("role", _("They hold this role there already."))
        return said


class AgencyForm(forms.ModelForm):
    class Meta:
        model = Agency
        fields = [
            "code", "name", "short_name", "abbreviation", "kind", "parent", "provinces", "commune", "tracks",
            "assisted_intake_only", "handlers_self_assign", "requires_two_persons", "phone", "address", "is_active",
        ]  # fmt: skip
        help_texts = {"code": _("Small letters, digits and hyphens. It stays for good: events name the agency by it.")}

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        kind, parent = said.get("kind"), said.get("parent")
        if kind and parent and kind.is_police != parent.is_police:
            self.add_error(
                "kind", _("A unit of the police is police, and no other agency's unit is: it would read police notes.")
            )
        return said
