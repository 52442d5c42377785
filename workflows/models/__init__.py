from .calendar import AgencyHours, CalendarYear
from .case import Case
from .clock import Clock, ClockEscalation, ClockExtension, Recomputation
from .correspondence import Audience, Remark, RemarkKind
from .ladder import EscalationStep, ExtensionRule
from .referral import Referral
from .resolution import Resolution
from .rules import CalendarOverride, ClockRule, RoutingRule

__all__ = [
    "AgencyHours",
    "Audience",
    "CalendarOverride",
    "CalendarYear",
    "Case",
    "Clock",
    "ClockEscalation",
    "ClockExtension",
    "ClockRule",
    "EscalationStep",
    "ExtensionRule",
    "Recomputation",
    "Referral",
    "Remark",
    "RemarkKind",
    "Resolution",
    "RoutingRule",
]
