"""What a verb refused, as a page: 404, 409, 403, 400."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bulletins.errors import BulletinNotFound, StaleBulletin
from bulletins.report_errors import InvalidAnswers, ReportNotFound, StaleReport
from workflows.errors import (
    CaseNotFound,
    InvalidInput,
    KeyReused,
    MoveNotAllowed,
    RoomMovedOn,
    StaleCase,
    WorkflowError,
)
from workflows.states import RefusalReason

STATUS = {
    BulletinNotFound: HTTPStatus.NOT_FOUND,
    StaleBulletin: HTTPStatus.CONFLICT,
    CaseNotFound: HTTPStatus.NOT_FOUND,
    StaleCase: HTTPStatus.CONFLICT,
    KeyReused: HTTPStatus.CONFLICT,
    RoomMovedOn: HTTPStatus.CONFLICT,
    MoveNotAllowed: HTTPStatus.FORBIDDEN,
    InvalidInput: HTTPStatus.BAD_REQUEST,
    ReportNotFound: HTTPStatus.NOT_FOUND,
    StaleReport: HTTPStatus.CONFLICT,
    InvalidAnswers: HTTPStatus.BAD_REQUEST,
}
# The fields people write in, of every form that can be refused.
_WRITTEN = (
    "reason", "explanation", "question", "answer", "text", "decision_number", "legal_basis", "goods",
    "note",
    "ground", "place", "dispute", "complainant_opinion", "respondent_opinion", "result",
    "name", "lines",
)  # fmt: skip
# And of forms with a field for each question.
_WRITTEN_EACH = ("answer-", "reason-")


def answer(request: HttpRequest, error: WorkflowError, **context: object) -> HttpResponse:
    """The page of this refusal. It says the same of what is foreign and of what does not exist."""
    status = STATUS.get(type(error), HTTPStatus.BAD_REQUEST)
    return render(
        request,
        "backoffice/error.html",
        {"title": _title(status), "sentence": str(error), "typed": typed_text(request), **context},
        status=status,
    )


def _title(status: HTTPStatus) -> str:
    return {
        HTTPStatus.NOT_FOUND: _("Not found"),
        HTTPStatus.CONFLICT: _("Someone was faster"),
        HTTPStatus.FORBIDDEN: _("Not possible"),
    }.get(status, _("This could not be done"))


def typed_text(request: HttpRequest) -> list[str]:
    """What the person wrote in the form that was refused, to be shown again: nothing typed is lost."""
    if request.method != "POST":
        return []
    names = [*_WRITTEN, *(name for name in request.POST if name.startswith(_WRITTEN_EACH))]
    written = (request.POST.get(name, "").strip() for name in names)
    return [text for text in written if text and text not in RefusalReason.values]
