from .bulk import BulkItem, BulkMove
from .case import Case
from .correspondence import Audience, Remark, RemarkKind
from .letter import Letter, LetterKind, LetterTemplate, LetterTemplateVersion
from .milestone import Milestone
from .paper import Paper
from .referral import Referral
from .resolution import Resolution
from .rules import CalendarOverride, ClockRule, RoutingRule
from .satisfaction import Party, Satisfaction, SatisfactionTarget

__all__ = [
    "Audience",
    "BulkItem",
    "BulkMove",
    "CalendarOverride",
    "Case",
    "ClockRule",
    "Letter",
    "LetterKind",
    "LetterTemplate",
    "LetterTemplateVersion",
    "Milestone",
    "Paper",
    "Party",
    "Referral",
    "Remark",
    "RemarkKind",
    "Resolution",
    "RoutingRule",
    "Satisfaction",
    "SatisfactionTarget",
]
