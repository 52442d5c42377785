"""Businesses, links to them, and browsers that came in by one."""

from __future__ import annotations

import itertools
from typing import Any

from django.db import transaction
from django.test import Client

from agencies.actors import Member
from casemgr.business import access
from complaints.models import Respondent, RespondentContact
from events import clock
from tests import factories
from workflows.models import Case, Purpose, RespondentLink
from workflows.services.links import SentLink, make_link

_numbers = itertools.count(1)


def respondent(name: str = "Công ty TNHH Ánh Dương", **fields: Any) -> Respondent:
    from complaints.business_names import name_key

    defaults: dict[str, Any] = {"province": factories.province(), "created_at": clock.now(), "name_key": name_key(name)}
    return Respondent.objects.create(name=name, **(defaults | fields))


def contact(of: Respondent | None = None, *, verified: bool = True, **fields: Any) -> RespondentContact:
    defaults: dict[str, Any] = {
        "channel": RespondentContact.Channel.EMAIL,
        "value": f"shop{next(_numbers)}@business.example",
        "verified_at": clock.now() if verified else None,
    }
    return RespondentContact.objects.create(respondent=of or respondent(), **(defaults | fields))


def sent_link(case: Case, by: Member, purpose: Purpose = Purpose.ANSWER, **options: Any) -> SentLink:
    """A link made for the case; ``contact`` may be given."""
    options.setdefault("contact", contact()) if "contact" not in options else None
    options.setdefault("awaited", purpose == Purpose.ANSWER)
    with transaction.atomic():
        return make_link(Case.objects.locked(case.pk), purpose=purpose, by=by, **options)


def signed_in(link: RespondentLink, client: Client | None = None) -> Client:
    """A browser whose session this link opened."""
    from django.http import HttpResponse

    client = client or Client()
    answer = HttpResponse()
    access.open_session(answer, link)
    client.cookies[access.COOKIE] = answer.cookies[access.COOKIE].value
    return client
