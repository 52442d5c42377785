"""What an agency still owes: it is not switched off before."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import ngettext

from agencies.models import Agency
from events import clock
from workflows.deadlines import HANOI
from workflows.models import Case, RoutingRule


def obligations(agency: Agency) -> list[str]:
    """In sentences that say how many and who ends it; empty when the agency may go. Three queries."""
    held = Case.objects.filter(owner=agency, queue_rank__isnull=False).count()
    offered = Case.objects.filter(offered_to=agency).count()
    today = clock.now().astimezone(HANOI).date()
    in_force = Q(effective_to=None) | Q(effective_to__gte=today)
    rules = RoutingRule.objects.filter(in_force, Q(agency=agency) | Q(refer_to=agency)).count()
    sentences = (
        held and ngettext(
            "It is responsible for %(n)d open case. Its supervisor transfers it first: in the list of cases, tick it and choose “Transfer to another agency”.",
            "It is responsible for %(n)d open cases. Its supervisor transfers them first: in the list of cases, tick them and choose “Transfer to another agency”.",
            held,
        ) % {"n": held},
        offered and ngettext(
            "%(n)d case is offered to it. It takes or returns it first, or the sender recalls it.",
            "%(n)d cases are offered to it. It takes or returns them first, or the senders recall them.",
            offered,
        ) % {"n": offered},
        rules and ngettext(
            "%(n)d routing rule in force sends reports to it. Point it at another agency first.",
            "%(n)d routing rules in force send reports to it. Point them at another agency first.",
            rules,
        ) % {"n": rules},
    )  # fmt: skip
    return [*filter(None, sentences)]
