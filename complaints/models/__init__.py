from .complaint import AnonymityReason, Complainant, Complaint, Kind, Origin, Supplement, Vulnerability
from .draft import Draft, Upload
from .evidence import Derivative, Evidence, FileText, Scan
from .indicator import Indicator, IndicatorKind
from .respondent import ComplaintRespondent, Respondent, RespondentContact, RespondentIdentifier, RespondentMerge
from .taxonomy import Bank, Category, Channel, ProductGroup

__all__ = [
    "AnonymityReason",
    "Bank",
    "Category",
    "Channel",
    "Complainant",
    "Complaint",
    "ComplaintRespondent",
    "Derivative",
    "Draft",
    "Evidence",
    "FileText",
    "Indicator",
    "IndicatorKind",
    "Kind",
    "Origin",
    "ProductGroup",
    "Respondent",
    "RespondentContact",
    "RespondentIdentifier",
    "RespondentMerge",
    "Scan",
    "Supplement",
    "Upload",
    "Vulnerability",
]
