"""The facts of an outcome as rows: columns that a proposed and a given resolution share, and lists beside them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from workflows.outcomes import COLUMNS, REQUIRED, Goods, MeasureKind, OutcomeFacts
from workflows.states import Outcome


class Concluded(models.Model):
    """What was decided, or is proposed. The lists, ``measures`` and ``goods``, are rows that point here."""

    outcome = models.CharField(_("outcome"), max_length=32, choices=Outcome)
    decision_number = models.CharField(_("decision number"), max_length=60, blank=True)
    decision_date = models.DateField(_("decision date"), null=True, blank=True)
    decision_issuer = models.CharField(_("who issued the decision"), max_length=200, blank=True)
    legal_basis = models.CharField(_("acts and articles"), max_length=1000, blank=True)
    sanctioned_party = models.CharField(_("who was sanctioned"), max_length=200, blank=True)
    decree = models.CharField(_("provision of the decree"), max_length=200, blank=True)
    sanction_amount = models.BigIntegerField(_("sanction (VND)"), null=True, blank=True)
    removed_content = models.CharField(_("content removed"), max_length=1000, blank=True)
    blocked_account = models.CharField(_("account blocked"), max_length=300, blank=True)
    administrative_breach = models.BooleanField(_("an administrative breach"), default=False)
    competent_agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("competent agency")
    )

    class Meta:
        abstract = True

    def facts(self) -> OutcomeFacts:
        """Reads ``measures`` and ``goods``."""
        row: Any = self
        measures = list(row.measures.all())
        return OutcomeFacts(
            outcome=self.outcome,
            measures=tuple(measure.kind for measure in measures),
            other_measure=next((measure.detail for measure in measures if measure.detail), ""),
            goods=tuple(Goods(g.name, g.quantity, g.unit, g.value) for g in row.goods.all()),
            **{name: getattr(self, name) for name in COLUMNS},
        )


def complete() -> Q:
    """The columns that an outcome cannot be without; lists are the service's to count."""
    condition = Q(administrative_breach=False) | Q(competent_agency__isnull=False)
    for outcome, names in REQUIRED.items():
        stated = Q()
        for name in names:
            if name in COLUMNS:
                stated &= Q(decision_date__isnull=False) if name == "decision_date" else ~Q(**{name: ""})
        if stated:
            condition &= ~Q(outcome=str(outcome)) | stated
    return condition


def of_one(name: str) -> models.CheckConstraint:
    """A row of a list belongs to a resolution or to a proposal: to exactly one."""
    of_resolution = Q(resolution__isnull=False, proposal__isnull=True)
    return models.CheckConstraint(
        condition=of_resolution | Q(resolution__isnull=True, proposal__isnull=False), name=name
    )


class ExtraMeasure(models.Model):
    """Ordered beside the fine. ``detail`` says what another measure is."""

    resolution = models.ForeignKey(
        "workflows.Resolution", on_delete=models.CASCADE, null=True, blank=True, related_name="measures"
    )
    proposal = models.ForeignKey(
        "workflows.ResolutionProposal", on_delete=models.CASCADE, null=True, blank=True, related_name="measures"
    )
    kind = models.CharField(_("measure"), max_length=20, choices=MeasureKind)
    detail = models.CharField(_("which measure"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("extra measure")
        verbose_name_plural = _("extra measures")
        ordering = ["id"]
        constraints = [
            of_one("measure_of_one"),
            models.CheckConstraint(condition=~Q(kind=MeasureKind.OTHER) | ~Q(detail=""), name="measure_other_is_named"),
            models.UniqueConstraint(fields=["resolution", "kind"], name="measure_once_in_resolution"),
            models.UniqueConstraint(fields=["proposal", "kind"], name="measure_once_in_proposal"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class SeizedGoods(models.Model):
    """One kind of goods; ``value`` is an estimate in VND."""

    resolution = models.ForeignKey(
        "workflows.Resolution", on_delete=models.CASCADE, null=True, blank=True, related_name="goods"
    )
    proposal = models.ForeignKey(
        "workflows.ResolutionProposal", on_delete=models.CASCADE, null=True, blank=True, related_name="goods"
    )
    name = models.CharField(_("goods"), max_length=200)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    unit = models.CharField(_("unit"), max_length=30)
    value = models.BigIntegerField(_("estimated value (VND)"), null=True, blank=True)

    class Meta:
        verbose_name = _("seized goods")
        verbose_name_plural = _("seized goods")
        ordering = ["id"]
        constraints = [
            of_one("goods_of_one"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="goods_quantity"),
            models.CheckConstraint(condition=Q(value=None) | Q(value__gte=0), name="goods_value"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"
