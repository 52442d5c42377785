"""The supervisor's board: numbers, each a link to the list of exactly those cases."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agencies.models import Role, User
from casemgr.backoffice.access import DeskView
from casemgr.backoffice.forms import AGE_CHOICES
from casemgr.backoffice.presentation import span
from events import clock
from workflows.selectors import board
from workflows.selectors.board import Board, Load
from workflows.selectors.narrowing import NOBODY
from workflows.states import State

# Columns of the load tables: the field of `Load`, its heading, and the filter that lists it.
COLUMNS: tuple[tuple[str, Any, dict[str, str]], ...] = (
    ("open", gettext_lazy("Open cases"), {}),
    ("urgent", gettext_lazy("Urgent"), {"mark": "urgent"}),
    ("vulnerable", gettext_lazy("Vulnerable consumer"), {"mark": "vulnerable"}),
    ("overdue", gettext_lazy("Overdue"), {"due": "overdue"}),
    ("week", gettext_lazy("Due within 7 days"), {"due": "week"}),
)


class BoardView(DeskView):
    """``?view=province``: figures per agency, for supervisors of the lead agency."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.actor.has(Role.SUPERVISOR) or self.actor.agency.assisted_intake_only:
            raise PermissionDenied
        leads = self.actor.agency.is_lead
        if leads and request.GET.get("view") == "province":
            return render(request, "backoffice/board/province.html", self._province())
        return render(request, "backoffice/board/agency.html", _agency(board.board(self.actor)) | {"leads": leads})

    def _province(self) -> dict[str, Any]:
        now = clock.now()
        rows = [
            {
                "agency": one.agency,
                "cells": [*_plain(one.load), {"label": _("Offered to it"), "value": one.offered}],
                "oldest": _age(one.load, now),
            }
            for one in board.province_board(self.actor)
        ]
        return {"rows": rows, "headings": [*(label for _name, label, _by in COLUMNS), _("Offered to it")]}


def _agency(found: Board) -> dict[str, Any]:
    now = clock.now()
    return {
        "headings": [label for _name, label, _by in COLUMNS],
        "total": _cells(found.total),
        "handlers": [
            {"name": _named(person), "cells": _cells(load, handler=_key(person)), "oldest": _age(load, now)}
            for person, load in found.by_handler
        ],
        "ages": [
            {"label": label, "value": found.total.ages[age], "url": _list(age=age, sort="oldest")}
            for age, label in AGE_CHOICES.items()
        ],
        "missed": [
            {"label": State(state).label, "value": number, "url": _list(state=state, due="overdue")}
            for state, number in found.missed
        ],
        "hand_offs": _hand_offs(found.hand_offs),
        "is_empty": not found.total.open and not found.hand_offs.offered,
    }


def _named(person: User | None) -> str:
    return str(person) if person else _("nobody yet")


def _key(person: User | None) -> str:
    return str(person.pk) if person else NOBODY


def _cells(load: Load, **filters: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "value": getattr(load, name), "url": _list(**filters, **by), "is_late": name == "overdue"}
        for name, label, by in COLUMNS
    ]


def _plain(load: Load) -> list[dict[str, Any]]:
    return [
        {"label": label, "value": getattr(load, name), "is_late": name == "overdue"} for name, label, _by in COLUMNS
    ]


def _list(tab: str = "agency", **filters: str) -> str:
    return reverse("backoffice:queue", query={"tab": tab, **filters})


def _age(load: Load, now: datetime) -> str:
    return span(now - load.oldest) if load.oldest else ""


def _hand_offs(found: board.HandOffs) -> list[dict[str, Any]]:
    late = {"due": "overdue"}
    away = {"state": str(State.REFERRED)}
    lines = (
        (_("Offered to us and not taken yet"), found.offered, _list("offered"), False),
        (_("of these past the time to answer"), found.offered_overdue, _list("offered", **late), True),
        (_("Sent by us and not taken yet"), found.sent, _list(**away), False),
        (_("of these past the time to answer"), found.sent_overdue, _list(**away, **late), True),
        (_("Returned to us in the last 30 days, still open"), found.returned, _list(back="returned"), False),
    )
    return [{"label": label, "value": value, "url": url, "is_late": is_late} for label, value, url, is_late in lines]
