"""What the event log tells of itself."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(
    Kind("deliveries.retried", _("%(who)s ran waiting work again.")),
    Kind("messages.unreached", _("A message did not reach its address.")),
    Kind("deliveries.addresses_confirmed", _("%(who)s had addresses written to again that messages came back from.")),
)
