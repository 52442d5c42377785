"""A periodic report, the questionnaires its units fill in, and their answers."""

from __future__ import annotations

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from agencies.actors import Actor, System
from agencies.models import Agency, Commune, Province, User
from bulletins.policy_reports import may_lead, may_report
from documents.decree30 import document_number
from documents.models import RegisteredNumber

TYPE = "BC"


class AnswerForm(models.TextChoices):
    FIGURE = "figure", _("a figure")
    WORDS = "words", _("words")


class Consolidation(models.TextChoices):
    SUM = "sum", _("sum")
    AVERAGE = "average", _("average of the units that answered")


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, actor: Actor | None) -> ReportQuerySet:
        """The lead agency's reporters see their provinces'; everybody else those their agency reports for."""
        if isinstance(actor, System):
            return self
        if may_lead(actor):
            return self.filter(province__in=actor.agency.provinces.all())
        return self.filter(Exists(Questionnaire.objects.visible_to(actor).filter(report=OuterRef("pk"))))


class Report(models.Model):
    """One period of a kind of report. ``content`` is all that is printed, frozen when it is issued; the file's fields are
    empty until the relay has laid it out."""

    class State(models.TextChoices):
        OPEN = "open", _("collecting")
        ISSUED = "issued", _("issued")

    kind = models.ForeignKey(
        "bulletins.ReportKind", on_delete=models.PROTECT, related_name="reports", verbose_name=_("kind of report")
    )
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+", verbose_name=_("province"))
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("issuing agency"))
    name = models.CharField(_("name"), max_length=260)
    first = models.DateField(_("covers from"))
    last = models.DateField(_("covers until"))
    due_on = models.DateField(_("due on"))
    units_due_at = models.DateTimeField(_("units report until"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    version = models.PositiveIntegerField(_("version"), default=1)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("opened by"))
    number = models.OneToOneField(
        RegisteredNumber,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="report",
        verbose_name=_("number"),
    )
    issued_at = models.DateTimeField(_("issued at"), null=True, blank=True)
    issued_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("issued by")
    )
    content = models.JSONField(_("content"), default=dict)
    salt = models.CharField(max_length=32, blank=True)
    pdf = models.FileField(_("file"), max_length=200, blank=True)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    rendered_at = models.DateTimeField(_("laid out at"), null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("periodic report")
        verbose_name_plural = _("periodic reports")
        ordering = ["-last", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "first", "last"], name="report_period_once"),
            models.CheckConstraint(condition=Q(first__lte=models.F("last")), name="report_period_in_order"),
            models.CheckConstraint(
                condition=Q(state="open", number=None, issued_at=None)
                | Q(state="issued", number__isnull=False, issued_at__isnull=False),
                name="report_issued_with_number",
            ),
            models.CheckConstraint(
                condition=Q(pdf="", sha256="", rendered_at=None)
                | (~Q(pdf="") & ~Q(sha256="") & Q(rendered_at__isnull=False)),
                name="report_laid_out_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def stream(self) -> str:
        return f"report:{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def symbol(self) -> str:
        """``05/BC-SCT``, from what was frozen."""
        if self.number is None:
            return ""
        line = document_number(self.number.number, TYPE, self.content["letterhead"]["abbreviation"])
        return line.removeprefix("Số: ")


class ReportQuestion(models.Model):
    """An indicator as it was when the report was opened."""

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="questions", verbose_name=_("report"))
    code = models.SlugField(_("code"), max_length=30)
    position = models.PositiveSmallIntegerField(_("order"))
    wording = models.CharField(_("wording"), max_length=300)
    hint = models.CharField(_("how to answer"), max_length=400, blank=True)
    form = models.CharField(_("answered with"), max_length=8, choices=AnswerForm)
    measure = models.CharField(_("unit of measure"), max_length=30, blank=True)
    decimals = models.PositiveSmallIntegerField(_("decimals"))
    least = models.DecimalField(_("at least"), max_digits=20, decimal_places=2, null=True)
    most = models.DecimalField(_("at most"), max_digits=20, decimal_places=2, null=True)
    computation = models.CharField(_("computed from the cases"), max_length=40, blank=True)
    consolidation = models.CharField(_("put together as"), max_length=8, choices=Consolidation)
    required = models.BooleanField(_("must be answered"))
    answered_by = models.JSONField(_("who answers"), default=list)

    class Meta:
        verbose_name = _("report question")
        verbose_name_plural = _("report questions")
        ordering = ["report", "position", "code"]
        constraints = [models.UniqueConstraint(fields=["report", "code"], name="report_question_once")]

    def __str__(self) -> str:
        return self.wording

    @property
    def is_figure(self) -> bool:
        return self.form == AnswerForm.FIGURE


class QuestionnaireQuerySet(models.QuerySet["Questionnaire"]):
    def visible_to(self, actor: Actor | None) -> QuestionnaireQuerySet:
        """A unit's own, a commune's also when it had no account yet; the lead agency's reporters see their provinces'."""
        if isinstance(actor, System):
            return self
        if not may_report(actor):
            return self.none()
        own = Q(agency=actor.agency)
        if actor.agency.commune_id:
            own |= Q(agency=None, commune=actor.agency.commune_id)
        if may_lead(actor):
            own |= Q(report__province__in=actor.agency.provinces.all())
        return self.filter(own)


class Questionnaire(models.Model):
    """What one unit is asked. ``agency`` None: a commune that has no account here; the lead agency fills in for it."""

    class State(models.TextChoices):
        DUE = "due", _("not reported yet")
        SUBMITTED = "submitted", _("reported")
        RETURNED = "returned", _("sent back")

    report = models.ForeignKey(
        Report, on_delete=models.CASCADE, related_name="questionnaires", verbose_name=_("report")
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("commune")
    )
    unit_name = models.CharField(_("name of the unit"), max_length=160)
    due_at = models.DateTimeField(_("due at"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DUE)
    version = models.PositiveIntegerField(_("version"), default=1)
    saved_at = models.DateTimeField(_("last saved at"), null=True, blank=True)
    saved_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("last saved by")
    )
    submitted_at = models.DateTimeField(_("reported at"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("reported by")
    )

    objects = QuestionnaireQuerySet.as_manager()

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        ordering = ["report", "unit_name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["report", "agency"], name="questionnaire_once_per_agency"),
            models.UniqueConstraint(
                fields=["report", "commune"], condition=Q(agency=None), name="questionnaire_once_per_commune"
            ),
            models.CheckConstraint(
                condition=Q(agency__isnull=False) | Q(commune__isnull=False), name="questionnaire_has_a_unit"
            ),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False), name="questionnaire_submitted_when"
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=~Q(state="submitted"), name="questionnaire_owed")]

    def __str__(self) -> str:
        return self.unit_name

    @property
    def is_submitted(self) -> bool:
        return self.state == self.State.SUBMITTED
