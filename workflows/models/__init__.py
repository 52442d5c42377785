from .bulk import BulkItem, BulkMove
from .calendar import AgencyHours, CalendarYear
from .case import Case
from .clock import Clock, ClockEscalation, ClockExtension, Recomputation
from .cooperation import Contribution, ContributionFile, Cooperation, Deliverable, DeliverableLimit
from .correspondence import Audience, Remark, RemarkKind
from .discovery import Discovery
from .facts import ExtraMeasure, SeizedGoods
from .import_run import ImportRun
from .joint_action import BoardFile, BoardPost, JointAction, JointTask
from .ladder import EscalationStep, ExtensionRule
from .letter import Letter, LetterKind, LetterTemplate, LetterTemplateVersion
from .mail_stop import MailStop
from .milestone import Milestone
from .paper import Paper
from .passing_on import PassingOn
from .proposal import ResolutionProposal
from .referral import FilesShared, PhoneCall, Referral
from .resolution import Resolution
from .respondent import OneTimeCode, Purpose, RespondentAnswer, RespondentLink
from .rooms import PARTIES, MediationConsent, Offer, Room, RoomEntry, Side
from .rules import CalendarOverride, ClockRule, RoutingRule
from .satisfaction import Party, Satisfaction, SatisfactionTarget
from .settlements import MINUTES, NegotiationReport, Settlement, SettlementConfirmation

__all__ = [
    "MINUTES",
    "PARTIES",
    "AgencyHours",
    "Audience",
    "BoardFile",
    "BoardPost",
    "BulkItem",
    "BulkMove",
    "CalendarOverride",
    "CalendarYear",
    "Case",
    "Clock",
    "ClockEscalation",
    "ClockExtension",
    "ClockRule",
    "Contribution",
    "ContributionFile",
    "Cooperation",
    "Deliverable",
    "DeliverableLimit",
    "Discovery",
    "EscalationStep",
    "ExtensionRule",
    "ExtraMeasure",
    "FilesShared",
    "ImportRun",
    "JointAction",
    "JointTask",
    "Letter",
    "LetterKind",
    "LetterTemplate",
    "LetterTemplateVersion",
    "MailStop",
    "MediationConsent",
    "Milestone",
    "NegotiationReport",
    "Offer",
    "OneTimeCode",
    "Paper",
    "Party",
    "PassingOn",
    "PhoneCall",
    "Purpose",
    "Recomputation",
    "Referral",
    "Remark",
    "RemarkKind",
    "Resolution",
    "ResolutionProposal",
    "RespondentAnswer",
    "RespondentLink",
    "Room",
    "RoomEntry",
    "RoutingRule",
    "Satisfaction",
    "SatisfactionTarget",
    "SeizedGoods",
    "Settlement",
    "SettlementConfirmation",
    "Side",
]
