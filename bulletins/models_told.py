"""What was checked of a version, and what the public reads of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Province, User
from complaints.models import Category, ProductGroup

from .models_bulletins import BulletinVersion
from .models_items import ItemKind, WarningItem


class Verdict(models.TextChoices):
    PASSED = "passed", _("passed")
    FAILED = "failed", _("failed")
    WAIVED = "waived", _("waived")


class BulletinCheck(models.Model):
    """What one check said of a version. ``finding`` is a digest of what was found: a waiver holds for that alone."""

    version = models.ForeignKey(
        BulletinVersion, on_delete=models.CASCADE, related_name="checks", verbose_name=_("version")
    )
    code = models.CharField(_("check"), max_length=20)
    verdict = models.CharField(_("verdict"), max_length=6, choices=Verdict)
    places = models.JSONField(_("where"), default=list)
    finding = models.CharField(_("digest of the finding"), max_length=64, blank=True)
    checked_at = models.DateTimeField(_("checked at"))
    waived_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("waived by")
    )
    waived_reason = models.CharField(_("why it was waived"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("check of a bulletin")
        verbose_name_plural = _("checks of bulletins")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["version", "code"], name="bulletin_check_once"),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.WAIVED) | (Q(waived_by__isnull=False) & ~Q(waived_reason="")),
                name="bulletin_check_waived_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.version_id}: {self.verdict}"


class PublishedItem(models.Model):
    """An item as the public reads it: a copy made when its version was published, which nothing changes afterwards.

    Public pages and feeds are made from these rows alone; no table of cases is behind them. ``content`` is the item's
    part of the version's content; ``search_text`` is folded; ``down_on`` is the first day it is not shown.
    """

    version = models.ForeignKey(
        BulletinVersion, on_delete=models.PROTECT, related_name="published_items", verbose_name=_("version")
    )
    item = models.ForeignKey(
        WarningItem, on_delete=models.PROTECT, related_name="published", verbose_name=_("warning item")
    )
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+", verbose_name=_("province"))
    kind = models.CharField(_("kind"), max_length=10, choices=ItemKind)
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(
        _("title"), max_length=600
    )  # as it is told: defanged, a title is up to three times as long
    slug = models.SlugField(_("address"), max_length=120)
    product_group = models.ForeignKey(
        ProductGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product group")
    )
    scam = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kind of scam")
    )
    content = models.JSONField(_("content"))
    search_text = models.TextField(_("folded text"))
    published_at = models.DateTimeField(_("published at"))
    down_on = models.DateField(_("comes down on"), null=True, blank=True)

    class Meta:
        verbose_name = _("published item")
        verbose_name_plural = _("published items")
        ordering = ["-published_at", "position", "id"]
        indexes = [models.Index(fields=["province", "kind", "-published_at"], name="published_item_newest")]
        constraints = [
            models.UniqueConstraint(fields=["version", "item"], name="published_item_once"),
            models.CheckConstraint(
                condition=~Q(kind=ItemKind.VIOLATOR) | Q(down_on__isnull=False), name="published_violator_comes_down"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.item_id} in {self.version_id}"


class Hotline(models.Model):
    """A number a province's bulletins print. A province with any row prints its own list only."""

    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+", verbose_name=_("province"))
    number = models.CharField(_("number"), max_length=30)
    words = models.CharField(_("what it is for (Vietnamese)"), max_length=160)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("hotline")
        verbose_name_plural = _("hotlines")
        ordering = ["province", "position", "id"]
        constraints = [models.UniqueConstraint(fields=["province", "number"], name="hotline_once")]

    def __str__(self) -> str:
        return self.number
