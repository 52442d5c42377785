"""Provinces and communes: the two levels in force since 1 July 2025."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Province(models.Model):
    code = models.CharField(_("code"), max_length=2, primary_key=True)
    name = models.CharField(_("name"), max_length=60)
    kind = models.CharField(_("kind"), max_length=20)
    full_name = models.CharField(_("full name"), max_length=80)
    formed_from = models.TextField(_("formed from"), blank=True)
    retired = models.BooleanField(_("no longer in force"), default=False)

    class Meta:
        verbose_name = _("province")
        verbose_name_plural = _("provinces")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """What it is called before its name, in a sentence: `tỉnh`, `thành phố`."""
        return self.full_name.removesuffix(self.name).strip().lower()


class Commune(models.Model):
    """A xã, phường or đặc khu. ``formed_from`` lists the old units it was made of (see ``place_names``)."""

    code = models.CharField(_("code"), max_length=5, primary_key=True)
    province = models.ForeignKey(
        Province, on_delete=models.PROTECT, related_name="communes", verbose_name=_("province")
    )
    kind = models.CharField(_("kind"), max_length=20)
    name = models.CharField(_("name"), max_length=80)
    full_name = models.CharField(_("full name"), max_length=100)
    formed_from = models.TextField(_("formed from"), blank=True)
    search_text = models.TextField(_("folded names, new and old"), editable=False)
    retired = models.BooleanField(_("no longer in force"), default=False)

    class Meta:
        verbose_name = _("commune")
        verbose_name_plural = _("communes")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.full_name
