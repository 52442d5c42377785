"""What routing rules would have done to the last month's reports: counts only, for those who write the rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from complaints.lodgement import Lodgement
from complaints.models import Complaint
from events import clock
from workflows import routing
from workflows.deadlines import HANOI
from workflows.models import Case, RoutingRule

LOOKS_BACK = timedelta(days=30)
# The newest so many reports: enough to see what a rule does, and a page that answers at once.
AT_MOST = 2000


@dataclass
class Rehearsal:
    """``fits``: reports its conditions hold for; ``decides``: those no earlier rule takes; ``owners``: the
    agencies that have these now, by name."""

    rule: RoutingRule
    fits: int = 0
    decides: int = 0
    owners: Counter[str] = field(default_factory=Counter)

    @property
    def now_with(self) -> list[tuple[str, int]]:
        """Most first; a template would look ``most_common`` up as a key."""
        return self.owners.most_common()


def rehearse(province_code: str, rules: Sequence[RoutingRule]) -> tuple[int, list[Rehearsal]]:
    """(reports looked at, one rehearsal per rule), as if these rules were in force beside today's. Three queries."""
    today = clock.now().astimezone(HANOI).date()
    in_force = [rule for rule in routing.rules_in_force(province_code, today) if rule not in rules]
    table = sorted([*in_force, *rules], key=lambda rule: rule.position)
    found = {rule.pk: Rehearsal(rule) for rule in rules}
    cases = _recent(province_code)
    families = routing.channel_families()
    for case in cases:
        said = case.complaint
        facts = routing.Facts(_said(said), families.get(said.channel_id or "", ""), said.lodged_at)
        fitting = [rule for rule in table if routing.fits(rule, facts)]
        for rule in fitting:
            if rule.pk in found:
                found[rule.pk].fits += 1
        if fitting and fitting[0].pk in found:
            found[fitting[0].pk].decides += 1
            found[fitting[0].pk].owners[case.owner.name] += 1
    return len(cases), list(found.values())


def _recent(province_code: str) -> list[Case]:
    since = clock.now() - LOOKS_BACK
    newest = Case.objects.filter(province=province_code, lodged_at__gte=since).order_by("-lodged_at")
    return list(newest.select_related("complaint", "owner")[:AT_MOST])


def _said(complaint: Complaint) -> Lodgement:
    """As far as rules look at it."""
    return Lodgement(
        province=complaint.province_id,
        narrative=complaint.narrative,
        product=complaint.product,
        idempotency_key="",
        kind=complaint.kind,
        category=complaint.category_id,
        product_group=complaint.product_group_id,
        channel=complaint.channel_id,
        commune=complaint.commune_id,
        money_moved_at=complaint.money_moved_at,
    )
