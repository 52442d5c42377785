"""Files as choices of a form: who sent each, when, and its picture, so that two of one name are told apart."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from complaints.models import Derivative, Evidence
from workflows.models import Case


def file_choices(case: Case, files: QuerySet[Evidence]) -> list[tuple[int, SafeString]]:
    """One query. The pictures come from the page that asks for permission."""
    pictures = Derivative.objects.filter(evidence=OuterRef("pk"), purpose=Derivative.Purpose.THUMBNAIL)
    rows = files.annotate(pictured=Exists(pictures))
    return [(file.pk, file_label(case, file, pictured=file.pictured)) for file in rows]


def file_label(case: Case, file: Evidence, *, pictured: bool) -> SafeString:
    sender = _("sent by the business") if file.respondent_id else _("the sender's")
    picture = reverse("backoffice:evidence-picture", args=[case.number, file.pk, "thumbnail"]) if pictured else ""
    return format_html(
        '{}<span class="file-choice">{} <span class="text-quiet">{} · {}</span></span>',
        format_html('<img class="file-choice-picture" src="{}" alt="" loading="lazy">', picture) if picture else "",
        file.original_name,
        sender,
        date_format(localtime(file.added_at), "H:i d/m/Y"),
    )
