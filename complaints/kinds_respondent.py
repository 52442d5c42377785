"""What happens to a business's entry in the register, in words for staff. Streams are `respondent:ID`."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("respondent.entered", _("%(who)s entered the business.")),
    Kind("respondent.changed", _("%(who)s changed the entry.")),
    Kind("respondent.contact_verified", _("%(who)s verified an address or number.")),
    Kind("respondent.merged", _("%(who)s merged another entry into this one.")),
    Kind("respondent.merged_away", _("%(who)s merged this entry into another.")),
    Kind("respondent.unmerged", _("%(who)s undid a merge into this entry.")),
    Kind("respondent.restored", _("%(who)s restored this entry.")),
    Kind("respondent.account_opened", _("%(who)s verified the business and opened its account.")),
    Kind("respondent.account_suspended", _("%(who)s suspended the account.")),
    Kind("respondent.account_resumed", _("%(who)s opened the account again.")),
    Kind("respondent.code_asked", _("A one-time code was asked for.")),
)
