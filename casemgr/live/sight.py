"""What sockets may watch: asked for many at once, of the same querysets as the pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from agencies.actors import Member
from agencies.models import Agency, Membership, User
from notifications.watching import topic_of_case, topic_of_desk
from workflows.models import Case


@dataclass(frozen=True)
class Watch:
    """What one page watches for its person, acting for the agency: a case, or without one the agency's lists."""

    person_id: int
    agency_id: int
    case_id: int | None = None
    number: str = ""

    @property
    def topic(self) -> str:
        return topic_of_desk(self.agency_id) if self.case_id is None else topic_of_case(self.case_id)


def find_watch(person_id: int, agency_code: str, number: str) -> Watch | None:
    """The watch a page asks for, if its person may see that. Foreign and nonexistent answer alike."""
    member = _members({person_id}).get((person_id, agency_code))
    if member is None:
        return None
    if not number:
        return Watch(person_id, member.agency.pk)
    case_id = Case.objects.visible_to(member).filter(number=number).values_list("pk", flat=True).first()
    return None if case_id is None else Watch(person_id, member.agency.pk, case_id, number)


def still_seen(watches: Collection[Watch]) -> set[Watch]:
    """Those whose person may see what is watched now: one query for the people, one for each agency among them."""
    members = {(person, m.agency.pk): m for (person, _), m in _members({w.person_id for w in watches}).items()}
    holding = [w for w in watches if (w.person_id, w.agency_id) in members]
    cases: dict[int, set[int | None]] = defaultdict(set)
    for watch in holding:
        cases[watch.agency_id].add(watch.case_id)
    visible = {agency: _visible(_any(members, agency), asked - {None}) for agency, asked in cases.items()}
    return {w for w in holding if w.case_id is None or w.case_id in visible[w.agency_id]}


def here(watch: Watch, others: Collection[tuple[int, int, bool]]) -> list[dict[str, str | bool]] | None:
    """How (person id, agency id, whether typing) of others on the same case are told to this page: colleagues by name,
    another agency's people as their agency, each once. None when the page's own person may not see the case now."""
    if watch not in still_seen([watch]):
        return None
    people = {p for p, agency, _ in others if agency == watch.agency_id and p != watch.person_id}
    agencies = {agency for _, agency, _ in others if agency != watch.agency_id}
    typing = {key for p, agency, types in others if types for key in (("p", p), ("a", agency))}
    names = User.objects.filter(pk__in=people).order_by("name", "pk").values_list("pk", "name") if people else ()
    shorts = Agency.objects.filter(pk__in=agencies).order_by("short_name").values_list("pk", "name") if agencies else ()
    told: list[dict[str, str | bool]] = [{"name": name, "typing": ("p", pk) in typing} for pk, name in names]
    return told + [{"agency": name, "typing": ("a", pk) in typing} for pk, name in shorts]


def _visible(member: Member, cases: Collection[int | None]) -> set[int]:
    found = Case.objects.visible_to(member).filter(pk__in=cases) if cases else Case.objects.none()
    return set(found.values_list("pk", flat=True))


def _any(members: dict[tuple[int, int], Member], agency_id: int) -> Member:
    """Which cases are seen is the agency's; all of these handle cases."""
    return next(member for (_, agency), member in members.items() if agency == agency_id)


def _members(people: Collection[int]) -> dict[tuple[int, str], Member]:
    """By (person id, agency code), those who handle cases. One query."""
    return {key: member for key, member in members_of(people).items() if member.handles_cases}


def members_of(people: Collection[int]) -> dict[tuple[int, str], Member]:
    """By (person id, agency code). One query."""
    held = Membership.objects.filter(person__in=people, revoked_at=None, person__is_active=True, agency__is_active=True)
    roles: dict[tuple[int, str], list[Membership]] = defaultdict(list)
    for membership in held.select_related("person", "agency__kind"):
        if membership.agency:
            roles[membership.person_id, membership.agency.code].append(membership)
    return {
        key: Member(rows[0].person, rows[0].agency, frozenset(row.role for row in rows))
        for key, rows in roles.items()
        if rows[0].agency
    }
