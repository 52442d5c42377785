from .duty import DutyShift
from .organisations import Agency, AgencyKind
from .people import Membership, Role, User
from .places import Commune, Province

__all__ = ["Agency", "AgencyKind", "Commune", "DutyShift", "Membership", "Province", "Role", "User"]
