"""Letters to the citizen, and the agencies' templates for them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.actors import Actor
from agencies.models import Agency, User
from documents.decree30 import DOCUMENT_TYPES

from .case import Case
from .correspondence import Remark
from .paper import Paper

SUBJECT_LIMIT = 200
# Under the limit of a remark, which holds a letter's subject and text.
BODY_LIMIT = 9_000
LETTER_TYPES = ("CV", "TB")


class LetterKind(models.TextChoices):
    QUICK = "quick", _("quick reply: on the tracking page")
    LETTER = "letter", _("letter: on the tracking page, announced by e-mail")
    OFFICIAL = "official", _("official letter: a numbered PDF, announced by e-mail")


class LetterTemplate(models.Model):
    """What officers choose by. Its words are in its versions: a change of them is a new one.

    ``usual``: the key of the seed it came from, empty for what an agency wrote itself.
    """

    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="letter_templates", verbose_name=_("agency")
    )
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=LetterKind)
    document_type = models.CharField(
        _("type of document"), max_length=8, blank=True, choices=[(key, DOCUMENT_TYPES[key]) for key in LETTER_TYPES],
        help_text=_("Of an official letter: its number is taken from the agency's register of this type."),
    )  # fmt: skip
    usual = models.SlugField(_("came with the program as"), max_length=40, blank=True, editable=False)
    retired = models.BooleanField(_("no longer offered"), default=False)

    class Meta:
        verbose_name = _("letter template")
        verbose_name_plural = _("letter templates")
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "name"], name="letter_template_name_once"),
            models.UniqueConstraint(fields=["agency", "usual"], condition=~Q(usual=""), name="letter_template_usual_once"),
            models.CheckConstraint(
                condition=Q(kind=LetterKind.OFFICIAL, document_type__in=LETTER_TYPES)
                | (~Q(kind=LetterKind.OFFICIAL) & Q(document_type="")),
                name="letter_template_official_has_type",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class LetterTemplateVersion(models.Model):
    """The words as they stood for a while. Never changed: letters point to the version they were made from."""

    template = models.ForeignKey(
        LetterTemplate, on_delete=models.PROTECT, related_name="versions", verbose_name=_("letter template")
    )
    number = models.PositiveIntegerField(_("version"))
    subject_vi = models.CharField(_("subject (Vietnamese)"), max_length=SUBJECT_LIMIT, blank=True)
    text_vi = models.TextField(_("text (Vietnamese)"), max_length=BODY_LIMIT)
    subject_en = models.CharField(_("subject (English)"), max_length=SUBJECT_LIMIT, blank=True)
    text_en = models.TextField(_("text (English)"), max_length=BODY_LIMIT, blank=True)
    made_at = models.DateTimeField(_("made at"))
    made_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )

    class Meta:
        verbose_name = _("version of a letter template")
        verbose_name_plural = _("versions of letter templates")
        ordering = ["template", "-number"]
        constraints = [models.UniqueConstraint(fields=["template", "number"], name="letter_template_version_once")]

    def __str__(self) -> str:
        return f"{self.template} · {self.number}"


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, actor: Actor) -> LetterQuerySet:
        """Whoever may read its words."""
        return self.filter(remark__in=Remark.objects.visible_to(actor))


class Letter(models.Model):
    """A letter sent. Its words, the subject in the first line, are the remark's: erased there, they are gone.

    ``key`` is the form's: sent twice, it is one letter. ``mailed_at``: when the citizen was told by e-mail.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="letters", verbose_name=_("case"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("agency"))
    version = models.ForeignKey(
        LetterTemplateVersion, on_delete=models.PROTECT, related_name="letters", verbose_name=_("made from")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=LetterKind)
    language = models.CharField(_("language"), max_length=2)
    remark = models.OneToOneField(Remark, on_delete=models.PROTECT, related_name="letter", verbose_name=_("text"))
    paper = models.OneToOneField(
        Paper, on_delete=models.PROTECT, null=True, blank=True, related_name="letter", verbose_name=_("official paper")
    )
    key = models.UUIDField(_("key of the form"), unique=True)
    sent_at = models.DateTimeField(_("sent at"))
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("sent by"))
    mailed_at = models.DateTimeField(_("announced by e-mail at"), null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        verbose_name_plural = _("letters")
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=LetterKind.OFFICIAL, paper__isnull=False)
                | (~Q(kind=LetterKind.OFFICIAL) & Q(paper=None)),
                name="letter_official_has_paper",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
