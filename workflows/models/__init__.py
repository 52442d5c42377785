from .case import Case
from .correspondence import Audience, Remark, RemarkKind
from .paper import Paper
from .referral import Referral
from .resolution import Resolution
from .rules import CalendarOverride, ClockRule, RoutingRule

__all__ = [
    "Audience",
    "CalendarOverride",
    "Case",
    "ClockRule",
    "Paper",
    "Referral",
    "Remark",
    "RemarkKind",
    "Resolution",
    "RoutingRule",
]
