"""What is typed on a form of the desk and not sent yet: `draft.js` keeps it on the device, under the names made here."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest

from agencies.actors import Member
from workflows.models import Case


class KeptInput(forms.HiddenInput):
    """The revision a draft was begun at, kept with it: restored over what a colleague changed since, it is late, and told so."""

    def __init__(self) -> None:
        super().__init__({"data-draft-kept": ""})


SESSION_KEY = "drafts_sent"


def draft_name(case: Case, actor: Member, form: str) -> str:
    """The draft of one form of one case. A colleague at the same computer is not shown another's words."""
    return f"case:{case.number}:{form}:{actor.person.pk}"


def sent(request: HttpRequest, name: str) -> None:
    """The next page tells the device to forget this draft."""
    request.session[SESSION_KEY] = [*request.session.get(SESSION_KEY, []), name]


def to_clear(request: HttpRequest) -> list[str]:
    """The drafts that were sent since the page before; told once."""
    found: list[str] = request.session.pop(SESSION_KEY, [])
    return found
