"""`manage.py demo_accounts`: who can sign in to the demo, and a tracking code to try."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from agencies.models import Membership, Role
from casemgr.demo import PASSWORD, PROVINCE, playing
from casemgr.demo.province import CASE_EDITOR, OVERSEER, TWO_HATS
from complaints.codes import grouped, tracking_code

# Its agency has asked the citizen something and waits for the answer.
STORY_TO_TRY = "c17"
# The business has made an offer in the negotiation, and waits for the citizen's word.
STORY_UNDER_NEGOTIATION = "c16"


class Command(BaseCommand):
    help = "Print the demo accounts, their password and a tracking code to try (embedded profile only)."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PROFILE != "embedded":
            raise CommandError("Demo accounts exist in the embedded profile only.")
        rows = _roles_by_agency()
        if not rows:
            raise CommandError("The demo is not loaded: run `manage.py load_demo` first.")
        width = max(len(domain) for domain, _, _ in rows)
        self.stdout.write(f"Demo accounts: ROLE@AGENCY, password {PASSWORD}\n")
        for domain, name, roles in rows:
            self.stdout.write(f"  @{domain:<{width}}  {name}")
            self.stdout.write(f"   {'':<{width}}  {' '.join(roles)}")
        self.stdout.write(f"  {OVERSEER[0]}  figures of the province only")
        self.stdout.write(f"  {TWO_HATS[0]}  handler in two agencies: {', '.join(code for code, _ in TWO_HATS[2])}")
        self.stdout.write(
            f"  {CASE_EDITOR[0]}  editor of {CASE_EDITOR[2][0][0]} who handles cases, too: drafts warnings from cases"
        )
        self.stdout.write(f"\nTracking code to try: {_code(STORY_TO_TRY)}")
        self.stdout.write(f"Tracking code of a report under negotiation: {_code(STORY_UNDER_NEGOTIATION)}")


def _code(story: str) -> str:
    return grouped(tracking_code(playing.key_of(story)))


def _roles_by_agency() -> list[tuple[str, str, list[str]]]:
    """Mail domain, agency name and roles, in the order a case goes through them."""
    order = {str(role): place for place, role in enumerate(Role)}
    found: dict[tuple[str, str], set[str]] = {}
    held = Membership.objects.filter(agency__provinces=PROVINCE, revoked_at=None, person__is_active=True)
    for email, name, role in held.values_list("person__email", "agency__short_name", "role").order_by("agency_id"):
        local, _, domain = email.partition("@")
        if local == role:
            found.setdefault((domain, name), set()).add(role)
    return [(domain, name, sorted(roles, key=order.__getitem__)) for (domain, name), roles in found.items()]
