"""Routing: rows tried in order, the first that fits decides. Pure, over rules read once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from django.db.models import Q

from agencies.folding import fold
from complaints.lodgement import Lodgement
from complaints.models import Channel
from workflows.models import RoutingRule


class NoRoute(LookupError):
    """No rule of the province fits: a gap in its table."""


@dataclass(frozen=True)
class Facts:
    """What rules look at."""

    lodgement: Lodgement
    channel_family: str
    at: datetime

    @cached_property
    def words(self) -> str:
        text = f" {self.lodgement.narrative} {self.lodgement.product} "
        return " " + " ".join(fold(text).split()) + " "


def choose(rules: Sequence[RoutingRule], facts: Facts) -> RoutingRule:
    """The first rule that fits. Raises NoRoute."""
    for rule in rules:
        if fits(rule, facts):
            return rule
    raise NoRoute(facts.lodgement.province)


def fits(rule: RoutingRule, facts: Facts) -> bool:
    said = facts.lodgement
    return (
        (not rule.kind or rule.kind == said.kind)
        and (not rule.category_id or rule.category_id == said.category)
        and (not rule.product_group_id or rule.product_group_id == said.product_group)
        and (not rule.channel_family or rule.channel_family == facts.channel_family)
        and (not rule.commune_id or rule.commune_id == said.commune)
        and _money_moved_lately(rule, facts)
        and _has_keyword(rule, facts)
        # Last: of most rules the agencies are never read.
        and rule.agency.is_active
        and (rule.refer_to is None or rule.refer_to.is_active)
    )


def _money_moved_lately(rule: RoutingRule, facts: Facts) -> bool:
    if rule.money_moved_within_hours is None:
        return True
    moved = facts.lodgement.money_moved_at
    return moved is not None and facts.at - moved <= timedelta(hours=rule.money_moved_within_hours)


def _has_keyword(rule: RoutingRule, facts: Facts) -> bool:
    keywords = keywords_of(rule)
    return not keywords or any(keyword in facts.words for keyword in keywords)


def keywords_of(rule: RoutingRule) -> list[str]:
    """The rule's words, folded, each between spaces so that only whole words match; kept on the row."""
    folded: list[str] | None = getattr(rule, "_folded_keywords", None)
    if folded is None:
        folded = [f" {fold(word).strip()} " for word in rule.keywords.split(",") if word.strip()]
        rule._folded_keywords = folded  # type: ignore[attr-defined]
    return folded


def rules_in_force(province_code: str, day: date) -> list[RoutingRule]:
    current = Q(effective_from__lte=day) & (Q(effective_to=None) | Q(effective_to__gte=day))
    # Agencies are read when a rule is chosen: a lodging needs one of them, not all.
    rules = RoutingRule.objects.filter(current, province=province_code)
    return list(rules.order_by("position", "-effective_from"))


def channel_families() -> dict[str, str]:
    return dict(Channel.objects.values_list("code", "family"))


def facts_of(lodgements: Iterable[Lodgement], at: datetime) -> list[Facts]:
    families = channel_families()
    return [Facts(said, families.get(said.channel or "", ""), at) for said in lodgements]
