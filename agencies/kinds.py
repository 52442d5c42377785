"""What administration records: `%(who)s` is the agency whose administrator did it."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("people.added", _("%(who)s added a person or a role.")),
    Kind("people.changed", _("%(who)s changed a person or a role.")),
    Kind("people.invited", _("%(who)s sent a link for setting a password.")),
    Kind("agencies.added", _("%(who)s added an agency.")),
    Kind("agencies.changed", _("%(who)s changed an agency.")),
    Kind("duty.added", _("%(who)s put a person on duty.")),
    Kind("duty.changed", _("%(who)s changed the duty roster.")),
    Kind("duty.removed", _("%(who)s took a person off duty.")),
    Kind("rules.added", _("%(who)s added a rule.")),
    Kind("rules.changed", _("%(who)s changed a rule.")),
    Kind("calendar.added", _("%(who)s added a day to the calendar.")),
    Kind("calendar.changed", _("%(who)s changed a day of the calendar.")),
    Kind("calendar.removed", _("%(who)s removed a day from the calendar.")),
    Kind("reference.added", _("%(who)s added an entry to a list.")),
    Kind("reference.changed", _("%(who)s changed an entry of a list.")),
)
