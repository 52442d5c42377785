"""Reference rows a complaint points to. Retired rows stay, so that old complaints keep their words."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Labelled(models.Model):
    code = models.CharField(_("code"), max_length=40, primary_key=True)
    label_vi = models.CharField(_("label (Vietnamese)"), max_length=160)
    label_en = models.CharField(_("label (English)"), max_length=160)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    retired = models.BooleanField(_("no longer in use"), default=False)

    class Meta:
        abstract = True
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.label_en if (get_language() or "").startswith("en") else self.label_vi


class Category(Labelled):
    """What the complaint is about (domain taxonomy): COUNTERFEIT, NOT_DELIVERED, FRAUD…"""

    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("part of")
    )
    default_track = models.CharField(_("default track"), max_length=12)
    first_agency_kind = models.CharField(_("kind of the first agency"), max_length=30, blank=True)
    law = models.CharField(_("law"), max_length=200, blank=True)

    class Meta(Labelled.Meta):
        verbose_name = _("category")
        verbose_name_plural = _("categories")


class ProductGroup(Labelled):
    class Meta(Labelled.Meta):
        verbose_name = _("product group")
        verbose_name_plural = _("product groups")


class Channel(Labelled):
    """Where it was sold: a marketplace, a social network, a shop. ``family`` groups them."""

    family = models.CharField(_("family"), max_length=20)
    has_livestream = models.BooleanField(_("sells in livestreams"), default=False)
    has_kol = models.BooleanField(_("sells through influencers (KOL)"), default=False)

    class Meta(Labelled.Meta):
        verbose_name = _("sales channel")
        verbose_name_plural = _("sales channels")


class Bank(models.Model):
    bin = models.CharField(_("bank identification number"), max_length=6, primary_key=True)
    code = models.CharField(_("code"), max_length=20)
    short_name = models.CharField(_("short name"), max_length=60)
    name = models.CharField(_("name"), max_length=200)
    retired = models.BooleanField(_("no longer in use"), default=False)

    class Meta:
        verbose_name = _("bank")
        verbose_name_plural = _("banks")
        ordering = ["short_name"]

    def __str__(self) -> str:
        return self.short_name
