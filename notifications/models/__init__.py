from .devices import PushDevice
from .inbox import Inbox, Notification, Reason
from .preferences import CompulsoryWay, DailyDigest, Preference, Way
from .watching import CaseFollow, CaseMute

__all__ = [
    "CaseFollow",
    "CaseMute",
    "CompulsoryWay",
    "DailyDigest",
    "Inbox",
    "Notification",
    "Preference",
    "PushDevice",
    "Reason",
    "Way",
]
