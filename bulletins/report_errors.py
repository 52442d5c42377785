"""What a verb about periodic reports may answer instead of doing it."""

from __future__ import annotations

from collections.abc import Mapping

from bulletins.models_reports import Questionnaire, Report
from workflows.errors import WorkflowError


class ReportNotFound(WorkflowError):
    """It does not exist or may not be seen: one same answer (404)."""


class StaleReport(WorkflowError):
    """Someone was faster (409): ``row`` is how it stands now."""

    def __init__(self, message: str, row: Report | Questionnaire) -> None:
        super().__init__(message)
        self.row = row


class InvalidAnswers(WorkflowError):
    """Fields that break a rule (400): name of the field → sentence."""

    def __init__(self, message: str, fields: Mapping[str, str]) -> None:
        super().__init__(message)
        self.fields = dict(fields)
