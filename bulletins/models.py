"""Bulletins: the items they are made of, their versions, the figures they tell."""

from . import models_reports  # noqa: F401 - registers the models of periodic reports
from .models_bulletins import Audience, Bulletin, BulletinVersion, PeriodKind, VersionEditor, VersionItem
from .models_coverage import Coverage, Medium
from .models_figures import DailyFigure, FigureDay
from .models_items import ItemKind, ItemPhoto, ItemSource, NamedBy, SourceKind, WarningItem
from .models_rejections import Rejection
from .models_subscriptions import MOST_WAITING, Mailing, Subscription, SubscriptionRequest, Wish
from .models_told import BulletinCheck, Hotline, PublishedItem, Verdict

__all__ = [
    "MOST_WAITING", "Audience", "Bulletin", "BulletinCheck", "BulletinVersion", "Coverage", "DailyFigure", "FigureDay",
    "Hotline", "ItemKind", "ItemPhoto", "ItemSource", "Mailing", "Medium", "NamedBy", "PeriodKind", "PublishedItem",
    "Rejection", "SourceKind", "Subscription", "SubscriptionRequest", "Verdict", "VersionEditor", "VersionItem", "WarningItem",
    "Wish",
]  # fmt: skip
