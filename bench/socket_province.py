"""What bench_sockets measures with: agencies, each with a case and people with a session."""

from __future__ import annotations

from functools import lru_cache

from django.contrib.auth.hashers import make_password
from django.db import transaction

from agencies.actors import Citizen
from agencies.models import Agency, AgencyKind, Membership, Role, User
from events.models import Delivery
from events.services.recording import record_event
from tests.assurance.live_resync import session_cookie
from tests.assurance.relay_kill import lodge
from workflows.models import Case

KIND = "case.supplemented"  # told to the desk of the owner


def furnish(groups: int, fan_out: int) -> list[str]:
    """Cookies in the order of the groups; person ``n`` belongs to group ``n // fan_out``."""
    lodge(groups)
    Delivery.objects.update(state=Delivery.State.DONE)
    kind, password = AgencyKind.objects.order_by("code").first(), make_password("demo-casemgr")
    cookies = []
    for number, case in enumerate(Case.objects.order_by("pk")):
        agency = Agency.objects.create(
            code=f"bench{number}",
            kind=kind,
            name=f"Cơ quan {number}",
            short_name=str(number),
            abbreviation=f"B{number}",
        )
        Case.objects.filter(pk=case.pk).update(owner=agency)
        people = User.objects.bulk_create(
            User(email=f"p{number}-{one}@bench.example", name=f"Người {one}", password=password)
            for one in range(fan_out)
        )
        Membership.objects.bulk_create(Membership(person=one, agency=agency, role=Role.INTAKE) for one in people)
        cookies += [session_cookie(one) for one in people]
    return cookies


@lru_cache(maxsize=1)
def _cases() -> list[int]:
    return list(Case.objects.order_by("pk").values_list("pk", flat=True))


def commit_event(group: int) -> None:
    with transaction.atomic():
        record_event(f"case:{_cases()[group]}", KIND, by=Citizen(), case=_cases()[group])
