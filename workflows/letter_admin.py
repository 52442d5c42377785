"""An agency's letter templates on the administration site: its own administrators write them, and nobody else's."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Max, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from agencies.administration import administered_agencies
from agencies.models import Agency
from events.recorded_admin import Guarded, RecordedModelAdmin
from workflows.errors import InvalidInput
from workflows.models import LetterKind, LetterTemplate, LetterTemplateVersion
from workflows.models.letter import BODY_LIMIT, SUBJECT_LIMIT
from workflows.placeholders import LABELS
from workflows.services.letter_templates import TemplateChanged, Words, check_words, revise_template

WORDS = ("subject_vi", "text_vi", "subject_en", "text_en")


class LinesField(forms.CharField):
    """A browser sends line ends of its own: text that nobody touched must not look changed."""

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


def _subject(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=SUBJECT_LIMIT, widget=forms.TextInput(attrs={"class": "vTextField"})
    )


def _text(label: Any, *, required: bool, **options: Any) -> LinesField:
    widget = forms.Textarea(attrs={"rows": 12, "cols": 90})
    return LinesField(label=label, required=required, max_length=BODY_LIMIT, widget=widget, **options)


class LetterTemplateForm(forms.ModelForm):
    """The words are those of the present version; ``seen`` is its number as the page showed it."""

    subject_vi = _subject(_("Subject (Vietnamese)"))
    text_vi = _text(
        _("Text (Vietnamese)"), required=True,
        help_text=_("An empty line begins a new paragraph. At most 9,000 characters. A quick reply has no subject."),
    )  # fmt: skip
    subject_en = _subject(_("Subject (English)"))
    text_en = _text(
        _("Text (English)"), required=False,
        help_text=_("For senders who use the site in English. Left empty, they get the Vietnamese text. Official letters are Vietnamese only."),
    )  # fmt: skip
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = LetterTemplate
        fields = ["agency", "name", "kind", "document_type", "retired"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version = self.instance.versions.first() if self.instance.pk else None
        if version:
            self.initial.update({name: getattr(version, name) for name in WORDS}, seen=version.number)

    def words(self) -> Words:
        return Words(**{name: self.cleaned_data.get(name, "") for name in WORDS})

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kind = given.get("kind") or self.instance.kind
        if "kind" in self.fields and (kind == LetterKind.OFFICIAL) != bool(given.get("document_type")):
            self.add_error(
                "document_type", _("An official letter has a type of document, and only an official letter.")
            )
        # The agency of a template that is there is no field, so Django does not check its name for it.
        agency = given.get("agency") or (self.instance.agency if self.instance.pk else None)
        others = LetterTemplate.objects.filter(agency=agency, name=given.get("name")).exclude(pk=self.instance.pk)
        if self.instance.pk and others.exists():
            self.add_error("name", _("Another template of the agency has this name."))
        if not self.errors:
            self._check(kind)
        return given

    def _check(self, kind: str) -> None:
        """The admin's transaction holds the lock until the new version is saved."""
        present = None
        if self.instance.pk:
            present = LetterTemplate.objects.select_for_update(of=("self",)).get(pk=self.instance.pk).versions.first()
        try:
            check_words(kind, self.words())
            if present and self.cleaned_data.get("seen") != present.number:
                raise TemplateChanged(
                    "text_vi", str(_("Someone saved another version meanwhile. Load the page again."))
                )
        except InvalidInput as error:
            self.add_error(error.field, str(error))


class VersionsInline(Guarded, admin.StackedInline):
    """Every version there was, newest first, to be read."""

    model = LetterTemplateVersion
    fields = ["number", "made_at", "made_by", "subject_vi", "text_vi", "subject_en", "text_en"]
    readonly_fields = ["number", "made_at", "made_by", *WORDS]
    verbose_name_plural = _("all versions, newest first")
    ordering = ["-number"]
    classes = ["collapse"]
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(LetterTemplate)
class LetterTemplateAdmin(RecordedModelAdmin):
    family = "letters"
    told = {"lettertemplate": ("agency", "kind", "document_type", "retired")}
    form = LetterTemplateForm
    list_display = ["name", "kind", "agency", "version", "retired"]
    list_filter = ["kind", "retired"]
    list_select_related = ["agency"]
    search_fields = ["name"]
    readonly_fields = ["known_fields"]
    inlines = [VersionsInline]
    fieldsets = [
        (None, {"fields": ["agency", "name", "kind", "document_type", "retired", "seen"]}),
        (_("Words"), {"fields": [*WORDS, "known_fields"]}),
    ]

    def scope(self, request: HttpRequest, obj: LetterTemplate) -> str:
        return obj.agency.code

    def get_queryset(self, request: HttpRequest) -> QuerySet[LetterTemplate]:
        own = administered_agencies(self.administrator(request))
        return super().get_queryset(request).filter(agency__in=own).annotate(newest=Max("versions__number"))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        actor = self.administrator(request)
        if actor is None or obj is None:
            return actor is not None
        return administered_agencies(actor).filter(pk=obj.agency_id).exists()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """What it is stays: letters were made from it as that."""
        return ["known_fields", *(["agency", "kind", "document_type"] if obj else [])]

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return list(self.inlines) if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **options: Any) -> Any:
        if db_field.related_model is Agency:
            actor = self.administrator(request)
            options |= {"queryset": administered_agencies(actor).filter(is_active=True), "initial": actor.agency}
        return super().formfield_for_foreignkey(db_field, request, **options)

    def save_model(self, request: HttpRequest, obj: LetterTemplate, form: LetterTemplateForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        made = revise_template(
            obj, form.words(), by=self.administrator(request).person, seen=form.cleaned_data.get("seen")
        )
        form.made_version = made.number  # type: ignore[attr-defined]

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        message = super().construct_change_message(request, form, formsets, add)
        if set(message["fields"]) & set(WORDS):
            message["values"] |= {"version": form.made_version}
        return message

    def _label(self, name: str) -> str:
        field = LetterTemplateForm.base_fields.get(name)
        return str(field.label if field else _("version") if name == "version" else super()._label(name))

    @admin.display(description=_("version"))
    def version(self, template: Any) -> int:
        return int(template.newest or 0)

    @admin.display(description=_("Fields you can use"))
    def known_fields(self, template: LetterTemplate) -> str:
        rows = [(f"{{{{{name}}}}}", label) for name, label in LABELS.items()]
        return format_html_join("\n", "<div><code>{}</code> {}</div>", rows)
