"""An agency's letter templates: written, changed by a new version, and installed as an agency usually begins."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from agencies.models import Agency, Province, User
from events import clock
from workflows.errors import InvalidInput
from workflows.models import LetterKind, LetterTemplate, LetterTemplateVersion
from workflows.models.letter import BODY_LIMIT, SUBJECT_LIMIT
from workflows.placeholders import mistakes_in

SEED = Path(__file__).resolve().parent.parent / "reference" / "letter_templates.json"


@dataclass(frozen=True)
class Words:
    """Of one version. English may be left out: the letter then goes out in Vietnamese."""

    text_vi: str
    subject_vi: str = ""
    text_en: str = ""
    subject_en: str = ""


class TemplateChanged(InvalidInput):
    """Someone saved another version meanwhile."""


def check_words(kind: str, words: Words) -> None:
    """Raises InvalidInput naming the field, and the placeholder nobody knows."""
    for name, text in asdict(words).items():
        if mistakes := mistakes_in(text):
            raise InvalidInput(name, _("There is no field “%(name)s”.") % {"name": mistakes[0]})
        limit = SUBJECT_LIMIT if name.startswith("subject") else BODY_LIMIT
        if len(text) > limit:
            raise InvalidInput(name, _("At most %(n)d characters.") % {"n": limit})
    if not words.text_vi.strip():
        raise InvalidInput("text_vi", _("Please write something here."))
    if kind == LetterKind.QUICK:
        return
    if not words.subject_vi.strip():
        raise InvalidInput("subject_vi", _("A letter has a subject."))
    if words.text_en.strip() and not words.subject_en.strip():
        raise InvalidInput("subject_en", _("A letter has a subject."))


@transaction.atomic
def revise_template(
    template: LetterTemplate, words: Words, *, by: User | None, seen: int | None = None
) -> LetterTemplateVersion:
    """The next version, or the present one when the words are its own. ``seen``: the version that was on the page.

    The row lock on the template makes two editors take turns; `letter_template_version_once` stands behind it.
    Raises InvalidInput, TemplateChanged.
    """
    check_words(template.kind, words)
    LetterTemplate.objects.select_for_update(of=("self",)).get(pk=template.pk)
    present = template.versions.first()
    if present and seen is not None and present.number != seen:
        raise TemplateChanged("text_vi", _("Someone saved another version meanwhile. Load the page again."))
    if present and all(getattr(present, name) == text for name, text in asdict(words).items()):
        return present
    number = present.number + 1 if present else 1
    return LetterTemplateVersion.objects.create(
        template=template, number=number, made_at=clock.now(), made_by=by, **asdict(words)
    )


def install_province_templates(province: Province) -> int:
    """The usual templates for the agencies of the province that handle cases; how many were added."""
    agencies = province.agencies.filter(is_active=True, assisted_intake_only=False)
    return sum(install_usual_templates(agency) for agency in agencies)


@transaction.atomic
def install_usual_templates(agency: Agency, seed: Path = SEED) -> int:
    """Those of the seed that the agency lacks; how many. What it changed or retired stays, and so do its own."""
    Agency.objects.select_for_update(of=("self",)).get(pk=agency.pk)
    rows = json.loads(seed.read_text(encoding="utf-8"))
    have = LetterTemplate.objects.filter(agency=agency)
    keys, names = set(have.values_list("usual", flat=True)), set(have.values_list("name", flat=True))
    missing = [row for row in rows if row["key"] not in keys and row["name"] not in names]
    for row in missing:
        template = LetterTemplate.objects.create(
            agency=agency, name=row["name"], kind=row["kind"], document_type=row.get("type", ""), usual=row["key"]
        )
        revise_template(template, _words(row), by=None)
    return len(missing)


def _words(row: dict[str, str | list[str]]) -> Words:
    """A seed's text is a list of paragraphs."""
    return Words(
        text_vi="\n\n".join(row["text_vi"]),
        subject_vi=str(row.get("subject_vi", "")),
        text_en="\n\n".join(_lines(row.get("text_en", []))),
        subject_en=str(row.get("subject_en", "")),
    )


def _lines(value: str | Iterable[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
