from .case import Case
from .correspondence import Audience, Remark, RemarkKind
from .referral import Referral
from .resolution import Resolution
from .respondent import OneTimeCode, Purpose, RespondentAnswer, RespondentLink
from .rules import CalendarOverride, ClockRule, RoutingRule

__all__ = [
    "Audience",
    "CalendarOverride",
    "Case",
    "ClockRule",
    "OneTimeCode",
    "Purpose",
    "Referral",
    "Remark",
    "RemarkKind",
    "Resolution",
    "RespondentAnswer",
    "RespondentLink",
    "RoutingRule",
]
