"""What the other agency will see, before it is offered the case.

The offer is made, the page is drawn as the other agency's people will be shown it, and all of it is taken back: the
preview cannot differ from the page, because it is the page.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from agencies.actors import Member
from agencies.models import Role
from casemgr.backoffice import deeds
from casemgr.backoffice.cases import case_context
from casemgr.backoffice.referral_forms import ReferForm
from casemgr.backoffice.referral_panel import panel
from workflows.models import Case, Paper
from workflows.selectors.casefile import find_case
from workflows.services.papers import preview_paper
from workflows.services.referral import open_offer, refer_case
from workflows.states import MOVE


def preview(request: HttpRequest, case: Case, form: ReferForm, actor: Member) -> HttpResponse:
    """Raises what `refer_case` raises, so that nothing is previewed that could not be done."""
    arguments = form.arguments()
    with transaction.atomic():
        refer_case(case_id=case.pk, by=actor, **arguments)
        seen = _as_seen(case, actor, arguments["to"])
        page = render(request, "backoffice/referral/preview.html", seen | {"typed": _typed(request)})
        transaction.set_rollback(True)
    if "draft_sheet" in request.POST and seen["paper"]:
        return draft_answer(seen["paper"], case, actor)
    return page


def draft_answer(paper: Paper, case: Case, actor: Member) -> HttpResponse:
    """The sheet without number and date. Raises RenderError."""
    content = {name: value for name, value in paper.content.items() if name != "letterhead"}
    pdf = preview_paper(
        template=paper.template, content=content, agency=actor.agency, document_type=paper.document_type,
        place=case.province.name,
    )  # fmt: skip
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{case.number}-draft.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def _as_seen(case: Case, actor: Member, to: Any) -> dict[str, Any]:
    reader = Member(actor.person, to, frozenset({Role.INTAKE}))
    seen = find_case(case.number, reader)
    offer = open_offer(seen)
    return {
        **case_context(seen, reader),
        "referral": panel(seen, reader, offer),
        "paper": offer.paper,
        "to": to,
        "move": MOVE["refer"],
        "consequences": deeds.consequences(MOVE["refer"], case, actor)[:1],
        "opened": "",
        "previewing": True,
    }


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What was sent, to be sent again with the confirmation."""
    kept = (name for name in request.POST if name not in ("csrfmiddlewaretoken", "previewed", "change", "draft_sheet"))
    return [(name, value) for name in kept for value in request.POST.getlist(name)]
