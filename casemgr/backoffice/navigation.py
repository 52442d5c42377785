"""The side menu: entries appear when their page exists and the person may open it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from agencies.actors import Member, Overseer
from agencies.models import Role
from bulletins.policy import may_hand_over, may_prepare
from bulletins.policy_reports import may_report
from workflows.models.import_run import may_import
from workflows.policy_cooperation import may_open_own_initiative

from .access import is_handler_of_cases

Allowed = Callable[[HttpRequest], bool]


def at_desk(request: HttpRequest) -> bool:
    return is_handler_of_cases(request.actor)  # type: ignore[attr-defined]


def holding(*roles: str) -> Allowed:
    def allowed(request: HttpRequest) -> bool:
        actor = request.actor  # type: ignore[attr-defined]
        return isinstance(actor, Member) and actor.has(*roles)

    return allowed


def leads_a_desk(request: HttpRequest) -> bool:
    actor = request.actor  # type: ignore[attr-defined]
    return isinstance(actor, Member) and actor.has(Role.SUPERVISOR) and not actor.agency.assisted_intake_only


def reads_figures(request: HttpRequest) -> bool:
    actor = request.actor  # type: ignore[attr-defined]
    return isinstance(actor, Overseer) or (at_desk(request) and not actor.agency.assisted_intake_only)


def issues_bulletins(request: HttpRequest) -> bool:
    return may_prepare(request.actor)  # type: ignore[attr-defined]


def hands_over(request: HttpRequest) -> bool:
    return may_hand_over(request.actor)  # type: ignore[attr-defined]


def reports(request: HttpRequest) -> bool:
    return may_report(request.actor)  # type: ignore[attr-defined]


def finds_cases(request: HttpRequest) -> bool:
    return may_open_own_initiative(request.actor)  # type: ignore[attr-defined]


def cooperates(request: HttpRequest) -> bool:
    return at_desk(request) and not request.actor.agency.assisted_intake_only  # type: ignore[attr-defined]


def takes_in_files(request: HttpRequest) -> bool:
    actor = request.actor  # type: ignore[attr-defined]
    return isinstance(actor, Member) and actor.agency.is_lead and actor.has(Role.INTAKE, Role.SUPERVISOR)


def imports_registers(request: HttpRequest) -> bool:
    return may_import(request.actor)  # type: ignore[attr-defined]


def member(request: HttpRequest) -> bool:
    return isinstance(request.actor, Member)  # type: ignore[attr-defined]


def staff(request: HttpRequest) -> bool:
    return bool(request.user.is_staff)


@dataclass(frozen=True)
class Entry:
    label: Any
    url_name: str
    icon: str
    allowed: Allowed
    description: Any = ""


GROUPS: tuple[tuple[Any, tuple[Entry, ...]], ...] = (
    (
        _("Work"),
        (
            Entry(_("Cases"), "backoffice:queue", "inbox", at_desk, _("Your work and your agency's.")),
            Entry(_("Supervisor's board"), "backoffice:board", "people", leads_a_desk, _("Who has how much, and what is late.")),
            Entry(_("Search"), "backoffice:search", "search", at_desk, _("Find a case by any word of it.")),
            Entry(
                _("Saved searches"), "backoffice:searches", "eye", at_desk,
                _("Searches you keep, and watchlists of numbers and links."),
            ),
            Entry(
                _("Businesses"), "backoffice:businesses", "building", at_desk,
                _("Who is complained of, and how they answer."),
            ),
            Entry(_("Notifications"), "backoffice:inbox", "bell", member, _("What happened to your cases.")),
            Entry(_("Figures"), "backoffice:figures", "star", reads_figures, _("How timely the answers are, and how satisfied the two sides.")),
            Entry(
                _("Lodge for someone"), "backoffice:assisted", "person-plus", at_desk,
                _("At the counter or on the phone."),
            ),
            Entry(
                _("Open a case yourself"), "backoffice:own-initiative", "plus-lg", finds_cases,
                _("For what you found yourself: online, on an inspection, in the press."),
            ),
            Entry(_("Duty roster"), "backoffice:duty", "calendar-event", at_desk, _("Who is told first of what comes in.")),
            Entry(
                _("Help between agencies"), "backoffice:cooperation-list", "people", cooperates,
                _("What is asked of your agency and by it; joint actions."),
            ),
            Entry(
                _("Take in a file"), "backoffice:take-in", "upload", takes_in_files,
                _("A case that another system passed on."),
            ),
            Entry(
                _("Registers"), "backoffice:imports", "upload", imports_registers,
                _("Years of complaints kept in a spreadsheet."),
            ),
        ),
    ),
    (
        _("Publishing"),
        (
            Entry(
                _("Bulletins"), "backoffice:bulletins", "megaphone", issues_bulletins,
                _("Figures and warnings for the public, from draft to signed PDF."),
            ),
            Entry(
                _("To publish and broadcast"), "backoffice:press", "send", hands_over,
                _("Published bulletins as texts to read aloud, posters and images; what was carried."),
            ),
            Entry(
                _("Periodic reports"), "backoffice:reports", "clipboard-check", reports,
                _("What your agency is asked to report, and the whole province put together."),
            ),
        ),
    ),
    (
        _("Running the system"),
        (
            Entry(
                _("Who did what"), "backoffice:audit", "clock-history", holding(Role.AUDITOR),
                _("What was done for your agency, without narratives or identities."),
            ),
            Entry(_("Administration"), "admin:index", "gear", staff, _("Accounts and rules.")),
        ),
    ),
)  # fmt: skip


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """Groups of entries as `layouts/backoffice.html` draws them; groups with nothing to open are left out."""
    groups = [{"label": label, "entries": _entries(request, entries)} for label, entries in GROUPS]
    return [group for group in groups if group["entries"]]


def _entries(request: HttpRequest, entries: tuple[Entry, ...]) -> list[dict[str, Any]]:
    found = []
    for entry in entries:
        try:
            url = reverse(entry.url_name)
        except NoReverseMatch:
            continue
        if entry.allowed(request):
            current = request.path == url or (url != reverse("backoffice:queue") and request.path.startswith(url))
            found.append(
                {
                    "label": entry.label,
                    "url": url,
                    "icon": entry.icon,
                    "current": current,
                    "description": entry.description,
                }
            )
    return found
