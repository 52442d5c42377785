"""What a sender says about the messages they get; see `kinds`."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("case.messages_stopped", _("The sender wants no more messages."), _("You asked for no more messages.")),
    Kind("case.messages_resumed", _("The sender wants messages again."), _("You asked for messages again.")),
    Kind(
        "case.address_confirmed",
        _("The sender said that the address is right."),
        _("You said that your address is right."),
    ),
)
