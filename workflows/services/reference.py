"""The rules a province starts with: clocks of the law, and a routing table over its own agencies."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.db import transaction

from agencies.actors import Actor
from agencies.models import Agency, Province
from agencies.services.seeding import TableChange, add_from_seed, flag, read_seed
from events.services.recording import record_event
from workflows.models import Deliverable, RoutingRule

SEEDS = Path(__file__).resolve().parent.parent / "reference"
# Luật Bảo vệ quyền lợi người tiêu dùng 19/2023 took effect; earlier cases follow the same limits.
SINCE = date(2024, 7, 1)


class NoLeadAgency(LookupError):
    """A province without a lead agency has nobody to receive what no rule fits."""


@transaction.atomic
def load_deliverables(seeds: Path = SEEDS, *, overwrite: bool = False) -> TableChange:
    """Add the things agencies usually ask of each other that are missing; what an administrator changed stays."""
    rows = enumerate(read_seed(seeds / "deliverables.csv"), start=1)
    # Room between two seeded rows for an administrator's own.
    new = ({**row, "amount": int(row["amount"]), "position": number * 10} for number, row in rows)
    return add_from_seed(Deliverable, new, overwrite=overwrite)


@transaction.atomic
def install_routing_rules(province: Province, seeds: Path = SEEDS) -> int:
    """Give a province that has no routing rules the usual ones; how many. Agencies it lacks are
    stood in for by its lead agency. Raises NoLeadAgency."""
    if RoutingRule.objects.select_for_update().filter(province=province).exists():
        return 0
    agencies = _agencies_by_kind(province.agencies.filter(is_active=True).select_related("kind"))
    if "lead" not in agencies:
        raise NoLeadAgency(province.code)
    rows = read_seed(seeds / "routing_rules.csv")
    RoutingRule.objects.bulk_create(_routing_rule(row, province, agencies) for row in rows)
    return len(rows)


@transaction.atomic
def hand_over_rules(province: Province, *, by: Actor, seeds: Path = SEEDS) -> int:
    """Point the usual rules that the lead agency stands in for at agencies that have come since; how many.

    A rule that names another agency, or whose explanation someone changed, stays. Raises NoLeadAgency.
    """
    agencies = _agencies_by_kind(province.agencies.filter(is_active=True).select_related("kind"))
    if "lead" not in agencies:
        raise NoLeadAgency(province.code)
    usual = {
        row["explanation"]: _routing_rule(row, province, agencies) for row in read_seed(seeds / "routing_rules.csv")
    }
    rules = RoutingRule.objects.select_for_update().filter(province=province, explanation__in=usual)
    return sum(_hand_over(rule, usual[rule.explanation], agencies["lead"], by) for rule in rules)


def _hand_over(rule: RoutingRule, usual: RoutingRule, lead: Agency, by: Actor) -> bool:
    given = {}
    if rule.agency_id == lead.pk and usual.agency_id != lead.pk:
        given["agency"] = usual.agency
    if rule.refer_to_id is None and usual.refer_to and usual.refer_to_id != rule.agency_id:
        given["refer_to"] = usual.refer_to
    if not given:
        return False
    for name, agency in given.items():
        setattr(rule, name, agency)
    rule.save(update_fields=list(given))
    about = {"model": "routingrule", "pk": rule.pk, "fields": sorted(given)}
    values = {name: agency.code for name, agency in given.items()}
    record_event(f"rules:{rule.province_id}", "rules.changed", by=by, **about, values=values)
    return True


def _agencies_by_kind(agencies: Iterable[Agency]) -> dict[str, Agency]:
    """The first agency of each kind, whole agencies before units; `lead` is the lead agency."""
    found: dict[str, Agency] = {}
    for agency in sorted(agencies, key=lambda a: (a.parent_id is not None, a.code)):
        found.setdefault(agency.kind_id, agency)
        if agency.is_lead:
            found.setdefault("lead", agency)
    return found


def _routing_rule(row: dict[str, str], province: Province, agencies: dict[str, Agency]) -> RoutingRule:
    target = agencies.get(row["refer_to_kind"])
    return RoutingRule(
        province=province,
        position=int(row["position"]),
        kind=row["kind"],
        category_id=row["category"] or None,
        keywords=row["keywords"],
        money_moved_within_hours=int(row["hours"]) if row["hours"] else None,
        agency=agencies.get(row["agency_kind"], agencies["lead"]),
        refer_to=target,
        track=row["track"],
        urgent=flag(row["urgent"]),
        explanation=row["explanation"],
        effective_from=SINCE,
    )
