"""Where the two sides' pages of a case stand: a mark that changes with what they would read anew."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Q
from django.utils.crypto import salted_hmac

from agencies.actors import Actor, Business, Citizen
from events.models import Event
from events.registry import KINDS
from workflows.models import Audience, Case, RespondentAnswer, RespondentLink, RoomEntry
from workflows.states import OPEN

_SALT = "workflows.news"


def mark_for_citizen(case: Case) -> str:
    """Of what the case's history tells the citizen and what was said in the room. Two queries."""
    public = [name for name, kind in KINDS.items() if kind.public]
    told = Event.objects.filter(stream=case.stream, kind__in=public)
    told = told.filter(~Q(kind="paper.issued") | Q(data__audience=Audience.CITIZEN))
    newest = told.aggregate(at=Max("sequence"))["at"]
    return _mark("citizen", case.pk, newest, _said(case, Citizen(case.complaint_id)))


def mark_for_business(link: RespondentLink) -> str:
    """Of what the link opens: its time, whether the case is open, the answers, what was said in the room. ``link`` with
    its case. Two queries."""
    mine = RespondentAnswer.objects.filter(link__respondent=link.respondent_id, case=link.case_id)
    answered = mine.aggregate(at=Max("pk"))["at"]
    is_open = link.case.state in OPEN
    said = _said(link.case, Business(link.case_id, link.pk))
    return _mark("business", link.pk, link.answer_until, is_open, answered, said)


def _said(case: Case, actor: Actor) -> int | None:
    newest: int | None = RoomEntry.objects.filter(room__case=case).visible_to(actor).aggregate(at=Max("pk"))["at"]
    return newest


def _mark(*parts: Any) -> str:
    return salted_hmac(_SALT, repr(parts)).hexdigest()[:16]
