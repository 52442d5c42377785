"""What a move would do to each of many cases, before anything is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from agencies.actors import Member
from agencies.models import Agency, User
from workflows import policy
from workflows.errors import CaseNotFound
from workflows.models import BulkMove, Case
from workflows.states import MOVE


@dataclass(frozen=True)
class Prospect:
    """``why_not`` is empty where the move may be made."""

    case: Case
    why_not: str


def prospects(
    actor: Member, numbers: Sequence[str], move: str, *, handler: User | None = None, to: Agency | None = None
) -> list[Prospect]:
    """Of the cases the actor may see, urgent and vulnerable first; what may not be seen is left out. One query, and one
    more with ``to``."""
    cases = (
        Case.objects.visible_to(actor)
        .filter(number__in=numbers)
        .select_related("owner__kind", "handler", "offered_to")
        .order_by("-urgent", "-vulnerable", "queue_due", "pk")
    )
    served = set(to.provinces.values_list("pk", flat=True)) if to else set()
    return [Prospect(case, _why_not(actor, move, case, handler, to, served)) for case in cases]


def _why_not(actor: Member, name: str, case: Case, handler: User | None, to: Agency | None, served: set[str]) -> str:
    """The rule that stands against it. The service decides again when it is done."""
    move = MOVE[name]
    if not policy.may(actor, move, case):
        return policy.why_not(actor, move, case)
    if handler and case.handler_id == handler.pk:
        return _("%(name)s is the handler already.") % {"name": handler}
    if to and to.pk == case.owner_id:
        return _("%(agency)s has this case already.") % {"agency": to}
    if to and case.province_id not in served:
        return _("That agency does not serve this province.")
    return ""


def bulk_of(actor: Member, token: UUID | None) -> BulkMove:
    """The person's own. Raises CaseNotFound, also for None: a token that is none."""
    own = BulkMove.objects.filter(person=actor.person, agency=actor.agency)
    found = own.filter(token=token).first() if token else None
    if found is None:
        raise CaseNotFound(_("There is no such page, or it is not yours to see."))
    return found
