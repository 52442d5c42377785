"""The facts of an outcome: checked by name, and kept as rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from workflows.errors import InvalidInput
from workflows.models import Case, ExtraMeasure, Resolution, ResolutionProposal, SeizedGoods
from workflows.outcomes import COLUMNS, DECISION, GOODS_LIMIT, REQUIRED, STATED, MeasureKind, OutcomeFacts
from workflows.states import OUTCOMES, Outcome, Track


def checked_facts(case: Case, facts: OutcomeFacts) -> OutcomeFacts:
    """The facts as they are kept: a decision that names no issuer is the owner's own. Raises InvalidInput with the
    name of the fact that is missing, wrong, or no fact of this outcome."""
    if facts.outcome not in OUTCOMES[Track(case.track)]:
        raise InvalidInput("outcome", _("Choose an outcome of the list."))
    _check_values(facts)
    foreign = next((name for name in facts.given() if name not in STATED.get(facts.outcome, ())), None)
    if foreign:
        label = Outcome(facts.outcome).label
        raise InvalidInput(foreign, _("This does not belong to “%(outcome)s”: leave it empty.") % {"outcome": label})
    if facts.decision_number and not facts.decision_issuer:
        facts = replace(facts, decision_issuer=case.owner.name)
    _check_complete(facts)
    return facts


def _check_values(facts: OutcomeFacts) -> None:
    if facts.sanction_amount is not None and facts.sanction_amount < 0:
        raise InvalidInput("sanction_amount", _("An amount cannot be negative."))
    if not set(facts.measures) <= set(MeasureKind.values) or len(set(facts.measures)) < len(facts.measures):
        raise InvalidInput("measures", _("Choose measures of the list."))
    if (MeasureKind.OTHER in facts.measures) != bool(facts.other_measure):
        raise InvalidInput("other_measure", _("Tick “another measure” and say which it is."))
    if len(facts.goods) > GOODS_LIMIT:
        raise InvalidInput("goods", _("At most %(n)d kinds of goods.") % {"n": GOODS_LIMIT})
    if any(goods.quantity <= 0 or (goods.value or 0) < 0 for goods in facts.goods):
        raise InvalidInput("goods", _("A quantity is more than nothing, and a value is not negative."))


def _check_complete(facts: OutcomeFacts) -> None:
    given = facts.given()
    # A decision named in part is no decision.
    named = ("decision_number", "decision_date") if set(given) & set(DECISION) else ()
    needed = (*REQUIRED.get(facts.outcome, ()), *named)
    missing = next((name for name in needed if name not in given), None)
    if missing:
        raise InvalidInput(missing, _missing(facts.outcome))
    if facts.administrative_breach and facts.competent_agency is None:
        raise InvalidInput("competent_agency", _("Say which agency gets the file."))


def _missing(outcome: str) -> str:
    return _("“%(outcome)s” needs this.") % {"outcome": Outcome(outcome).label}


def columns(facts: OutcomeFacts) -> dict[str, Any]:
    return {"outcome": facts.outcome} | {name: getattr(facts, name) for name in COLUMNS}


def store_lists(facts: OutcomeFacts, *, of: Resolution | ResolutionProposal) -> None:
    owner: dict[str, Any] = {"resolution" if isinstance(of, Resolution) else "proposal": of}
    ExtraMeasure.objects.bulk_create(
        ExtraMeasure(**owner, kind=kind, detail=facts.other_measure if kind == MeasureKind.OTHER else "")
        for kind in facts.measures
    )
    SeizedGoods.objects.bulk_create(SeizedGoods(**owner, **vars(goods)) for goods in facts.goods)
