from .inbox import Notification, Reason
from .preferences import CompulsoryWay, DailyDigest, Preference, Way
from .watching import CaseFollow, CaseMute

__all__ = [
    "CaseFollow",
    "CaseMute",
    "CompulsoryWay",
    "DailyDigest",
    "Notification",
    "Preference",
    "Reason",
    "Way",
]
