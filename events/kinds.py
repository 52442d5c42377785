"""What the event log tells of itself."""

from django.utils.translation import gettext_lazy as _

from events.registry import Kind, declare

declare(Kind("deliveries.retried", _("%(who)s ran waiting work again.")))
