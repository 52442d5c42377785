"""What a bulletin warns of. An item is the agency's own words; where it came from is linked and never shown outside."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.actors import Actor, Member
from agencies.models import Agency, Province, Role, User
from complaints.models import Category, Channel, Evidence, ProductGroup
from workflows.models import Case

TEXT_LIMIT = 5_000
LINE_LIMIT = 300


class ItemKind(models.TextChoices):
    """In the order of a bulletin's sections."""

    PRODUCT = "product", _("product warning")
    SCAM = "scam", _("scam method")
    VIOLATOR = "violator", _("sanctioned violator")
    ADVICE = "advice", _("advice")
    KNOWLEDGE = "knowledge", _("legal knowledge")


class NamedBy(models.TextChoices):
    """What allows to name a business (Luật 19/2023 Đ40, Đ50.1e)."""

    NOBODY = "", _("no business is named")
    DECISION = "decision", _("a decision of a competent body")
    OWN_RESPONSIBILITY = "own", _("the issuer's own responsibility")


def _line(label: Any, limit: int = LINE_LIMIT) -> models.CharField[str, str]:
    return models.CharField(label, max_length=limit, blank=True)


def _text(label: Any) -> models.TextField[str, str]:
    return models.TextField(label, max_length=TEXT_LIMIT, blank=True)


class ItemQuerySet(models.QuerySet["WarningItem"]):
    def visible_to(self, actor: Actor | None) -> ItemQuerySet:
        """Those of the agency that issues bulletins, to its editors and approvers."""
        if not isinstance(actor, Member) or not actor.agency.is_lead or not actor.has(Role.EDITOR, Role.APPROVER):
            return self.none()
        return self.filter(agency=actor.agency)


class WarningItem(models.Model):
    """One warning, piece of advice or article. ``revision`` counts its edits; which fields a kind has: `item_fields`."""

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("issuing agency"))
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+", verbose_name=_("province"))
    kind = models.CharField(_("kind"), max_length=10, choices=ItemKind)
    title = models.CharField(_("title"), max_length=200)
    text = _text(_("what there is to know"))
    product_group = models.ForeignKey(
        ProductGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product group")
    )
    scam = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("kind of scam")
    )
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("seller's channel")
    )
    product = _line(_("product"))
    brand = _line(_("brand"), 200)
    model_or_lot = _line(_("model or lot"), 200)
    barcode = _line(_("barcode"), 20)
    origin = _line(_("origin of the goods"), 200)
    seller_channel = _line(_("where it is sold"))
    risk = _text(_("risk"))
    how_it_goes = _text(_("how it goes"))
    how_to_recognise = _text(_("how to recognise it"))
    what_to_do = _text(_("what to do"))
    identifiers = _text(_("numbers, accounts and links used, one a line"))
    business = _line(_("business named"))
    named_by = models.CharField(_("what allows to name it"), max_length=10, choices=NamedBy, blank=True)
    responsibility = _text(_("statement of own responsibility"))
    reply_asked_on = models.DateField(_("the business was asked for its reply on"), null=True, blank=True)
    reply = _text(_("reply of the business"))
    decision_number = _line(_("decision number"), 60)
    decision_date = models.DateField(_("decision date"), null=True, blank=True)
    decision_issuer = _line(_("who issued the decision"), 200)
    act = _line(_("act"), 500)
    area = _line(_("area"))
    sanction_amount = models.BigIntegerField(_("sanction (VND)"), null=True, blank=True)
    legal_source = _line(_("legal source"), 500)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("written by"))
    created_at = models.DateTimeField(_("written at"))
    changed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("changed by"))
    changed_at = models.DateTimeField(_("changed at"))
    # Luật 19/2023, NĐ 55 Đ24.3: a violator's listing comes down; from then on no page shows it.
    taken_down_at = models.DateTimeField(_("taken down at"), null=True, blank=True)
    # Empty where the listing was over; an approver says why.
    # Read by the agency alone, told by no event; emptied, it is gone, and the item stays down.
    taken_down_reason = models.TextField(_("why it was taken down"), max_length=2_000, blank=True)

    objects = ItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("warning item")
        verbose_name_plural = _("warning items")
        ordering = ["-id"]
        indexes = [models.Index(fields=["agency", "kind", "-id"], name="warning_item_newest")]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="warning_item_has_title"),
            # Đ40; NĐ 55 Đ24: a violator is named with number, date, issuer and act of the decision, or not at all.
            models.CheckConstraint(
                condition=~Q(kind=ItemKind.VIOLATOR)
                | (~Q(decision_number="") & Q(decision_date__isnull=False) & ~Q(decision_issuer="") & ~Q(act="")
                   & ~Q(business="")),
                name="warning_item_violator_has_decision",
            ),
            models.CheckConstraint(
                condition=Q(sanction_amount=None) | Q(sanction_amount__gte=0), name="warning_item_sanction_amount"
            ),
            models.CheckConstraint(
                condition=Q(taken_down_reason="") | Q(taken_down_at__isnull=False), name="warning_item_reason_is_of_taking_down"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def stream(self) -> str:
        return f"warning:{self.pk}"


class SourceKind(models.TextChoices):
    CASE = "case", _("case")
    CAMPAIGN = "campaign", _("campaign")
    SEARCH = "search", _("saved search")


class ItemSource(models.Model):
    """Where an item comes from. Never told outside the agency. Of a campaign or a search, ``reference`` is its id, and
    the cases it held when the item was drafted are rows of their own."""

    item = models.ForeignKey(WarningItem, on_delete=models.CASCADE, related_name="sources", verbose_name=_("item"))
    kind = models.CharField(_("kind"), max_length=10, choices=SourceKind)
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("case")
    )
    reference = models.PositiveBigIntegerField(_("id of the campaign or search"), null=True, blank=True)

    class Meta:
        verbose_name = _("source of an item")
        verbose_name_plural = _("sources of items")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=SourceKind.CASE, case__isnull=False, reference=None)
                | (~Q(kind=SourceKind.CASE) & Q(case=None, reference__isnull=False)),
                name="item_source_is_one_thing",
            ),
            models.UniqueConstraint(fields=["item", "case"], name="item_source_case_once"),
            models.UniqueConstraint(fields=["item", "kind", "reference"], name="item_source_reference_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.item_id}"


class ItemPhoto(models.Model):
    """A copy of a cleared picture with what must not be seen filled in; the original keeps its place and its seal.

    ``boxes``: [x, y, width, height] each, in thousandths of the picture. ``nothing_to_hide`` is said by a person who
    looked: a photo has boxes, or this.
    """

    item = models.ForeignKey(WarningItem, on_delete=models.CASCADE, related_name="photos", verbose_name=_("item"))
    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="+", verbose_name=_("evidence"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    alt = models.CharField(_("what the picture shows"), max_length=300)
    boxes = models.JSONField(_("filled boxes"), default=list)
    nothing_to_hide = models.BooleanField(_("looked at: nothing has to be filled in"), default=False)
    file = models.FileField(_("file"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    placed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("placed by"))
    placed_at = models.DateTimeField(_("placed at"))

    class Meta:
        verbose_name = _("photo of an item")
        verbose_name_plural = _("photos of items")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["item", "evidence"], name="item_photo_once"),
            models.CheckConstraint(condition=~Q(alt=""), name="item_photo_has_alt"),
            models.CheckConstraint(condition=~Q(boxes=[]) | Q(nothing_to_hide=True), name="item_photo_was_looked_at"),
        ]

    def __str__(self) -> str:
        return f"photo {self.pk}"
