"""What makes a table of rules sound: no two clocks for one thing at one time, and no report without a route."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db.models import Q
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from agencies.models import Agency
from complaints.models import Kind
from workflows.errors import InvalidInput
from workflows.models import ClockRule, RoutingRule
from workflows.obligations import label_of
from workflows.states import State, Track

_CONDITIONS = (
    "category_id", "product_group_id", "channel_family", "commune_id", "keywords", "money_moved_within_hours"
)  # fmt: skip


def check_period(rule: ClockRule | RoutingRule) -> None:
    """Raises InvalidInput when the rule ends before it begins."""
    if rule.effective_from and rule.effective_to and rule.effective_to < rule.effective_from:
        raise InvalidInput("effective_to", _("The rule would end before it begins."))


def check_clock_rule(rule: ClockRule, today: date) -> None:
    """Raises InvalidInput when the rule is for nothing or for two things, when another rule sets the same clock for
    some of the same days, or when a clock that had a limit would be left without one."""
    check_period(rule)
    if bool(rule.state) == bool(rule.event):
        raise InvalidInput("event", _("A limit is for a state or for what an event asks for: choose one of the two."))
    if (rule.warn_before_amount is None) != (rule.warn_before_unit == "") or rule.warn_before_amount == 0:
        raise InvalidInput("warn_before_amount", _("A warning needs an amount and a unit; leave both empty for none."))
    if rule.state == State.AWAITING_COMPLAINANT and rule.warn_before_amount is None:
        raise InvalidInput(
            "warn_before_amount",
            _("The sender is reminded by the warning; without one no case could ever be given up."),
        )
    _check_overlap(rule)
    _check_gap(rule, today)


def _check_overlap(rule: ClockRule) -> None:
    same = ClockRule.objects.filter(
        province=rule.province_id, track=rule.track, state=rule.state, event=rule.event, urgent=rule.urgent
    ).exclude(pk=rule.pk)
    later = Q(effective_to=None) | Q(effective_to__gte=rule.effective_from)
    earlier = Q(effective_from__lte=rule.effective_to) if rule.effective_to else Q()
    other = same.filter(later & earlier).order_by("effective_from").first()
    if other:
        raise InvalidInput(
            "effective_from",
            _("Another rule sets the same limit %(period)s. End that one the day before this one begins.")
            % {"period": period_of(other)},
        )


def _check_gap(rule: ClockRule, today: date) -> None:
    own_or_default = Q(province=rule.province_id) | Q(province=None)
    before = list(ClockRule.objects.filter(own_or_default))
    after = [*(other for other in before if other.pk != rule.pk), rule]
    edges = {today, rule.effective_from} | ({rule.effective_to + timedelta(days=1)} if rule.effective_to else set())
    for day in sorted(edge for edge in edges if edge >= today):
        if lost := _limited(before, day) - _limited(after, day):
            obligation, track = min(lost)
            raise InvalidInput(
                "effective_to" if rule.effective_to else "state",
                _("From %(day)s no limit would be left for “%(what)s” on the track “%(track)s”. Add one first.")
                % {"day": date_format(day, "d/m/Y"), "what": label_of(obligation), "track": Track(track).label},
            )


def _limited(rules: Sequence[ClockRule], day: date) -> set[tuple[str, str]]:
    """(obligation, track) for which a limit holds that day whether urgent or not."""
    return {
        (rule.obligation, track)
        for rule in rules
        if _in_force(rule, day) and not rule.urgent
        for track in ([rule.track] if rule.track else Track.values)
    }


def period_of(rule: ClockRule | RoutingRule) -> str:
    """``từ 01/07/2024 đến 31/12/2026``."""
    begins = date_format(rule.effective_from, "d/m/Y")
    if rule.effective_to is None:
        return _("from %(begins)s on") % {"begins": begins}
    return _("from %(begins)s to %(ends)s") % {"begins": begins, "ends": date_format(rule.effective_to, "d/m/Y")}


def check_routing_rule(rule: RoutingRule, today: date) -> None:
    """Raises InvalidInput when an agency does not serve the province, or when a kind of submission would be left
    without any route: nobody could lodge it."""
    check_period(rule)
    for field in ("agency", "refer_to"):
        agency: Agency | None = getattr(rule, field)
        if agency and not agency.provinces.filter(pk=rule.province_id).exists():
            raise InvalidInput(field, _("%(agency)s does not serve this province.") % {"agency": agency})
    others = list(RoutingRule.objects.filter(province=rule.province_id).exclude(pk=rule.pk))
    before = [*others, *RoutingRule.objects.filter(pk=rule.pk)]
    days = {today, rule.effective_to + timedelta(days=1)} if rule.effective_to else {today}
    for day in sorted(day for day in days if day >= today):
        lost = set(uncaught(day, [*others, rule])) - set(uncaught(day, before))
        if lost:
            kinds = ", ".join(str(kind.label) for kind in Kind if kind in lost)
            raise InvalidInput(
                "effective_to" if rule.effective_to else "kind",
                _("From %(day)s no rule without conditions would be left for: %(kinds)s. Add one first.")
                % {"day": date_format(day, "d/m/Y"), "kinds": kinds},
            )


def uncaught(day: date, rules: Sequence[RoutingRule]) -> list[Kind]:
    """Kinds of submission that some report of that day could find no route for."""
    caught = {rule.kind for rule in rules if _in_force(rule, day) and not any(getattr(rule, c) for c in _CONDITIONS)}
    return [] if "" in caught else [kind for kind in Kind if kind not in caught]


def _in_force(rule: ClockRule | RoutingRule, day: date) -> bool:
    return rule.effective_from <= day and (rule.effective_to is None or rule.effective_to >= day)
