from .case import Case
from .cooperation import Contribution, ContributionFile, Cooperation, Deliverable, DeliverableLimit
from .correspondence import Audience, Remark, RemarkKind
from .discovery import Discovery
from .joint_action import BoardFile, BoardPost, JointAction, JointTask
from .paper import Paper
from .referral import Referral
from .resolution import Resolution
from .rules import CalendarOverride, ClockRule, RoutingRule

__all__ = [
    "Audience",
    "BoardFile",
    "BoardPost",
    "CalendarOverride",
    "Case",
    "ClockRule",
    "Contribution",
    "ContributionFile",
    "Cooperation",
    "Deliverable",
    "DeliverableLimit",
    "Discovery",
    "JointAction",
    "JointTask",
    "Paper",
    "Referral",
    "Remark",
    "RemarkKind",
    "Resolution",
    "RoutingRule",
]
