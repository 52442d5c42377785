"""What is wrong with an answer, in words. Pure: a question, what was given, whether it is being sent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.utils import numberformat
from django.utils.translation import gettext as _

from bulletins.models_reports import Answer, ReportQuestion

LONGEST_WORDS = 20_000
LONGEST_REASON = 1_000
_LARGEST = Decimal(10) ** 17


@dataclass(frozen=True)
class Given:
    """What a unit says to one question."""

    value: Decimal | None = None
    reason: str = ""
    words: str = ""


def field_name(question_id: int, part: str = "answer") -> str:
    """``part``: ``answer``, or ``reason`` for that of a correction."""
    return f"{part}-{question_id}"


def figure_in_words(value: Decimal | None) -> str:
    """As Vietnamese documents write it: ``1.234.567,5``; without decimals that say nothing."""
    if value is None:
        return ""
    text: str = numberformat.format(plain(value), ",", grouping=3, thousand_sep=".", force_grouping=True)
    return text


def plain(value: Decimal) -> Decimal:
    """Without closing zeros, and never as a power of ten."""
    return value.normalize() + 0


def faults(answer: Answer, given: Given, *, sending: bool) -> dict[str, str]:
    """Field name → sentence. A draft may have gaps; what is sent has none, and says why it differs from the cases."""
    question = answer.question
    if not question.is_figure:
        sentence = _words_fault(question, given, sending)
        return {field_name(question.pk): sentence} if sentence else {}
    found = {}
    if sentence := _figure_fault(question, given.value, sending):
        found[field_name(question.pk)] = sentence
    elif sending and differs(answer, given.value) and not given.reason.strip():
        found[field_name(question.pk, "reason")] = _("The cases give %(computed)s. Say why it is another figure.") % {
            "computed": figure_in_words(answer.computed)
        }
    if len(given.reason) > LONGEST_REASON:
        found[field_name(question.pk, "reason")] = _("At most %(n)d characters.") % {"n": LONGEST_REASON}
    return found


def differs(answer: Answer, value: Decimal | None) -> bool:
    return answer.computed is not None and value is not None and value != answer.computed


def _words_fault(question: ReportQuestion, given: Given, sending: bool) -> str:
    if sending and question.required and not given.words.strip():
        return _("Please write something here.")
    return _("At most %(n)d characters.") % {"n": LONGEST_WORDS} if len(given.words) > LONGEST_WORDS else ""


def _figure_fault(question: ReportQuestion, value: Decimal | None, sending: bool) -> str:
    if value is None:
        return _("This figure is missing. Write 0 where there was nothing.") if sending and question.required else ""
    if abs(value) >= _LARGEST:
        return _("This figure is too large. Please check it.")
    if value != round(value, question.decimals):
        whole = not question.decimals
        return (
            _("A whole number, please.")
            if whole
            else _("At most %(n)d digits after the comma.") % {"n": question.decimals}
        )
    if question.least is not None and value < question.least:
        return _("At least %(n)s.") % {"n": figure_in_words(question.least)}
    if question.most is not None and value > question.most:
        return _("At most %(n)s.") % {"n": figure_in_words(question.most)}
    return ""
