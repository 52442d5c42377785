"""How requests for help and joint actions read on a page."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from agencies.actors import Member
from casemgr.backoffice import presentation
from complaints.identifiers import defang
from complaints.models import Evidence, Indicator
from events import clock
from workflows import policy_cooperation as policy
from workflows.models import BoardPost, Case, Contribution, Cooperation, JointAction, JointTask
from workflows.models.cooperation import ScannedFile
from workflows.selectors.cooperation import of_case
from workflows.sharing import chosen


def due(at: datetime, *, runs: bool) -> dict[str, Any]:
    """For `components/due.html`."""
    now = clock.now()
    if not runs:
        return {"at": None, "status": "none", "words": "", "exact": False}
    status = "overdue" if at < now else "soon" if at - now < presentation.SOON else "ok"
    words = _("%(span)s overdue") if at < now else _("%(span)s left")
    near = abs((localtime(at).date() - localtime(now).date()).days) <= 1
    return {"at": at, "status": status, "words": words % {"span": presentation.span(at - now)}, "exact": near}


def row(found: Cooperation) -> dict[str, Any]:
    return {"cooperation": found, "due": due(found.due_at, runs=found.is_running)}


def shared(
    case: Case, summary: str, codes: list[str], indicators: list[Indicator], evidence: list[Evidence]
) -> dict[str, Any]:
    """What the agency that is asked sees of the case: the preview and its page say the same."""
    facts = [presentation.fact(label, value) for label, value in chosen(case.complaint, codes)]
    return {
        "summary": summary,
        "facts": facts,
        "indicators": presentation.indicator_rows(indicators),
        "evidence": evidence,
        "is_empty": not (summary or facts or indicators or evidence),
    }


def shared_of(found: Cooperation) -> dict[str, Any]:
    indicators = list(found.indicators.order_by("from_text", "pk"))
    evidence = list(found.evidence.select_related("scan").order_by("pk"))
    return shared(found.case, found.summary, found.fact_codes, indicators, evidence)


def contribution(found: Cooperation, written: Contribution, reader: Member) -> dict[str, Any]:
    """``who`` by name for the writer's own agency only."""
    files = [
        file_row(file, reverse("backoffice:cooperation-file", args=[found.pk, file.pk])) for file in written.files.all()
    ]
    return {"written": written, "who": _who(written, reader), "files": files}


def post(action: JointAction, written: BoardPost, reader: Member) -> dict[str, Any]:
    files = [
        file_row(file, reverse("backoffice:joint-file", args=[action.pk, file.pk])) for file in written.files.all()
    ]
    return {"written": written, "who": _who(written, reader), "files": files}


def _who(written: Contribution | BoardPost, reader: Member) -> str:
    own = written.agency_id == reader.agency.pk
    return " · ".join([str(written.agency), str(written.author)] if own else [str(written.agency)])


def file_row(file: ScannedFile, url: str) -> dict[str, Any]:
    return {
        "file": file,
        "url": url,
        "is_locked": not file.may_be_opened,
        "is_infected": file.verdict == file.Verdict.INFECTED,
        "not_scanned": file.verdict == file.Verdict.NOT_SCANNED,
    }


def task(found: JointTask) -> dict[str, Any]:
    return {"task": found, "due": due(found.due_at, runs=found.is_open)}


def case_block(case: Case, reader: Member) -> dict[str, Any]:
    """For the case page: what was asked of others, and the joint actions."""
    asked, actions = ([], []) if reader.agency.assisted_intake_only else of_case(case, reader)
    return {
        "cooperations": [row(found) for found in asked],
        "joint_actions": [{"action": a, "tasks": [task(t) for t in a.tasks.all()]} for a in actions],
        "may_ask_help": policy.may_ask(reader, case),
        "found_at": defang(case.discovery.link) if hasattr(case, "discovery") else "",
    }
