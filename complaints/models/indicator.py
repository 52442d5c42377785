"""Identifiers that link one report to another."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .complaint import Complaint


class IndicatorKind(models.TextChoices):
    PHONE = "phone", _("phone number")
    BANK_ACCOUNT = "bank_account", _("bank account")
    URL = "url", _("web address")
    DOMAIN = "domain", _("domain")
    SHOP = "shop", _("shop or account")
    TAX_CODE = "tax_code", _("tax code")
    BARCODE = "barcode", _("barcode")


class Indicator(models.Model):
    """``raw`` as it was typed, ``value`` normalised for comparing (see `complaints.identifiers`)."""

    complaint = models.ForeignKey(
        Complaint, on_delete=models.PROTECT, related_name="indicators", verbose_name=_("complaint")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=IndicatorKind)
    raw = models.CharField(_("as typed"), max_length=500)
    value = models.CharField(_("normalised"), max_length=500)
    bank = models.CharField(_("bank"), max_length=60, blank=True)
    from_text = models.BooleanField(_("found in the story"), default=False)

    class Meta:
        verbose_name = _("identifier")
        verbose_name_plural = _("identifiers")
        indexes = [models.Index(fields=["kind", "value"], name="indicator_value")]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
