"""Agencies and their units. Names and competences are rows: they differ by province."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .places import Commune, Province


class AgencyKind(models.Model):
    """What sort of body it is (industry and trade, market surveillance, police, association, commune…)."""

    code = models.CharField(_("code"), max_length=30, primary_key=True)
    label_vi = models.CharField(_("label (Vietnamese)"), max_length=120)
    label_en = models.CharField(_("label (English)"), max_length=120)
    is_police = models.BooleanField(_("police"), default=False)
    is_association = models.BooleanField(_("association"), default=False)
    retired = models.BooleanField(_("no longer in use"), default=False)

    class Meta:
        verbose_name = _("kind of agency")
        verbose_name_plural = _("kinds of agency")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.label_vi


class Agency(models.Model):
    """An agency, or a unit of one (``parent``). It may serve several provinces.

    ``tracks`` are those it is competent for; a referral outside them needs a written reason.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    kind = models.ForeignKey(AgencyKind, on_delete=models.PROTECT, verbose_name=_("kind"))
    name = models.CharField(_("name"), max_length=160)
    short_name = models.CharField(_("short name"), max_length=60)
    abbreviation = models.CharField(_("abbreviation in document numbers"), max_length=20)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="units", verbose_name=_("part of")
    )
    provinces = models.ManyToManyField(Province, related_name="agencies", verbose_name=_("provinces served"))
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, blank=True, related_name="agencies", verbose_name=_("commune")
    )
    tracks = models.JSONField(_("competent for tracks"), default=list)
    is_lead = models.BooleanField(_("lead agency"), default=False)
    assisted_intake_only = models.BooleanField(_("assisted intake only"), default=False)
    handlers_self_assign = models.BooleanField(_("handlers may take cases themselves"), default=True)
    requires_two_persons = models.BooleanField(_("a supervisor confirms each resolution"), default=False)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_police(self) -> bool:
        return self.kind.is_police

    @property
    def is_association(self) -> bool:
        return self.kind.is_association
