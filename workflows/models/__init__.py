from .case import Case
from .correspondence import Audience, Remark, RemarkKind
from .letter import Letter, LetterKind, LetterTemplate, LetterTemplateVersion
from .paper import Paper
from .referral import Referral
from .resolution import Resolution
from .respondent import OneTimeCode, Purpose, RespondentAnswer, RespondentLink
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
    "Letter",
    "LetterKind",
    "LetterTemplate",
    "LetterTemplateVersion",
    "MediationConsent",
    "NegotiationReport",
    "Offer",
    "OneTimeCode",
    "Paper",
    "Purpose",
    "Referral",
    "Remark",
    "RemarkKind",
    "Resolution",
    "RespondentAnswer",
    "RespondentLink",
    "Room",
    "RoomEntry",
    "RoutingRule",
    "Settlement",
    "SettlementConfirmation",
    "Side",
]
