"""Provinces, agencies, people and their roles on the administration site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from agencies import admin_duty  # noqa: F401
from agencies.admin_forms import AgencyForm, NewRoleForm, PersonForm, RoleForm, RolesFormSet
from agencies.admin_scope import LeadMaintainedAdmin
from agencies.administration import (
    administered_agencies,
    administered_memberships,
    administered_people,
    agencies_in_sight,
    is_wholly_administered,
)
from agencies.folding import fold
from agencies.models import Agency, AgencyKind, Commune, Membership, Province, User
from agencies.services.accounts import revoke, settle
from events.recorded_admin import Guarded, ReadOnlyModelAdmin, RecordedModelAdmin


@admin.register(Province)
class ProvinceAdmin(ReadOnlyModelAdmin):
    list_display = ["code", "full_name", "retired"]
    ordering = ["code"]


@admin.register(Commune)
class CommuneAdmin(ReadOnlyModelAdmin):
    """Of the provinces the administrator's agency serves; found by new and former names, without diacritics too."""

    list_display = ["code", "full_name", "province", "retired"]
    list_filter = ["kind"]
    list_select_related = ["province"]
    search_fields = ["search_text"]
    fields = ["code", "province", "kind", "name", "full_name", "formed_from", "retired"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Commune]:
        return super().get_queryset(request).filter(province__agencies=self.administrator(request).agency)

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> Any:
        return super().get_search_results(request, queryset, fold(search_term))


@admin.register(AgencyKind)
class AgencyKindAdmin(LeadMaintainedAdmin):
    """What makes a kind police is not for a form: it opens police notes."""

    family = "reference"
    told = {"agencykind": ("retired",)}
    list_display = ["code", "label_vi", "is_police", "is_association", "retired"]
    fields = ["code", "label_vi", "label_en", "is_police", "is_association", "retired"]
    readonly_fields = ["code", "is_police", "is_association"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AgencyAdmin(LeadMaintainedAdmin):
    """Registered by ``workflows``, which knows the tracks.

    A lead agency's administrators see to the province's agencies; any agency's to the addresses of its own units.
    Code, kind and place in the hierarchy stay: they decide who may read what.
    """

    family = "agencies"
    told = {
        "agency": (
            "code",
            "kind",
            "parent",
            "tracks",
            "assisted_intake_only",
            "handlers_self_assign",
            "requires_two_persons",
            "is_active",
        )
    }
    form = AgencyForm
    list_display = ["code", "name", "kind", "parent", "is_lead", "assisted_intake_only", "is_active"]
    list_filter = ["is_active", "kind"]
    list_select_related = ["kind", "parent"]
    search_fields = ["code", "name", "short_name"]
    _fixed = ("code", "kind", "parent")
    _own = frozenset(
        {"name", "short_name", "abbreviation", "handlers_self_assign", "requires_two_persons", "phone", "address"}
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agency]:
        return super().get_queryset(request).filter(pk__in=agencies_in_sight(self.administrator(request)).values("pk"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        actor = self.administrator(request)
        if actor is None or obj is None:
            return actor is not None
        seen = agencies_in_sight(actor) if actor.agency.is_lead else administered_agencies(actor)
        return seen.filter(pk=obj.pk).exists()

    def get_readonly_fields(self, request: HttpRequest, obj: Agency | None = None) -> list[str]:
        if obj is None:
            return []
        if self.leads(request):
            return list(self._fixed)
        return [name for name in self.form.base_fields if name not in self._own]

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.related_model is Province:
            options["queryset"] = self.administrator(request).agency.provinces.all()
            options["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_manytomany(db_field, request, **options)


class RolesInline(Guarded, admin.StackedInline):
    """The person's roles in the administered agencies. A held role is revoked, never deleted or rewritten."""

    model = Membership
    formset = RolesFormSet
    fields = [("agency", "role"), ("since", "revoked_at", "revoke")]
    readonly_fields = ["since", "revoked_at"]
    ordering = ["revoked_at", "agency", "role"]
    extra = 1

    def get_formset(self, request: HttpRequest, obj: Any = None, **options: Any) -> Any:
        options["form"] = type("RoleForm", (RoleForm,), {"actor": self.administrator(request)})
        return super().get_formset(request, obj, **options)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return administered_memberships(self.administrator(request)).order_by(*self.ordering)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is None or obj != self.administrator(request).person

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)


@admin.register(User)
class PersonAdmin(RecordedModelAdmin):
    """People of the administered agencies. Nobody administers themselves; who also works elsewhere keeps address and
    account, because whoever changes an address can take over the account."""

    family = "people"
    told = {"user": ("is_active",), "membership": ("agency", "province_id", "role", "revoked_at")}
    form = PersonForm
    inlines = [RolesInline]
    list_display = ["name", "email", "roles", "is_active", "last_login"]
    list_filter = ["is_active"]
    search_fields = ["name", "email"]
    ordering = ["name", "email"]
    actions = ["send_links"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        actor = self.administrator(request)
        held = administered_memberships(actor).filter(revoked_at=None).select_related("agency", "province")
        seen = super().get_queryset(request).filter(pk__in=administered_people(actor).values("pk"))
        return seen.prefetch_related(Prefetch("memberships", held, to_attr="held"))

    @admin.display(description=_("roles"))
    def roles(self, person: User) -> str:
        held = (f"{m.get_role_display()} ({m.agency.short_name if m.agency else m.province})" for m in person.held)  # type: ignore[attr-defined]
        return ", ".join(held) or "—"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        actor = self.administrator(request)
        return actor is not None and (obj is None or obj != actor.person)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        whole = obj is None or is_wholly_administered(self.administrator(request), obj)
        return [] if whole else list(PersonForm.Meta.fields)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        settle(form.instance)
        if not change:
            messages.info(request, _("A link for setting the password goes to their address."))

    @admin.action(description=_("Send a link for setting the password"), permissions=["change"])
    @transaction.atomic
    def send_links(self, request: HttpRequest, people: QuerySet[User]) -> None:
        chosen = list(people.filter(is_active=True))
        for person in chosen:
            self.record(request, person, "invited")
        text = ngettext("%(n)d link is being sent.", "%(n)d links are being sent.", len(chosen)) % {"n": len(chosen)}
        messages.success(request, text)


@admin.register(Membership)
class MembershipAdmin(RecordedModelAdmin):
    """Who holds, or held, which role. Given here to people who have an account already."""

    family = "people"
    told = {"membership": ("agency", "province_id", "role", "revoked_at")}
    list_display = ["person", "agency", "role", "since", "revoked_at"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter), "role"]
    list_select_related = ["person", "agency", "province"]
    search_fields = ["person__name", "person__email", "agency__name", "agency__code"]
    ordering = ["person__name", "agency", "role"]
    actions = ["revoke_roles"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        seen = administered_memberships(self.administrator(request))
        return super().get_queryset(request).filter(pk__in=seen.values("pk"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        actor = self.administrator(request)
        return actor is not None and (obj is None or obj.person_id != actor.person.pk)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:
        base = RoleForm if change else NewRoleForm
        options["form"] = type(base.__name__, (base,), {"actor": self.administrator(request)})
        return super().get_form(request, obj, change, **options)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return (
            ["person", "agency", "role", "since", "revoked_at", "revoke"] if obj else ["person_email", "agency", "role"]
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["person", "since", "revoked_at"] if obj else []

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        settle(obj.person)

    @admin.action(description=_("Revoke the chosen roles"), permissions=["change"])
    @transaction.atomic
    def revoke_roles(self, request: HttpRequest, memberships: QuerySet[Membership]) -> None:
        own = self.administrator(request).person
        ended = [m for m in memberships.exclude(person=own).select_related("person") if revoke(m)]
        for membership in Membership.objects.filter(pk__in=[m.pk for m in ended]):
            self.record(request, membership, "changed", fields=["revoked_at"], values=self._values(membership, None))
        text = ngettext("%(n)d role is revoked.", "%(n)d roles are revoked.", len(ended)) % {"n": len(ended)}
        messages.success(request, text)
