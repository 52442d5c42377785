"""The business complained of, as the province's agencies know it: one row, however many complaints name it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.actors import Actor, Member, System
from agencies.models import Province, User

from .complaint import Complaint
from .indicator import IndicatorKind


class RespondentQuerySet(models.QuerySet["Respondent"]):
    def visible_to(self, actor: Actor) -> RespondentQuerySet:
        """Those of the provinces the actor's agency works in; for people who handle cases only."""
        if isinstance(actor, System):
            return self
        if not isinstance(actor, Member) or not actor.handles_cases or actor.agency.assisted_intake_only:
            return self.none()
        return self.filter(province__in=actor.agency.provinces.all())

    def current(self) -> RespondentQuerySet:
        """Without those that turned out to be another one."""
        return self.filter(merged_into=None)


class Respondent(models.Model):
    """``name_key`` is the name folded and without its legal form, for comparing. What an individual seller is called
    and where they live is personal data: ``is_individual`` says that it is shown only where it is needed.

    A business account is open while ``verified_at`` is set and ``suspended_at`` is not.
    """

    class Language(models.TextChoices):
        VIETNAMESE = "vi", _("Vietnamese")
        ENGLISH = "en", _("English")

    province = models.ForeignKey(Province, on_delete=models.PROTECT, verbose_name=_("province"))
    name = models.CharField(_("name"), max_length=300)
    name_key = models.CharField(_("name, for comparing"), max_length=300, db_index=True)
    tax_code = models.CharField(_("tax code"), max_length=20, blank=True, db_index=True)
    is_individual = models.BooleanField(_("an individual seller"), default=False)
    address = models.CharField(_("address"), max_length=300, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.VIETNAMESE)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="absorbed", verbose_name=_("merged into")
    )
    verified_at = models.DateTimeField(_("account opened at"), null=True, blank=True)
    verified_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("account opened by")
    )
    document_seen = models.CharField(_("document seen"), max_length=200, blank=True)
    suspended_at = models.DateTimeField(_("account suspended at"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    created_at = models.DateTimeField(_("entered at"))

    objects = RespondentQuerySet.as_manager()

    class Meta:
        verbose_name = _("business")
        verbose_name_plural = _("businesses")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="respondent_has_name"),
            models.CheckConstraint(
                condition=Q(verified_at=None) | ~Q(document_seen=""), name="respondent_verified_by_document"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        return f"respondent:{self.pk}"

    @property
    def may_sign_in(self) -> bool:
        return self.verified_at is not None and self.suspended_at is None and self.merged_into_id is None


class RespondentIdentifier(models.Model):
    """A shop, account, website or telephone number known to be the business's."""

    respondent = models.ForeignKey(
        Respondent, on_delete=models.PROTECT, related_name="identifiers", verbose_name=_("business")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=IndicatorKind)
    raw = models.CharField(_("as typed"), max_length=500)
    value = models.CharField(_("normalised"), max_length=500)

    class Meta:
        verbose_name = _("identifier of a business")
        verbose_name_plural = _("identifiers of a business")
        constraints = [
            models.UniqueConstraint(fields=["respondent", "kind", "value"], name="respondent_identifier_once")
        ]
        indexes = [models.Index(fields=["kind", "value"], name="respondent_identifier_value")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class RespondentContact(models.Model):
    """Where the business is reached. ``verified_at``: an officer made sure that it is the business's own."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")

    respondent = models.ForeignKey(
        Respondent, on_delete=models.PROTECT, related_name="contacts", verbose_name=_("business")
    )
    channel = models.CharField(_("channel"), max_length=6, choices=Channel)
    value = models.CharField(_("address or number"), max_length=254)
    person = models.CharField(_("contact person"), max_length=120, blank=True)
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    verified_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("verified by")
    )
    # Sessions begun before this moment are over, on every device.
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)

    class Meta:
        verbose_name = _("contact of a business")
        verbose_name_plural = _("contacts of a business")
        ordering = ["channel", "id"]
        constraints = [
            models.UniqueConstraint(fields=["respondent", "channel", "value"], name="respondent_contact_once")
        ]
        indexes = [models.Index(fields=["channel", "value"], name="respondent_contact_value")]

    def __str__(self) -> str:
        return f"{self.channel} {self.pk}"


class ComplaintRespondent(models.Model):
    """A handler found that this complaint is about this business. Never made by the system itself."""

    complaint = models.ForeignKey(
        Complaint, on_delete=models.PROTECT, related_name="respondents", verbose_name=_("complaint")
    )
    respondent = models.ForeignKey(
        Respondent, on_delete=models.PROTECT, related_name="complaints", verbose_name=_("business")
    )
    named_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("named by"))
    named_at = models.DateTimeField(_("named at"))

    class Meta:
        verbose_name = _("business of a complaint")
        verbose_name_plural = _("businesses of a complaint")
        constraints = [models.UniqueConstraint(fields=["complaint", "respondent"], name="complaint_respondent_once")]

    def __str__(self) -> str:
        return f"{self.complaint_id} → {self.respondent_id}"


class RespondentMerge(models.Model):
    """Two rows were one business. ``moved`` holds, per kind of row, the ids that went from ``merged`` to ``kept``:
    undoing moves exactly these back."""

    kept = models.ForeignKey(Respondent, on_delete=models.PROTECT, related_name="merges", verbose_name=_("kept"))
    merged = models.ForeignKey(Respondent, on_delete=models.PROTECT, related_name="+", verbose_name=_("merged"))
    moved = models.JSONField(_("rows moved"), default=dict)
    merged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("merged by"))
    merged_at = models.DateTimeField(_("merged at"))
    undone_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    class Meta:
        verbose_name = _("merge of businesses")
        verbose_name_plural = _("merges of businesses")
        ordering = ["-merged_at", "-id"]
        # A business goes into one other at a time: the constraint behind the row locks.
        constraints = [
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="respondent_merged_once")
        ]

    def __str__(self) -> str:
        return f"{self.merged_id} → {self.kept_id}"
