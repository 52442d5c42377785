from .case import Case
from .correspondence import Audience, Remark, RemarkKind
from .paper import Paper
from .referral import Referral
from .resolution import Resolution
from .rooms import PARTIES, MediationConsent, Offer, Room, RoomEntry, Side
from .rules import CalendarOverride, ClockRule, RoutingRule
from .settlements import MINUTES, NegotiationReport, Settlement, SettlementConfirmation

__all__ = [
    "MINUTES",
    "PARTIES",
    "Audience",
    "CalendarOverride",
    "Case",
    "ClockRule",
    "MediationConsent",
    "NegotiationReport",
    "Offer",
    "Paper",
    "Referral",
    "Remark",
    "RemarkKind",
    "Resolution",
    "Room",
    "RoomEntry",
    "RoutingRule",
    "Settlement",
    "SettlementConfirmation",
    "Side",
]
