from .case import Case
from .correspondence import Audience, Remark, RemarkKind
from .referral import Referral
from .resolution import Resolution
from .rules import CalendarOverride, ClockRule, RoutingRule

__all__ = [
    "Audience",
    "CalendarOverride",
    "Case",
    "ClockRule",
    "Referral",
    "Remark",
    "RemarkKind",
    "Resolution",
    "RoutingRule",
]
