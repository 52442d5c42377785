from .case import Case
from .correspondence import Audience, Remark, RemarkKind
from .facts import ExtraMeasure, SeizedGoods
from .proposal import ResolutionProposal
from .referral import Referral
from .resolution import Resolution
from .rules import CalendarOverride, ClockRule, RoutingRule

__all__ = [
    "Audience",
    "CalendarOverride",
    "Case",
    "ClockRule",
    "ExtraMeasure",
    "Referral",
    "Remark",
    "RemarkKind",
    "Resolution",
    "ResolutionProposal",
    "RoutingRule",
    "SeizedGoods",
]
