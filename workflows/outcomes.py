"""What an outcome states beside its name: which facts belong to it, and which it cannot be without. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from agencies.models import Agency
from workflows.states import Outcome

GOODS_LIMIT = 50


class MeasureKind(TextChoices):
    """What a sanction decision orders beside the fine: Luật Xử lý vi phạm hành chính 15/2012 Đ21, Đ28."""

    WARNING = "warning", _("Formal warning")
    GOODS_CONFISCATED = "goods_confiscated", _("Goods or means confiscated")
    GOODS_DESTROYED = "goods_destroyed", _("Goods destroyed")
    GOODS_RECALLED = "goods_recalled", _("Goods recalled")
    CONTENT_REMOVED = "content_removed", _("Content removed or corrected")
    LICENCE_SUSPENDED = "licence_suspended", _("Licence or certificate suspended")
    ACTIVITY_SUSPENDED = "activity_suspended", _("Activity suspended")
    GAINS_RETURNED = "gains_returned", _("Unlawful gains paid back")
    OTHER = "other", _("Another measure")


@dataclass(frozen=True)
class Goods:
    """One kind of goods seized; ``value`` is an estimate in VND."""

    name: str
    quantity: Decimal
    unit: str
    value: int | None = None


@dataclass(frozen=True)
class OutcomeFacts:
    """``legal_basis``: the acts found, or the article of the decision. ``decree``: the provision the sanction rests on.
    ``sanction_amount`` in VND. ``competent_agency``: who gets the file, or where the sender turns instead."""

    outcome: str
    decision_number: str = ""
    decision_date: date | None = None
    decision_issuer: str = ""
    legal_basis: str = ""
    sanctioned_party: str = ""
    decree: str = ""
    sanction_amount: int | None = None
    measures: tuple[str, ...] = ()
    other_measure: str = ""
    goods: tuple[Goods, ...] = ()
    removed_content: str = ""
    blocked_account: str = ""
    administrative_breach: bool = False
    competent_agency: Agency | None = None

    def given(self) -> dict[str, Any]:
        """The facts that say something, by name."""
        return {name: value for name, value in vars(self).items() if name != "outcome" and _says_something(value)}


def _says_something(value: Any) -> bool:
    """A fine of nothing is a fact too."""
    return value not in ("", None, (), False) or (value == 0 and value is not False)


DECISION = ("decision_number", "decision_date", "decision_issuer", "legal_basis")
SANCTION = ("sanctioned_party", "decree", "sanction_amount", "measures", "other_measure")
GOODS, CONTENT, ACCOUNT = ("goods",), ("removed_content",), ("blocked_account",)
COMPETENCE = ("administrative_breach", "competent_agency")
# Columns of a row; measures and goods are rows of their own.
COLUMNS = (*DECISION, *SANCTION[:3], *CONTENT, *ACCOUNT, *COMPETENCE)

_O = Outcome
# What may be stated of an outcome. One that is not here states nothing beside its name.
STATED: dict[str, tuple[str, ...]] = {
    _O.SANCTIONED: (*DECISION, *SANCTION, *GOODS, *CONTENT, *ACCOUNT),
    _O.GOODS_SEIZED: (*DECISION, *GOODS),
    _O.CONTENT_REMOVED: (*DECISION, *CONTENT),
    _O.ACCOUNT_BLOCKED: (*DECISION, *ACCOUNT),
    _O.PROSECUTION_OPENED: (*DECISION, *GOODS, *ACCOUNT),
    _O.NOT_PROSECUTED: (*DECISION, *COMPETENCE),
    _O.OUTSIDE_COMPETENCE: ("competent_agency",),
}
_DECIDED = ("decision_number", "decision_date", "decision_issuer", "legal_basis")
# A sanction is named in public by its decision only: number, date, issuer, act (Luật 19/2023 Đ40, NĐ 55/2024 Đ24).
REQUIRED: dict[str, tuple[str, ...]] = {
    _O.SANCTIONED: (*_DECIDED, "sanctioned_party"),
    _O.GOODS_SEIZED: ("goods",),
    _O.CONTENT_REMOVED: ("removed_content",),
    _O.ACCOUNT_BLOCKED: ("blocked_account",),
    _O.PROSECUTION_OPENED: _DECIDED,
    _O.NOT_PROSECUTED: _DECIDED,
}


@dataclass(frozen=True)
class FactGroup:
    """Facts that are asked for together."""

    code: str
    title: Any
    hint: Any
    names: tuple[str, ...]

    @property
    def outcomes(self) -> list[str]:
        return [str(outcome) for outcome, stated in STATED.items() if set(stated) & set(self.names)]


FACT_GROUPS = (
    FactGroup("decision", _("The decision"), _("A sanction, and what is decided about prosecution, name their decision."), DECISION),
    FactGroup("sanction", _("The sanction"), _("Who was sanctioned, and with what."), SANCTION),
    FactGroup("goods", _("Goods seized"), _("Each kind of goods on a line of its own."), GOODS),
    FactGroup("content", _("Content removed"), _("What is no longer to be seen, and where it was."), CONTENT),
    FactGroup("account", _("Account blocked"), _("Which account, and at which bank or on which platform."), ACCOUNT),
    FactGroup("breach", _("An administrative breach"), _("Not prosecuted, yet a breach: the file goes to the competent agency within 3 days."), COMPETENCE[:1]),
    FactGroup("competence", _("The competent agency"), _("Who gets the file, or where the sender turns instead."), COMPETENCE[1:]),
)  # fmt: skip
