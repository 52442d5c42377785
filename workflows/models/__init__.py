from .case import Case
from .correspondence import Audience, Remark, RemarkKind
from .letter import Letter, LetterKind, LetterTemplate, LetterTemplateVersion
from .paper import Paper
from .passing_on import PassingOn
from .referral import FilesShared, PhoneCall, Referral
from .resolution import Resolution
from .rules import CalendarOverride, ClockRule, RoutingRule

__all__ = [
    "Audience",
    "CalendarOverride",
    "Case",
    "ClockRule",
    "FilesShared",
    "Letter",
    "LetterKind",
    "LetterTemplate",
    "LetterTemplateVersion",
    "Paper",
    "PassingOn",
    "PhoneCall",
    "Referral",
    "Remark",
    "RemarkKind",
    "Resolution",
    "RoutingRule",
]
