"""The answer as the sender reads it: outcome, facts that are theirs to know, and what they can do now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from agencies.actors import Citizen
from events import clock
from workflows.models import Case, Remark, RemarkKind, Resolution
from workflows.next_steps import Situation, named, sentences
from workflows.outcomes import Goods, MeasureKind, OutcomeFacts
from workflows.states import Outcome, State


@dataclass(frozen=True)
class Answer:
    """``facts`` are (label, value). ``outcome`` is empty for a report that was not accepted."""

    at: datetime
    agency: str
    outcome: str
    text: str
    facts: list[tuple[str, str]]
    steps: list[str]


def answer_of(case: Case) -> Answer | None:
    """The answer that stands; None while there is none. Four queries."""
    if case.state not in (State.RESOLVED, State.REFUSED, State.CLOSED):
        return None
    own = Remark.objects.filter(case=case, kind=RemarkKind.OUTCOME).visible_to(Citizen(case.complaint_id))
    remark = own.order_by("written_at", "pk").last()
    if remark is None:
        return None
    resolution = _resolution(case, remark)
    facts = resolution.facts() if resolution else OutcomeFacts(outcome=case.outcome)
    return Answer(
        at=remark.written_at,
        agency=resolution.agency.name if resolution else case.owner.name,
        outcome=str(Outcome(facts.outcome).label) if facts.outcome else "",
        text=remark.text,
        facts=public_facts(facts),
        steps=sentences(_situation(case, facts)),
    )


def _resolution(case: Case, remark: Remark) -> Resolution | None:
    """The one this answer belongs to: a refusal and a duplicate have none."""
    found = case.resolutions.filter(answer=remark).select_related("agency", "competent_agency")
    return found.prefetch_related("measures", "goods").first()


def _situation(case: Case, facts: OutcomeFacts) -> Situation:
    open_until = case.objection_until if case.state != State.CLOSED else None
    agency = facts.competent_agency
    return Situation(
        outcome=facts.outcome,
        track=case.track,
        until=_moment(open_until) if open_until and open_until >= clock.now() else "",
        agency=named(agency.name, agency.phone) if agency else "",
        administrative_breach=facts.administrative_breach,
    )


def _moment(at: datetime) -> str:
    local = localtime(at)
    return _("%(time)s on %(day)s") % {"time": date_format(local, "H:i"), "day": date_format(local, "d/m/Y")}


def public_facts(facts: OutcomeFacts) -> list[tuple[str, str]]:
    """Without who was sanctioned and which account: whoever holds the code reads this page."""
    rows = [
        (_("Decision"), decision(facts)),
        (_("Acts and articles"), facts.legal_basis),
        (_("Amount of the fine"), money(facts.sanction_amount)),
        (_("Further measures"), measures(facts)),
        (_("Goods seized"), "; ".join(goods_line(goods) for goods in facts.goods)),
    ]
    return [row for row in rows if row[1]]


def staff_facts(facts: OutcomeFacts) -> list[tuple[str, str]]:
    rows = [
        (_("Sanctioned party"), facts.sanctioned_party),
        (_("Provision of the decree"), facts.decree),
        (_("Content removed"), facts.removed_content),
        (_("Account blocked"), facts.blocked_account),
        (_("Administrative breach"), _("yes") if facts.administrative_breach else ""),
        (_("Competent agency"), facts.competent_agency.name if facts.competent_agency else ""),
    ]
    return [*public_facts(facts), *(row for row in rows if row[1])]


def decision(facts: OutcomeFacts) -> str:
    """``15/QĐ-XPHC, 05/11/2026, Chi cục Quản lý thị trường``."""
    day = facts.decision_date.strftime("%d/%m/%Y") if facts.decision_date else ""
    return ", ".join(filter(None, [facts.decision_number, day, facts.decision_issuer]))


def measures(facts: OutcomeFacts) -> str:
    named_ones = [str(MeasureKind(kind).label) for kind in facts.measures if kind != MeasureKind.OTHER]
    return "; ".join([*named_ones, *filter(None, [facts.other_measure])])


def goods_line(goods: Goods) -> str:
    line = f"{goods.name}: {quantity(goods.quantity)} {goods.unit}"
    return f"{line} ({money(goods.value)})" if goods.value is not None else line


def quantity(amount: Decimal) -> str:
    """``1.200,5``: without zeros at the end."""
    whole, _point, part = f"{amount:,.3f}".partition(".")
    part = part.rstrip("0")
    return whole.replace(",", ".") + (f",{part}" if part else "")


def money(amount: Any) -> str:
    return f"{amount:,} đ".replace(",", ".") if amount is not None else ""
