"""Number registers: one a year for each agency and type of document (Decree 30/2020/NĐ-CP, Article 15)."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from documents.decree30 import document_number


class NumberRegister(models.Model):
    """Where an agency's numbers of one type come from in one year; the first number is 1.

    ``last_number`` is changed only by ``documents.services.numbering.take_number``.
    """

    agency = models.ForeignKey(
        "agencies.Agency", on_delete=models.PROTECT, related_name="number_registers", verbose_name=_("agency")
    )
    year = models.PositiveSmallIntegerField(_("year"), validators=[MinValueValidator(2000)])
    document_type = models.CharField(_("type of document"), max_length=8)
    last_number = models.PositiveIntegerField(_("last number taken"), default=0)

    class Meta:
        verbose_name = _("number register")
        verbose_name_plural = _("number registers")
        ordering = ["-year", "agency", "document_type"]
        constraints = [
            models.UniqueConstraint(fields=["agency", "year", "document_type"], name="one_register_a_year"),
        ]

    def __str__(self) -> str:
        return f"{self.agency} · {self.document_type} · {self.year}"


class RegisteredNumber(models.Model):
    """A number taken. It is never given again: a document that is not issued voids it, with the reason."""

    register = models.ForeignKey(
        NumberRegister, on_delete=models.PROTECT, related_name="numbers", verbose_name=_("number register")
    )
    number = models.PositiveIntegerField(_("number"), validators=[MinValueValidator(1)])
    purpose = models.CharField(_("taken for"), max_length=200)
    taken_at = models.DateTimeField(_("taken at"), auto_now_add=True)
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("taken by"),
    )  # fmt: skip
    voided_reason = models.CharField(_("reason for voiding"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("document number")
        verbose_name_plural = _("document numbers")
        ordering = ["register", "number"]
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="number_taken_once"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="numbers_start_at_one"),
        ]

    def __str__(self) -> str:
        return document_number(self.number, self.register.document_type, self.register.agency.abbreviation)
