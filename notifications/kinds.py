"""What is recorded of notifications. Events hold ids, codes and numbers."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("notices.chosen", _("%(who)s: a person changed how they are told of events.")),
    Kind("notices.made_compulsory", _("%(who)s changed which notifications are compulsory.")),
    Kind("notices.address_confirmed", _("%(who)s: a person said that their address is right.")),
    Kind("notices.device_allowed", _("%(who)s: a person allowed push messages on a device.")),
    Kind("notices.device_removed", _("%(who)s: a person ended push messages on a device.")),
    Kind("notices.device_lost", _("A device takes no more push messages.")),
    Kind("notices.push_owed", _("A notification is due on a person's devices.")),
    Kind("notices.mail_owed", _("A notification is due by e-mail.")),
    Kind("notices.summed_up", _("The day's work was summed up.")),
)
