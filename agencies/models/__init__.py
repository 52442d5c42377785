from .organisations import Agency, AgencyKind
from .people import Membership, Role, User
from .places import Commune, Province

__all__ = ["Agency", "AgencyKind", "Commune", "Membership", "Province", "Role", "User"]
