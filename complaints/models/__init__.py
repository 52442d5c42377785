from .complaint import AnonymityReason, Complainant, Complaint, Kind, Origin, Supplement, Vulnerability
from .draft import Draft, Upload
from .evidence import Derivative, Evidence, Scan
from .indicator import Indicator, IndicatorKind
from .taxonomy import Bank, Category, Channel, ProductGroup

__all__ = [
    "AnonymityReason",
    "Bank",
    "Category",
    "Channel",
    "Complainant",
    "Complaint",
    "Derivative",
    "Draft",
    "Evidence",
    "Indicator",
    "IndicatorKind",
    "Kind",
    "Origin",
    "ProductGroup",
    "Scan",
    "Supplement",
    "Upload",
    "Vulnerability",
]
