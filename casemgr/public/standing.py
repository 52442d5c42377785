"""Where a report stands, in words a person outside the office understands: who has it, and by when."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.models import Case
from workflows.states import State, Track

S = State
_TITLES = {
    S.LODGED: gettext_lazy("Received, waiting for an officer"),
    S.ACCEPTED: gettext_lazy("Accepted"),
    S.REFERRED: gettext_lazy("Being passed to another agency"),
    S.AWAITING_COMPLAINANT: gettext_lazy("Waiting for your answer"),
    S.INVESTIGATING: gettext_lazy("Being verified"),
    S.AWAITING_RESPONDENT: gettext_lazy("Waiting for the business"),
    S.NEGOTIATING: gettext_lazy("Negotiation with the business"),
    S.MEDIATING: gettext_lazy("Mediation"),
    S.RESOLVED: gettext_lazy("Answered"),
    S.CLOSED: gettext_lazy("Closed"),
    S.REFUSED: gettext_lazy("Not taken up"),
    S.WITHDRAWN: gettext_lazy("Withdrawn"),
}
_SENTENCES = {
    S.LODGED: gettext_lazy("%(owner)s has your report and will look at it first."),
    S.ACCEPTED: gettext_lazy("%(owner)s has taken up your report and will assign an officer."),
    S.REFERRED: gettext_lazy(
        "%(owner)s is passing your report to %(to)s. One of the two always has it: nothing is lost on the way."
    ),
    S.AWAITING_COMPLAINANT: gettext_lazy(
        "%(owner)s needs to know something from you. Your report rests until you answer."
    ),
    S.INVESTIGATING: gettext_lazy("An officer of %(owner)s is verifying what you reported."),
    S.AWAITING_RESPONDENT: gettext_lazy("%(owner)s has asked the business and waits for its answer."),
    S.NEGOTIATING: gettext_lazy("%(owner)s supports the negotiation between you and the business."),
    S.MEDIATING: gettext_lazy("%(owner)s mediates between you and the business."),
    S.RESOLVED: gettext_lazy("%(owner)s has answered. Read the answer below."),
    S.CLOSED: gettext_lazy("The report is finished. If something new happens, send a new report."),
    S.REFUSED: gettext_lazy("%(owner)s cannot take up this report. Read why, and where to go instead, below."),
    S.WITHDRAWN: gettext_lazy("You withdrew this report. Nobody works on it any more."),
}
_BY_WHEN = {
    S.LODGED: gettext_lazy("First look by %(when)s."),
    S.ACCEPTED: gettext_lazy("First step by %(when)s."),
    S.REFERRED: gettext_lazy("Decision of the other agency by %(when)s."),
    S.AWAITING_COMPLAINANT: gettext_lazy("Please answer by %(when)s."),
    S.INVESTIGATING: gettext_lazy("Answer to you by %(when)s."),
    S.AWAITING_RESPONDENT: gettext_lazy("Answer of the business by %(when)s."),
    S.NEGOTIATING: gettext_lazy("Result by %(when)s."),
    S.MEDIATING: gettext_lazy("Result by %(when)s."),
    S.RESOLVED: gettext_lazy("If you do not agree, object by %(when)s."),
    S.REFUSED: gettext_lazy("If you do not agree, object by %(when)s."),
}


@dataclass(frozen=True)
class Standing:
    title: str
    sentence: str
    by_when: str


def standing(case: Case) -> Standing:
    """``by_when`` is empty where no limit runs."""
    state = State(case.state)
    names = {"owner": case.owner.name, "to": case.offered_to.name if case.offered_to else ""}
    limit = _BY_WHEN.get(state) if case.due_at else None
    return Standing(
        title=str(_TITLES[state]),
        sentence=str(_SENTENCES[state]) % names,
        by_when=str(limit) % {"when": moment(case)} if limit else "",
    )


def moment(case: Case) -> str:
    """``17:00 ngày 05/01/2026``; empty without a limit."""
    if case.due_at is None:
        return ""
    at = localtime(case.due_at)
    return _("%(time)s on %(day)s") % {"time": date_format(at, "H:i"), "day": date_format(at, "d/m/Y")}


def what_happens_next(case: Case) -> list[str]:
    """The lines of a receipt."""
    here = standing(case)
    lines = [f"{here.sentence} {here.by_when}".strip()]
    if case.track == Track.CRIME:
        lines.append(_("The police check it, and you are told the result."))
    elif case.track == Track.CONSUMER:
        lines.append(_("The business is asked for its side, then a settlement is sought."))
    else:
        lines.append(_("The agency in charge verifies it and answers you here."))
    lines.append(_("Questions and the answer appear on the tracking page. Look there now and then."))
    return lines


def withdrawal_consequences(case: Case) -> list[str]:
    if case.track in (Track.CRIME, Track.VIOLATION):
        return [
            _(
                "Your wish is recorded. Because the law may have been broken, the agency decides whether it goes on by itself."
            ),
            _("You will read its decision here."),
        ]
    return [
        _("Handling ends at once, and nobody will answer this report any more."),
        _("This cannot be undone. For the same matter you would have to send a new report."),
    ]
